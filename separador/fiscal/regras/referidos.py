"""Checks documents that replace or complement another one, by what the other's key alone tells.

MOC 4.00, Anexo I, rules G076 to G078, G086, G160, G161 and G177, and the same rules in table H.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import CTE, CTE_OS, exemplo_de_chave, motivo_chave
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.servico import repetidas
from separador.fiscal.regras.visao import Visao
from separador.nucleo.tipo import Tipo

_SUBSTITUTOS = {Tipo.CTE: "3", Tipo.CTE_OS: "3", Tipo.CTE_SIMP: "6"}


def _substituto(v: Visao) -> bool:
    return v.tp_cte == _SUBSTITUTOS[v.tipo]


def substituto_em_contingencia(v: Visao) -> Sequence[Achado]:
    """Checks 503: a replacement is issued normally."""
    if not _substituto(v) or v.tp_emis == "1":
        return ()
    return v.ide.achado("tpEmis", "", "1")


def substituicao_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 505: a replacement names the document that it replaces."""
    if not _substituto(v) or v.substituicao.existe:
        return ()
    pai = v.inf if v.tipo is Tipo.CTE_SIMP else v.norm
    return (Achado(pai.no if pai.existe else v.inf.no, "", "infCteSub"),)


def substituido_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 847 or 858: the replaced document's key is valid and of the same model."""
    if not _substituto(v):
        return ()
    especie = CTE_OS if v.tipo is Tipo.CTE_OS else CTE
    motivo = motivo_chave(v.substituicao["chCte"], especie, v.contexto.agora)
    return v.substituicao.achado("chCte", motivo, exemplo_de_chave(especie)) if motivo else ()


def substituido_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 510: the replaced document is of the same issuer, whose number is inside the key."""
    chave = v.substituicao["chCte"] if _substituto(v) else ""
    if not chave or not v.emit.documento or _do_emitente(v, chave):
        return ()
    return v.substituicao.achado("chCte", f"o emitente deste documento é {v.emit.documento}", "")


def _do_emitente(v: Visao, chave: str) -> bool:
    return chave[6:20] == f"{v.emit.documento:0>14}"


def complementado_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 269: the complemented document was issued by the same company."""
    if v.tp_cte != "1" or not v.emit.documento:
        return ()
    return [
        Achado(no, f"o emitente deste documento é {v.emit.documento}", certo="")
        for chave, no in v.complementados
        if not _do_emitente(v, chave)
    ]


def complementado_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 849 or 859: the complemented document's key is valid and of the same model."""
    if v.tp_cte != "1":
        return ()
    especie = CTE_OS if v.tipo is Tipo.CTE_OS else CTE
    return [
        Achado(no, motivo, certo=exemplo_de_chave(especie))
        for chave, no in v.complementados
        if (motivo := motivo_chave(chave, especie, v.contexto.agora))
    ]


def complementado_repetido(v: Visao) -> Sequence[Achado]:
    """Checks 907: each complemented document is there once."""
    return repetidas(v.complementados) if v.tp_cte == "1" else ()


_CHAVE = "A chave do {} é uma chave válida de {}."
_CORRIGIR = "Corrija a chave do {}."

REGRAS: list[Regra] = [
    *verificada(
        "G076 H059",
        "503",
        substituto_em_contingencia,
        "O documento de substituição é emitido em modo normal (tpEmis 1).",
        "Gere a substituição em emissão normal.",
    ),
    *verificada(
        "G077 H060",
        "505",
        substituicao_ausente,
        "O documento de substituição informa qual substitui (infCteSub).",
        "Informe infCteSub ou corrija o tpCTe.",
        simp=True,
    ),
    *verificada(
        "G078",
        "847",
        substituido_invalido,
        _CHAVE.format("CT-e substituído", "CT-e"),
        _CORRIGIR.format("CT-e substituído"),
        simp=True,
        exige="infCteSub",
    ),
    *verificada(
        "H061",
        "858",
        substituido_invalido,
        _CHAVE.format("CT-e OS substituído", "CT-e OS"),
        _CORRIGIR.format("CT-e OS substituído"),
        exige="infCteSub",
    ),
    *verificada(
        "G086 H069",
        "510",
        substituido_de_outro,
        "O substituto tem o mesmo emitente do substituído (o CNPJ está na chave).",
        "Corrija a chave do documento substituído.",
        simp=True,
        exige="infCteSub",
    ),
    *verificada(
        "G160 H101",
        "269",
        complementado_de_outro,
        "O complementar tem o mesmo emitente do complementado (o CNPJ está na chave).",
        "Corrija a chave do documento complementado.",
        exige="infCteComp",
    ),
    *verificada(
        "G161",
        "849",
        complementado_invalido,
        _CHAVE.format("CT-e complementado", "CT-e"),
        _CORRIGIR.format("CT-e complementado"),
        exige="infCteComp",
    ),
    *verificada(
        "H102",
        "859",
        complementado_invalido,
        _CHAVE.format("CT-e OS complementado", "CT-e OS"),
        _CORRIGIR.format("CT-e OS complementado"),
        exige="infCteComp",
    ),
    *verificada(
        "G177 H114",
        "907",
        complementado_repetido,
        "Cada documento complementado aparece uma só vez.",
        "Retire a chave repetida.",
        exige="infCteComp",
    ),
]
