"""Writes and reads the specific element of an event, by the table of events."""

from collections.abc import Iterator

from lxml import etree

from separador.fiscal.evento.campos import Grupo, Item, Valores
from separador.fiscal.evento.leitores import Campo
from separador.fiscal.evento.tabela import POR_TIPO, EventoFiscal
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import INF_EVENTO, ds, q
from separador.nucleo.erro import Recusa

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def escrever(evento: EventoFiscal, valores: Valores) -> str:
    """Returns the element with its fields in the order of the layout.

    It is written without namespace: it inherits the envelope's.
    """
    return f"<{evento.elemento}>{''.join(_itens(evento.itens, valores))}</{evento.elemento}>"


def _itens(itens: tuple[Item, ...], valores: Valores) -> Iterator[str]:
    for item in itens:
        if isinstance(item, Grupo):
            yield from _grupo(item, valores)
        elif not item.atributo and valores.get(item.nome):
            yield f"<{item.tag}>{_escapar(valores[item.nome])}</{item.tag}>"


def _grupo(grupo: Grupo, valores: Valores) -> Iterator[str]:
    ocorrencias = valores.get(grupo.nome, []) if grupo.nome else [valores]
    for um in ocorrencias if isinstance(ocorrencias, list) else []:
        dentro = "".join(_itens(grupo.itens, um))
        if dentro:
            yield f"<{grupo.tag}{''.join(_atributos(grupo, um))}>{dentro}</{grupo.tag}>"


def _atributos(grupo: Grupo, valores: Valores) -> Iterator[str]:
    for item in grupo.itens:
        if isinstance(item, Campo) and item.atributo and valores.get(item.nome):
            yield f' {item.tag}="{_escapar(valores[item.nome])}"'


def _escapar(valor: object) -> str:
    return str(valor).translate(_ESCAPES)


def ler_detalhe(dados: bytes) -> Valores:
    """Returns the values of an eventoCTe, by our names.

    It is {} for other bytes, or a kind that is not in the table.
    """
    lido = ler(dados) if dados else None
    if lido is None or isinstance(lido, Recusa):
        return {}
    evento = POR_TIPO.get(lido.raiz.findtext(f"{INF_EVENTO}/{q('tpEvento')}") or "")
    elemento = lido.raiz.find(f"{INF_EVENTO}/{q('detEvento')}/{q(evento.elemento)}") if evento is not None else None
    return _ler_itens(evento.itens, elemento) if evento is not None and elemento is not None else {}


def _ler_itens(itens: tuple[Item, ...], elemento: etree._Element) -> Valores:
    valores: Valores = {}
    for item in itens:
        achados = elemento.findall(q(item.tag))
        if isinstance(item, Campo):
            texto = elemento.get(item.tag) if item.atributo else achados[0].text if achados else None
            if texto:
                valores[item.nome] = texto
        elif item.nome:
            valores |= {item.nome: [_ler_itens(item.itens, a) for a in achados]} if achados else {}
        elif achados:
            valores |= _ler_itens(item.itens, achados[0])
    return valores


def digest_do_evento(dados: bytes) -> str | None:
    """Returns the DigestValue of a signed eventoCTe, which identifies its content. Returns None when there is none."""
    lido = ler(dados) if dados else None
    if lido is None or isinstance(lido, Recusa):
        return None
    caminho = "/".join(ds(n) for n in ("Signature", "SignedInfo", "Reference", "DigestValue"))
    return (lido.raiz.findtext(caminho) or "").strip() or None


def autor_do_evento(dados: bytes) -> str | None:
    """Returns the CNPJ or CPF of an eventoCTe's author, or None."""
    lido = ler(dados) if dados else None
    if lido is None or isinstance(lido, Recusa):
        return None
    return next((t for n in ("CNPJ", "CPF") if (t := lido.raiz.findtext(f"{INF_EVENTO}/{q(n)}"))), None)
