"""Cuts the payload of the service out of the body of an HTTP answer, or says why there is none.

It reads by local name: authorisers prefix the wrapper as they like, and some deliver the result as escaped text. Bytes
are read as widely as `leitura_de_respostas` does. A body that is not clearly the answer of this service is no answer:
the caller consults.
"""

from dataclasses import dataclass

from lxml import etree

from separador.capacidades.sefaz.rede.contrato import CONTRATOS
from separador.capacidades.sefaz.rede.porta import Servico
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.leitura_de_respostas import Aberta, abrir, embutido, pagina
from separador.fiscal.recorte import recortar
from separador.nucleo.erro import Recusa

LIMITE_RESPOSTA = 16 * 1024 * 1024
"""Largest answer, in bytes. Fifty documents of the distribution are less than half of it."""

_RETORNOS = frozenset(c.retorno for c in CONTRATOS.values())


@dataclass(frozen=True, slots=True)
class SemResposta:
    """`motivo`: short code; `detalhe`: for the operator, in Portuguese, without the payload."""

    motivo: str
    detalhe: str


@dataclass(frozen=True, slots=True)
class Cortada:
    """The payload in UTF-8, and what was odd about the answer (Portuguese)."""

    xml: bytes
    notas: tuple[str, ...] = ()


def cortar(bruto: bytes, servico: Servico) -> bytes | SemResposta:
    """Returns the XML of the answer (`retCTe`…), with its own namespace declarations, from the body as it came.

    The caller judges whether it speaks of the right document.
    """
    cortada = cortar_com_notas(bruto, servico)
    return cortada.xml if isinstance(cortada, Cortada) else cortada


def cortar_com_notas(bruto: bytes, servico: Servico) -> Cortada | SemResposta:
    """Returns the same with what was odd about it."""
    aberta = abrir(bruto, LIMITE_RESPOSTA)
    if isinstance(aberta, Recusa):
        return _ilegivel(bruto, aberta)
    lido = aberta.lido
    if lido.raiz_local.lower() == "html":
        return _html(bruto)
    falha = next(lido.raiz.iter("{*}Fault"), None)
    if falha is not None:
        return SemResposta("soap-fault", f"a SEFAZ recusou o envelope: {_texto_da_falha(falha)}")
    return _conteudo(aberta, servico)


def _conteudo(aberta: Aberta, servico: Servico) -> Cortada | SemResposta:
    lido = aberta.lido
    achado = next((e for e in lido.raiz.iter("*") if _local(e) in _RETORNOS), None)
    if achado is not None:
        return _conferido(aberta, achado, servico)
    texto = embutido(lido.raiz)
    if texto is None:
        return SemResposta("raiz-inesperada", f"veio <{lido.raiz_local}> sem nenhum retorno do CT-e dentro")
    dentro = abrir(texto, LIMITE_RESPOSTA)
    if isinstance(dentro, Recusa):
        return _ilegivel(texto, dentro)
    if _local(dentro.lido.raiz) not in _RETORNOS:
        return SemResposta("raiz-inesperada", f"veio <{dentro.lido.raiz_local}>, que não é um retorno do CT-e")
    return _conferido(Aberta(dentro.lido, (*aberta.notas, *dentro.notas)), dentro.lido.raiz, servico)


def _conferido(aberta: Aberta, achado: etree._Element, servico: Servico) -> Cortada | SemResposta:
    esperado = CONTRATOS[servico].retorno
    if _local(achado) != esperado:
        return SemResposta("raiz-inesperada", f"veio <{_local(achado)}> em vez de <{esperado}>")
    return Cortada(_bytes(aberta.lido, achado), aberta.notas)


def _bytes(lido: Lido, achado: etree._Element) -> bytes:
    """Returns the exact bytes that came, when they stand alone; else the same element with the declarations it
    needs."""
    if achado.prefix is None:
        _, corte = next(recortar(lido.dados, _local(achado)))
        sozinho = ler(corte)
        if isinstance(sozinho, Lido) and _iguais(sozinho.raiz, achado):
            return corte
    return etree.tostring(achado, encoding="utf-8", with_tail=False)


def _iguais(a: etree._Element, b: etree._Element) -> bool:
    """Says whether both have the same names in the same namespaces all the way down: nothing was inherited from
    around."""
    return [e.tag for e in a.iter("*")] == [e.tag for e in b.iter("*")]


def _local(elemento: etree._Element) -> str:
    return etree.QName(elemento).localname


def _texto_da_falha(falha: etree._Element) -> str:
    """Returns `Reason/Text` of SOAP 1.2, `faultstring` of 1.1."""
    achado = next(falha.iter("{*}Text", "{*}faultstring", "faultstring"), None)
    texto = "" if achado is None else " ".join("".join(map(str, achado.itertext())).split())
    return texto[:200] or "sem explicação"


def _ilegivel(bruto: bytes, recusa: Recusa) -> SemResposta:
    """Returns the reason for a body that is not XML, or is XML that stops in the middle."""
    if not bruto.strip(b" \t\r\n\0"):
        return SemResposta("vazia", "veio uma resposta vazia")
    if pagina(bruto) is not None:
        return _html(bruto)
    return SemResposta("ilegivel", f"a resposta não pôde ser lida: {recusa.erros[0].mensagem}")


def _html(bruto: bytes) -> SemResposta:
    """Returns what a page of HTML says. Its title is the word of the box in between, and the best hint there is."""
    titulo = pagina(bruto)
    dita = f" «{titulo}»" if titulo else ""
    return SemResposta(
        "html", f"veio uma página HTML{dita} (de um proxy, de um firewall ou do servidor), e não a resposta da SEFAZ"
    )
