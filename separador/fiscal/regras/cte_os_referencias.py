"""Checks the documents that a CT-e OS refers to: baggage, cancelled documents and GTV-e.

MOC 4.00, Anexo I, rules H028 to H053.
"""

from collections.abc import Sequence
from decimal import Decimal

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.cte_os import BAGAGEM, PESSOAS, VALORES
from separador.fiscal.regras.documentos_id import BPE, CTE_OS, GTVE, exemplo_de_chave, motivo_chave
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.servico import repetidas
from separador.fiscal.regras.visao import Chave, Grupo, Visao, decimal

_OUTROS = "6"
_FOLGA = Decimal("0.10")


def bagagem_sem_documento(v: Visao) -> Sequence[Achado]:
    """Checks 754: baggage refers to the passengers' documents (complements have no place for them)."""
    if v.tp_serv != BAGAGEM or not v.norm.existe or "infDocRef" in v.norm:
        return ()
    return v.norm.achado("infDocRef")


def _bpes(v: Visao) -> list[Chave]:
    if v.tp_serv != BAGAGEM:
        return []
    grupos = map(Grupo.de, v.norm.todos("infDocRef"))
    return [(g["chBPe"], g.nos["chBPe"]) for g in grupos if "chBPe" in g.nos]


def bpe_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 891: each BP-e key is valid."""
    return [
        Achado(no, motivo, certo=exemplo_de_chave(BPE))
        for chave, no in _bpes(v)
        if (motivo := motivo_chave(chave, BPE, v.contexto.agora))
    ]


def bpe_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 897: each BP-e is of the same issuer."""
    return _de_outro(v, _bpes(v))


def _de_outro(v: Visao, chaves: list[Chave]) -> list[Achado]:
    return [
        Achado(no, f"o emitente deste documento é {v.emit.documento}", certo="")
        for chave, no in chaves
        if v.emit.documento and chave[6:20] != v.emit.documento
    ]


def cancelado_indevido(v: Visao) -> Sequence[Achado]:
    """Checks 815: documents of people refer to no cancelled one."""
    if v.tp_serv != PESSOAS or not v.normal or "refCTeCanc" not in v.norm:
        return ()
    return v.norm.achado("refCTeCanc", f"tpServ={v.tp_serv}", "")


def cancelado_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 856: the cancelled document's key is a valid CT-e OS key."""
    motivo = motivo_chave(v.norm["refCTeCanc"], CTE_OS, v.contexto.agora) if v.normal else ""
    return v.norm.achado("refCTeCanc", motivo, exemplo_de_chave(CTE_OS)) if motivo else ()


def cancelado_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 827: the cancelled document is of the same issuer."""
    if not v.normal or "refCTeCanc" not in v.norm:
        return ()
    return _de_outro(v, [(v.norm["refCTeCanc"], v.norm.nos["refCTeCanc"])])


def gtve_indevida(v: Visao) -> Sequence[Achado]:
    """Checks 881: only valuables have GTV-e."""
    if "infGTVe" not in v.norm or v.tp_serv == VALORES:
        return ()
    return v.norm.achado("infGTVe", f"não vai num documento com tpServ={v.tp_serv}")


def _gtves(v: Visao) -> list[Grupo]:
    return [Grupo.de(no) for no in v.norm.todos("infGTVe")] if v.tp_serv == VALORES else []


def _chaves_gtve(v: Visao) -> list[Chave]:
    return [(g["chCTe"], g.nos["chCTe"]) for g in _gtves(v) if "chCTe" in g.nos]


def gtve_invalida(v: Visao) -> Sequence[Achado]:
    """Checks 882: each GTV-e key is valid."""
    return [
        Achado(no, motivo, certo=exemplo_de_chave(GTVE))
        for chave, no in _chaves_gtve(v)
        if (motivo := motivo_chave(chave, GTVE, v.contexto.agora))
    ]


def gtve_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 886: each GTV-e is of the same issuer."""
    return _de_outro(v, _chaves_gtve(v))


def gtve_repetida(v: Visao) -> Sequence[Achado]:
    """Checks 887: each GTV-e is there once."""
    return repetidas(_chaves_gtve(v))


def _componentes(v: Visao) -> list[Grupo]:
    return [Grupo.de(no) for gtve in _gtves(v) for no in gtve.todos("Comp")]


def componente_sem_nome(v: Visao) -> Sequence[Achado]:
    """Checks 898: a component of kind "others" has a name."""
    return [
        Achado(c.no, "tpComp=6", "xComp", "TAXA DE EMBALAGEM")
        for c in _componentes(v)
        if c["tpComp"] == _OUTROS and not c["xComp"]
    ]


def componentes_nao_somam(v: Visao) -> Sequence[Achado]:
    """Checks 899: the components add up to the total, ten cents more or less."""
    valores = [decimal(c["vComp"]) for c in _componentes(v)]
    total = decimal(v.valores["vTPrest"])
    if not valores or total is None:
        return ()
    soma = sum((valor for valor in valores if valor is not None), Decimal(0))
    if abs(soma - total) <= _FOLGA:
        return ()
    return v.valores.achado("vTPrest", f"os componentes somam {soma}", str(soma))


REGRAS: list[Regra] = [
    *verificada(
        "H028",
        "754",
        bagagem_sem_documento,
        "O excesso de bagagem informa os documentos referenciados (infDocRef).",
        "Informe o grupo infDocRef.",
    ),
    *verificada(
        "H029",
        "891",
        bpe_invalido,
        "A chave de cada BP-e referenciado é uma chave válida de BP-e.",
        "Corrija a chave do BP-e.",
    ),
    *verificada(
        "H035",
        "897",
        bpe_de_outro,
        "O BP-e referenciado é do mesmo emitente (o CNPJ está na chave).",
        "Corrija a chave do BP-e.",
    ),
    *verificada(
        "H037",
        "815",
        cancelado_indevido,
        "O transporte de pessoas não referencia CT-e OS cancelado (refCTeCanc).",
        "Retire refCTeCanc.",
    ),
    *verificada(
        "H038",
        "856",
        cancelado_invalido,
        "A chave do CT-e OS cancelado referenciado é uma chave válida de CT-e OS.",
        "Corrija refCTeCanc.",
    ),
    *verificada(
        "H042",
        "827",
        cancelado_de_outro,
        "O CT-e OS cancelado referenciado é do mesmo emitente (o CNPJ está na chave).",
        "Corrija refCTeCanc.",
    ),
    *verificada(
        "H045",
        "881",
        gtve_indevida,
        "Só o transporte de valores informa GTV-e (infGTVe).",
        "Retire infGTVe ou corrija o tpServ.",
    ),
    *verificada(
        "H046",
        "882",
        gtve_invalida,
        "A chave de cada GTV-e é uma chave válida de GTV-e.",
        "Corrija a chave da GTV-e.",
    ),
    *verificada(
        "H050",
        "886",
        gtve_de_outro,
        "A GTV-e é do mesmo emitente (o CNPJ está na chave).",
        "Corrija a chave da GTV-e.",
    ),
    *verificada(
        "H051",
        "887",
        gtve_repetida,
        "Cada GTV-e aparece uma só vez.",
        "Retire a GTV-e repetida.",
    ),
    *verificada(
        "H052",
        "898",
        componente_sem_nome,
        "O componente «outros» (tpComp 6) da GTV-e informa o nome (xComp).",
        "Informe xComp.",
    ),
    *verificada(
        "H053",
        "899",
        componentes_nao_somam,
        "Os componentes das GTV-e somam o valor da prestação, com R$ 0,10 de tolerância.",
        "Corrija os componentes ou o valor da prestação.",
    ),
]
