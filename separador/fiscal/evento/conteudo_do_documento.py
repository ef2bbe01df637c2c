"""Reads what the rules of an event need of the signed document, and which fields its layout has."""

import functools
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.evento.fatos import Conteudo
from separador.fiscal.leitura import ler
from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.visao import Visao
from separador.fiscal.resumo import notas, resumir_visao
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo

_NENHUM = ContextoRegras(tp_amb="", agora=datetime.max.replace(tzinfo=UTC))
_Tipos = dict[str, etree._Element]
_XS = "{http://www.w3.org/2001/XMLSchema}"
_RAIZ = {Tipo.CTE: "TCTe", Tipo.CTE_SIMP: "TCTeSimp", Tipo.CTE_OS: "TCTeOS", Tipo.GTVE: "TGTVe"}
_MODAIS = {
    Tipo.CTE: ("rodo", "aereo", "aquav", "ferrov", "duto", "multimodal"),
    Tipo.CTE_SIMP: ("rodo", "aereo", "aquav"),
    Tipo.CTE_OS: ("rodoOS",),
    Tipo.GTVE: (),
}


def ler_conteudo(dados: bytes | None, tipo: Tipo) -> Conteudo:
    """Reads the signed bytes. The content is empty when they are missing or cannot be read."""
    lido = ler(dados) if dados is not None else None
    if lido is None or isinstance(lido, Recusa):
        return Conteudo()
    visao = Visao(lido.raiz, tipo, _NENHUM)
    resumo = resumir_visao(visao)
    return Conteudo(
        emitente=resumo.emitente,
        tomador=resumo.tomador,
        emitido_em=_instante(resumo.dh_emi),
        tp_cte=resumo.tp_cte,
        tp_serv=visao.tp_serv,
        tp_emis=resumo.tp_emis,
        modal=visao.modal,
        globalizado=visao.ide["indGlobalizado"] == "1",
        notas=tuple(n.chave for n in notas(lido.raiz, tipo) if n.chave and n.modelo == "55"),
        com_gtve=lido.raiz.find(".//{*}infGTVe") is not None,
    )


def _instante(texto: str) -> datetime | None:
    try:
        quando = datetime.fromisoformat(texto)
    except ValueError:
        return None
    return quando if quando.tzinfo is not None else None


@functools.cache
def campos_do_layout(tipo: Tipo) -> frozenset[tuple[str, str]]:
    """Returns (group, field) for every child or attribute of every element of a document (rule 525).

    The modals of the document are included.
    """
    tipos, elementos = _declaracoes()
    pares: set[tuple[str, str]] = set()
    _descer("", tipos[_RAIZ[tipo]], tipos, pares, frozenset({_RAIZ[tipo]}))
    for modal in _MODAIS[tipo]:
        _descer(modal, elementos[modal], tipos, pares, frozenset())
    return frozenset(p for p in pares if p[0])


def _descer(grupo: str, no: etree._Element, tipos: _Tipos, pares: set[tuple[str, str]], vistos: frozenset[str]) -> None:
    """Adds the children of one element's type, wherever they stand in it (sequences, choices)."""
    for filho in _filhos(no):
        nome = filho.get("name") or ""
        pares.add((grupo, nome))
        usado = (filho.get("type") or "").rpartition(":")[2]
        if usado in tipos and usado not in vistos:
            _descer(nome, tipos[usado], tipos, pares, vistos | {usado})
        else:
            _descer(nome, filho, tipos, pares, vistos)


def _filhos(no: etree._Element) -> Iterator[etree._Element]:
    """Yields the elements and attributes declared directly in this one, not those of an element inside it."""
    for dentro in no.iterchildren(etree.Element):
        if dentro.tag in (f"{_XS}element", f"{_XS}attribute"):
            yield dentro
        elif dentro.tag != f"{_XS}simpleType":
            yield from _filhos(dentro)


def _declaracoes() -> tuple[_Tipos, _Tipos]:
    """Returns the named complex types, and the global elements, of all the document schemas."""
    tipos: _Tipos = {}
    elementos: _Tipos = {}
    for arquivo in sorted(esquema.pasta().glob("*.xsd")):
        if arquivo.name.startswith(("ev", "proc", "ret", "dist", "cons")):
            continue
        for no in etree.parse(arquivo).getroot().iterchildren(etree.Element):
            if no.tag == f"{_XS}complexType":
                tipos.setdefault(no.get("name") or "", no)
            elif no.tag == f"{_XS}element":
                elementos.setdefault(no.get("name") or "", no)
    return tipos, elementos
