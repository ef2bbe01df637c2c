"""Checks the own rules of each kind of event (MOC, Visão Geral 6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lxml import etree

from separador.fiscal.leitura import reler
from separador.fiscal.nomes import q
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.razao import Documento, Evento, Razao
from separador.simulador.sefaz.resposta import dh

Falha = tuple[str, str]

_168_H = timedelta(hours=168)
_45_DIAS = timedelta(days=45)
_5_MINUTOS = timedelta(minutes=5)
_TRANSPORTE_DE_VALORES = "7"

# cancelling event -> the place where it names the protocol of the event that it cancels
ALVO_DO_CANCELAMENTO = {
    "110181": ("evCancCECTe", "nProtCE"),
    "110191": ("evCancIECTe", "nProtIE"),
    "110301": ("evCancVincPgto", "nProtVincPgto"),
    "610111": ("evCancPrestDesacordo", "nProtEvPrestDes"),
}
_CANCELADO_POR = {"110180": "110181", "110190": "110191", "110300": "110301", "610110": "610111"}
_ALVO_DE = {v: k for k, v in _CANCELADO_POR.items()}
_ELEMENTO = {
    "110111": "evCancCTe",
    "110180": "evCECTe",
    "110190": "evIECTe",
    "110300": "evVincPgto",
    "110181": "evCancCECTe",
    "110191": "evCancIECTe",
    "110301": "evCancVincPgto",
}
_MAIOR_SEQUENCIA = {"110111": 1, "110110": 20, "110160": 20, "110170": 99, "610110": 20, "610111": 20}

# CC-e: fields that may never be corrected (MOC, Visão Geral 13), by field or by (group, field)
_CCE_CAMPOS = frozenset(
    "cUF cCT CFOP mod serie nCT dhEmi tpEmis cDV tpAmb tpCTe modal tpServ toma vTPrest vRec vComp CST vBC pICMS vICMS "
    "pRedBC vBCSTRet vICMSSTRet pICMSSTRet vCred pRedBCOutraUF vBCOutraUF pICMSOutraUF vICMSOutraUF indSN".split()
)
_CCE_GRUPOS = frozenset({("emit", "CNPJ"), ("emit", "IE"), ("infNFe", "chave"), ("infCteComp", "chCTe")})


def proprias(m: Mensagem, d: Documento, razao: Razao) -> Falha | None:
    """Returns the first rule of the event's own list that it breaks."""
    if m.n_seq > _MAIOR_SEQUENCIA.get(m.tp_evento, 999):
        return "636", ""
    eventos = razao.eventos(d.chave)
    if m.tp_evento == "110111":
        return _cancelamento(m, d, eventos, razao)
    if m.tp_evento in ALVO_DO_CANCELAMENTO:
        return _desfazer(m, d, eventos, razao)
    if d.situacao == "cancelado":
        return _ja_cancelado(eventos)
    if m.tp_evento in {"110110", "110160", "110170", "610110"} and _substituido(d, razao):
        return "664", ""
    return _especifica(m, d, eventos)


def _especifica(m: Mensagem, d: Documento, eventos: list[Evento]) -> Falha | None:
    match m.tp_evento:
        case "110110":
            return _carta(m)
        case "110160":
            modal = reler(d.xml).findtext(f"{q('infCte')}/{q('ide')}/{q('modal')}")
            return None if modal == "06" else ("754", "O modal do CT-e deve ser Multimodal para este evento")
        case "110170":
            return _gtv(m, d, eventos)
        case "110180":
            return _protocolo(m, d) or _comprovante(m, d, eventos)
        case "110190" | "110300":
            return _protocolo(m, d)
        case "610110":
            return ("787", "") if m.quando - d.dh_recbto > _45_DIAS else None
        case _:
            return None


def _cancelamento(m: Mensagem, d: Documento, eventos: list[Evento], razao: Razao) -> Falha | None:
    """Checks the rules of the cancellation in their order (MOC, Visão Geral 6.2.1).

    219 never comes by itself, and 528 only by a recorded event 310610: nothing here registers passages or MDF-e.
    """
    if d.situacao == "cancelado":
        return _ja_cancelado(eventos)
    idade = m.quando - d.dh_recbto
    if d.tipo == "GTVe" and idade > _45_DIAS:
        return "876", ""
    if d.tipo != "GTVe" and idade > _168_H:
        return "220", ""
    return _protocolo(m, d) or _vedado(d, eventos, razao)


def _vedado(d: Documento, eventos: list[Evento], razao: Razao) -> Falha | None:
    if d.tp_cte == "3":
        return "574", ""
    if _substituido(d, razao):
        return "576", ""
    if any(r.tp_cte == "1" and r.situacao == "autorizado" for r in razao.que_referem(d.chave)):
        return "660", ""
    if any(e.tp_evento == "110110" for e in eventos):
        return "523", ""
    if any(e.tp_evento == "310610" for e in eventos) and not any(e.tp_evento == "310611" for e in eventos):
        return "528", ""
    return ("862", "") if _em_vigor(eventos, "110180") else None


def _ja_cancelado(eventos: Iterable[Evento]) -> Falha:
    feito = next(e for e in eventos if e.tp_evento == "110111")
    return "218", f"[nProt:{feito.nprot}][dhCanc:{dh(feito.quando)}]"


def _substituido(d: Documento, razao: Razao) -> bool:
    return any(r.tp_cte == "3" and r.situacao == "autorizado" for r in razao.que_referem(d.chave))


def _em_vigor(eventos: list[Evento], tp_evento: str) -> list[Evento]:
    """Returns the events recorded and not cancelled since."""
    desfeitos = {e.alvo for e in eventos if e.tp_evento == _CANCELADO_POR.get(tp_evento)}
    return [e for e in eventos if e.tp_evento == tp_evento and e.nprot not in desfeitos]


def _desfazer(m: Mensagem, d: Documento, eventos: list[Evento], razao: Razao) -> Falha | None:
    if m.tp_evento == "610111" and _substituido(d, razao):
        return "664", ""
    if m.tp_evento != "610111" and d.situacao == "cancelado":
        return _ja_cancelado(eventos)
    if m.tp_evento in _ELEMENTO and (errado := _protocolo(m, d)) is not None:
        return errado
    alvo = m.texto("infEvento", "detEvento", *ALVO_DO_CANCELAMENTO[m.tp_evento])
    vigentes = {e.nprot for e in _em_vigor(eventos, _ALVO_DE[m.tp_evento])}
    return None if alvo in vigentes else ("866", "")


def _protocolo(m: Mensagem, d: Documento) -> Falha | None:
    informado = m.texto("infEvento", "detEvento", _ELEMENTO[m.tp_evento], "nProt")
    return None if informado == d.nprot else ("222", "")


def _carta(m: Mensagem) -> Falha | None:
    if m.lido is None:
        return None
    caminho = "/".join(q(n) for n in ("infEvento", "detEvento", "evCCeCTe", "infCorrecao"))
    for correcao in m.lido.raiz.iterfind(caminho):
        grupo, campo = (correcao.findtext(q(n)) or "" for n in ("grupoAlterado", "campoAlterado"))
        if campo in _CCE_CAMPOS or (grupo, campo) in _CCE_GRUPOS:
            return "681", f"[grupo: {grupo}][campo: {campo}]"
        item = correcao.findtext(q("nroItemAlterado"))
        if item is not None and not 1 <= int(item) <= 99:
            return "522", "Nro Item Alterado invalido. Preencher com valor numerico (01 - 99)"
    return None


def _gtv(m: Mensagem, d: Documento, eventos: list[Evento]) -> Falha | None:
    """Checks the GTV event (MOC, Visão Geral 6.7.1).

    It is only for a transport of valuables that relates no GTV-e, and no (nDoc, id) may come twice.
    """
    inf = reler(d.xml).find(q("infCte"))
    if m.lido is None or inf is None:
        return None
    if inf.findtext(f"{q('ide')}/{q('tpServ')}") != _TRANSPORTE_DE_VALORES:
        return "889", "CT-e deve ser do tipo de servico Transporte de Valores"
    if next(inf.iter(q("infGTVe")), None) is not None:
        return "890", "Evento GTV nao e permitido para CT-e OS que relaciona GTV-e"
    pares = _gtvs(m.lido.raiz)
    if len(set(pares)) != len(pares):
        return "618", "GTV informada em duplicidade no evento"
    anteriores = {p for e in eventos if e.tp_evento == "110170" for p in _gtvs(reler(e.xml))}
    return ("619", "GTV ja informada em outro evento para o mesmo CT-e") if anteriores & set(pares) else None


def _gtvs(raiz: etree._Element) -> list[tuple[str | None, str | None]]:
    return [(g.findtext(q("nDoc")), g.findtext(q("id"))) for g in raiz.iter(q("infGTV"))]


def _comprovante(m: Mensagem, d: Documento, eventos: list[Evento]) -> Falha | None:
    if d.tp_cte == "1":
        return "869", "Evento nao permitido para CT-e Complementar"
    for campo, cstat, texto in (
        ("dhEntrega", "872", "Data e hora da entrega invalida"),
        ("dhHashEntrega", "873", "Data e hora do hash do comprovante de entrega invalida"),
    ):
        quando = datetime.fromisoformat(m.texto("infEvento", "detEvento", "evCECTe", campo))
        if not datetime.fromisoformat(d.dh_emi) <= quando <= m.quando + _5_MINUTOS:
            return cstat, texto
    ide = reler(d.xml).find(f"{q('infCte')}/{q('ide')}")
    globalizado = ide is not None and ide.findtext(q("indGlobalizado")) == "1"
    if not globalizado and _em_vigor(eventos, "110180"):
        return "870", "Nao e permitido mais de um comprovante de entrega para CT-e (exceto CT-e Globalizado)"
    return _entregas(m, d)


def _entregas(m: Mensagem, d: Documento) -> Falha | None:
    """Compares the invoices delivered with those carried: 865, 871, 861, 864."""
    if m.lido is None:
        return None
    inf = reler(d.xml).find(q("infCte"))
    if inf is None:
        return None
    entregues = [n.text for n in m.lido.raiz.iter(q("chNFe"))]
    caminho = "/".join(q(n) for n in ("infCTeNorm", "infDoc", "infNFe", "chave"))
    levadas = [n.text for n in inf.iterfind(caminho)]
    if inf.findtext(f"{q('ide')}/{q('tpServ')}") != "0":
        return ("871", "Comprovante de entrega nao pode informar NF-e para este tipo de servico") if entregues else None
    if levadas and not entregues:
        return "865", "Comprovante de entrega deve relacionar NF-e para CT-e de tipo de servico Normal"
    if len(set(entregues)) != len(entregues):
        return "861", "NF-e em duplicidade no evento comprovante de entrega"
    return ("864", "NF-e nao possui relacao com este CT-e") if not set(entregues) <= set(levadas) else None
