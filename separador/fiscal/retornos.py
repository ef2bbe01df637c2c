"""Reads what SEFAZ answers, by local name, whoever asked.

It tolerates prefixes and what old authorisers send. Sources: MOC 4.00, Visão Geral, 4 and 5, and the official schemas.
The transmitter's `.err` has the shapes of UniNFe's sources (`TFunctions.cs`, `ValidarXMLSchema.cs`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from separador.fiscal.leitura import Lido, ler, tipo_de
from separador.fiscal.leitura_de_respostas import Aberta, abrir, embutido
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.recorte import Recortes, avulso
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import DOCUMENTOS, FAMILIAS, Tipo

Especie = Literal["autorizacao", "evento", "consulta", "status"]

_RETORNOS = frozenset(f.retorno for f in FAMILIAS.values())
_PROCESSADOS = frozenset(f.processado for f in FAMILIAS.values())


@dataclass(frozen=True, slots=True)
class Resposta:
    """One answer about one key. Texts are as SEFAZ wrote them; None where the message has none.

    `cstat` is the deciding one: infProt's when there is a protCTe, else the root's. `prot` is the protCTe or
    retEventoCTe to be joined into a processed document: the exact bytes when the source had no prefix, a copy in the
    cte namespace otherwise. `documento` is the signed document (or eventoCTe) that came embedded, exact bytes.
    `defeito`: why that one cannot be verified (whoever verifies it says so).
    """

    especie: Especie
    tp_amb: str
    cstat: str
    motivo: str
    chave: str | None = None
    protocolo: str | None = None
    digest: str | None = None
    quando: str | None = None
    tp_evento: str | None = None
    n_seq: int | None = None
    prot: bytes | None = None
    documento: bytes | None = None
    msg_fisco: str | None = None
    defeito: Erro | None = None


@dataclass(frozen=True, slots=True)
class Retorno:
    """A whole return file.

    `respostas`: the authorisation first, then what a consultation's root says, then the events. A consultation
    (retConsSitCTe) gives one "consulta" answer (100, 101, 217…). When they came, the "autorizacao" of its protCTe
    stands before it, and one "evento" per procEventoCTe after it. `notas`: what was odd about the bytes (Portuguese).
    `legivel`: the answer in UTF-8, for those who read less widely; None where it is what came.
    """

    tipo: Tipo
    respostas: tuple[Resposta, ...]
    notas: tuple[str, ...] = ()
    legivel: bytes | None = None


@dataclass(frozen=True, slots=True)
class ErroTransmissor:
    """The text of another transmitter's `.err`. `codigo` is None when the text carries none."""

    codigo: str | None
    mensagem: str


def interpretar(dados: bytes) -> Retorno | Recusa:
    """Reads a return, as widely as `leitura_de_respostas` does.

    It is refused when it is not XML, not a return, or has no cStat to decide anything with. A SOAP envelope or result
    element around the answer is looked through, also where the answer stands in it as text.
    """
    aberta = _abrir(dados)
    if isinstance(aberta, Recusa):
        return aberta
    lido = aberta.lido
    raiz, tipo = _desembrulhar(lido)
    if tipo is None:
        return Recusa((_nao_e_retorno(lido.raiz_local),))
    recortes = Recortes(lido.dados, lido.raiz)
    respostas = tuple(_responder(raiz, tipo, recortes))
    if not respostas or not all(_decide(r) for r in respostas):
        return Recusa((_sem_cstat(lido.raiz_local),))
    igual = lido.dados == dados
    return Retorno(tipo, respostas, aberta.notas, None if igual else com_declaracao(lido.dados[lido.inicio :]))


def _decide(r: Resposta) -> bool:
    """Says whether what decides is there and plain ASCII: a code of 3 or 4 digits, a protocol without foreign signs."""
    cstat = r.cstat.isascii() and r.cstat.isdigit() and 3 <= len(r.cstat) <= 4
    return cstat and (r.protocolo is None or (r.protocolo.isascii() and r.protocolo.isalnum()))


def _abrir(dados: bytes) -> Aberta | Recusa:
    """Opens the bytes, and what stands as text (escaped, or in CDATA) in an envelope."""
    aberta = abrir(dados)
    if isinstance(aberta, Recusa) or not _e_envelope(aberta.lido) or _desembrulhar(aberta.lido)[1] is not None:
        return aberta
    texto = embutido(aberta.lido.raiz)
    dentro = abrir(texto) if texto is not None else None
    if not isinstance(dentro, Aberta):
        return aberta
    return Aberta(dentro.lido, (*aberta.notas, "veio como texto dentro do envelope", *dentro.notas))


def _e_envelope(lido: Lido) -> bool:
    return lido.raiz_local in ("Envelope", "Body") or lido.raiz_local.endswith(("Result", "Response"))


def _desembrulhar(lido: Lido) -> tuple[etree._Element, Tipo | None]:
    """Returns the element that answers: the root, or the first known one inside an envelope."""
    if lido.tipo is not None:
        return lido.raiz, lido.tipo if _e_retorno(lido.tipo) else None
    if not _e_envelope(lido):
        return lido.raiz, None
    for elemento in lido.raiz.iter(etree.Element):
        tipo = tipo_de(etree.QName(elemento).localname)
        if tipo is not None and _e_retorno(tipo):
            return elemento, tipo
    return lido.raiz, None


def _e_retorno(tipo: Tipo) -> bool:
    return tipo not in DOCUMENTOS and tipo not in (Tipo.EVENTO, Tipo.CONSULTA, Tipo.STATUS)


def _responder(raiz: etree._Element, tipo: Tipo, recortes: Recortes) -> Iterator[Resposta]:
    if tipo in _RETORNOS:
        for prot in _protocolos(raiz):
            yield _autorizacao(raiz, prot, recortes)
    elif tipo is Tipo.PROT_CTE:
        yield _autorizacao(None, raiz, recortes)
    elif tipo in _PROCESSADOS:
        documento = _documento(raiz, recortes)
        for i, prot in enumerate(_protocolos(raiz)):
            yield _autorizacao(None, prot, recortes, documento if i == 0 else None)
    elif tipo is Tipo.RET_EVENTO:
        yield _evento(raiz, None, recortes)
    elif tipo is Tipo.PROC_EVENTO:
        yield _evento(_filho(raiz, "retEventoCTe"), _filho(raiz, "eventoCTe"), recortes)
    elif tipo is Tipo.RET_CONSULTA:
        yield from _consulta(raiz, recortes)
    else:
        yield Resposta("status", _campo(raiz, "tpAmb"), _campo(raiz, "cStat"), _campo(raiz, "xMotivo"))


def _protocolos(raiz: etree._Element) -> list[etree._Element | None]:
    """Returns every protCTe, or None in place of the one that is not there.

    The layout has at most one. A second one is about another document, and must not get lost behind the first.
    """
    return [*_filhos(raiz, "protCTe")] or [None]


def _consulta(raiz: etree._Element, recortes: Recortes) -> Iterator[Resposta]:
    """Yields the authorisation when the protCTe came, the situation (its own cStat), then every event."""
    prots = list(_filhos(raiz, "protCTe"))
    chave = _campo(raiz, "chCTe") or (_campo(_filho(prots[0], "infProt"), "chCTe") if prots else "")
    for prot in prots:
        yield _autorizacao(None, prot, recortes)
    yield Resposta(
        "consulta", _campo(raiz, "tpAmb"), _campo(raiz, "cStat"), _campo(raiz, "xMotivo"), chave=chave or None
    )
    for proc in _filhos(raiz, "procEventoCTe"):
        yield _evento(_filho(proc, "retEventoCTe"), _filho(proc, "eventoCTe"), recortes)


def _autorizacao(
    raiz: etree._Element | None, prot: etree._Element | None, recortes: Recortes, documento: bytes | None = None
) -> Resposta:
    inf = _filho(prot, "infProt")
    decide = inf if inf is not None and _campo(inf, "cStat") else raiz
    fisco = _filho(prot, "infFisco")
    mensagem = " ".join(t for t in (_campo(fisco, "cMsg"), _campo(fisco, "xMsg")) if t)
    return Resposta(
        "autorizacao",
        _campo(inf, "tpAmb") or _campo(raiz, "tpAmb"),
        _campo(decide, "cStat"),
        _campo(decide, "xMotivo"),
        chave=_campo(inf, "chCTe") or None,
        protocolo=_campo(inf, "nProt") or None,
        digest=_campo(inf, "digVal") or None,
        quando=_campo(inf, "dhRecbto") or None,
        prot=avulso(prot, recortes),
        documento=documento,
        msg_fisco=mensagem or None,
    )


def _evento(ret: etree._Element | None, pedido: etree._Element | None, recortes: Recortes) -> Resposta:
    """Reads the answer to an event.

    What the return leaves out (a refusal often does) is taken from the request that came with it.
    """
    inf, do_pedido = _filho(ret, "infEvento"), _filho(pedido, "infEvento")
    sequencia = _campo(inf, "nSeqEvento") or _campo(do_pedido, "nSeqEvento")
    return Resposta(
        "evento",
        _campo(inf, "tpAmb") or _campo(do_pedido, "tpAmb"),
        _campo(inf, "cStat"),
        _campo(inf, "xMotivo"),
        chave=_campo(inf, "chCTe") or _campo(do_pedido, "chCTe") or None,
        protocolo=_campo(inf, "nProt") or None,
        quando=_campo(inf, "dhRegEvento") or None,
        tp_evento=_campo(inf, "tpEvento") or _campo(do_pedido, "tpEvento") or None,
        n_seq=int(sequencia) if sequencia.isascii() and sequencia.isdigit() else None,
        prot=avulso(ret, recortes),
        documento=avulso(pedido, recortes, sozinho=True),
    )


def _documento(raiz: etree._Element, recortes: Recortes) -> bytes | None:
    for elemento in raiz.iterchildren(etree.Element):
        if etree.QName(elemento).localname in DOCUMENTOS:
            return avulso(elemento, recortes, sozinho=True)
    return None


# --- by local name ----------------------------------------------------------------------------------------------


def _filhos(pai: etree._Element | None, nome: str) -> Iterator[etree._Element]:
    if pai is not None:
        yield from (f for f in pai.iterchildren(etree.Element) if etree.QName(f).localname == nome)


def _filho(pai: etree._Element | None, nome: str) -> etree._Element | None:
    return next(_filhos(pai, nome), None)


def _campo(pai: etree._Element | None, nome: str) -> str:
    elemento = _filho(pai, nome)
    return (elemento.text or "").strip() if elemento is not None else ""


# --- the transmitter's .err -------------------------------------------------------------------------------------

_CODIFICACOES = ("utf-8-sig", "cp1252", "latin-1")


def interpretar_err(dados: bytes) -> ErroTransmissor:
    """Reads code and message of a `.err`. It never fails.

    The file has lines `Chave|Valor`, or is a small XML with cStat/xMotivo, or bare text.
    """
    texto = _decodificar(dados).strip()
    if texto.startswith("<"):
        lido = ler(dados)
        if not isinstance(lido, Recusa):
            return _err_xml(lido.raiz)
    cortadas = [linha.partition("|") for linha in reversed(texto.splitlines())]  # the first of a name wins
    pares = {nome: valor for nome, barra, valor in cortadas if barra}
    mensagem = pares.get("Message", "").strip()
    if not mensagem:
        return ErroTransmissor(None, texto or "o arquivo de erro veio vazio")
    codigo = pares.get("ErrorCode", "").strip().lstrip("0")
    return ErroTransmissor(codigo or None, mensagem)


def _err_xml(raiz: etree._Element) -> ErroTransmissor:
    valores = {etree.QName(e).localname: (e.text or "").strip() for e in raiz.iter(etree.Element)}
    mensagem = valores.get("xMotivo") or valores.get("Message") or " ".join(t for t in valores.values() if t)
    return ErroTransmissor(valores.get("cStat") or None, mensagem)


def _decodificar(dados: bytes) -> str:
    if dados.startswith((b"\xff\xfe", b"\xfe\xff")):
        return dados.decode("utf-16", "replace")
    for codificacao in _CODIFICACOES[:-1]:
        try:
            return dados.decode(codificacao)
        except UnicodeDecodeError:
            continue  # the next one; latin-1 takes anything
    return dados.decode(_CODIFICACOES[-1])


def _nao_e_retorno(raiz_local: str) -> Erro:
    return Erro(
        "SEP-RET-TIPO",
        "SEP",
        f"O elemento raiz <{raiz_local}> não é um retorno de CT-e.",
        "Coloque nesta pasta só retornos: retCTe, cteProc, retEventoCTe, procEventoCTe, retConsSitCTe e seus pares.",
        tag=raiz_local,
    )


def _sem_cstat(raiz_local: str) -> Erro:
    return Erro(
        "SEP-RET-CSTAT",
        "SEP",
        f"O retorno <{raiz_local}> não traz um cStat de 3 ou 4 algarismos: não dá para saber o que a SEFAZ respondeu.",
        "Consulte a chave na SEFAZ e coloque nesta pasta o retorno da consulta.",
        tag="cStat",
    )
