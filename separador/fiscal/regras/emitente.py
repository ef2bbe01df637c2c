"""Checks registrations and address of the issuer.

MOC 4.00, Anexo I, rules G104 to G107, G111c, G112 and G113, and the same rules in tables H and I.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.chave import NFF
from separador.fiscal.regras.documentos_id import cnpj_ok, motivo_cnpj
from separador.fiscal.regras.ie import ie_de_exemplo, ie_valida
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.partes import municipio_diverge, municipio_inexistente
from separador.fiscal.regras.visao import Participante, Visao


def _emitente(v: Visao) -> Participante | None:
    return v.emit


def cnpj_do_emitente(v: Visao) -> Sequence[Achado]:
    """Checks 207: the issuer's CNPJ has right check digits.

    An issuer with a CPF (NFF, series 920-969) has no CNPJ.
    """
    cnpj = v.emit.dados["CNPJ"]
    if cnpj_ok(cnpj) or (not cnpj and "CPF" in v.emit.dados) or not v.emit.dados.existe:
        return ()
    return v.emit.dados.achado("CNPJ", motivo_cnpj(cnpj))


def ie_do_emitente_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 229: the issuer has a registration, except in NFF and when a PAA issues for a MEI."""
    if v.emit.dados["IE"].strip("0") or v.tp_emis == NFF or "infPAA" in v.inf or not v.emit.dados.existe:
        return ()
    return v.emit.dados.achado("IE", "", ie_de_exemplo(v.emit.ender["UF"]))


def ie_do_emitente(v: Visao) -> Sequence[Achado]:
    """Checks 209: the registration has the check digits of the issuer's state. Rule 229 judges one of only zeros."""
    ie = v.emit.dados["IE"]
    if not ie.strip("0") or v.tp_emis == NFF or ie_valida(v.emit.ender["UF"], ie):
        return ()
    return v.emit.dados.achado("IE", f"não é uma IE de {v.emit.ender['UF']}", ie_de_exemplo(v.emit.ender["UF"]))


def ie_do_substituto(v: Visao) -> Sequence[Achado]:
    """Checks 614: the substitute's registration has the check digits of the payer's state.

    Without a payer there is nothing to check.
    """
    ie, toma = v.emit.dados["IEST"], v.tomador
    if not ie or toma is None or ie_valida(toma.ender["UF"], ie):
        return ()
    return v.emit.dados.achado(
        "IEST", f"não é uma IE de {toma.ender['UF']}, a UF do tomador", ie_de_exemplo(toma.ender["UF"])
    )


def crt_do_paa(v: Visao) -> Sequence[Achado]:
    """Checks 917: a company that issues through a PAA is a MEI."""
    if "infPAA" not in v.inf or v.emit.dados["CRT"] == "4":
        return ()
    return v.emit.dados.achado("CRT", "o documento tem o grupo infPAA", "4")


def municipio_do_emitente_diverge(v: Visao) -> Sequence[Achado]:
    """Checks 712: the municipality is of the issuer's state, NFF excepted."""
    return () if v.tp_emis == NFF else _EMITENTE_DIVERGE(v)


_EMITENTE_DIVERGE = municipio_diverge(_emitente)


REGRAS: list[Regra] = [
    *verificada(
        "G104 H078 I18",
        "207",
        cnpj_do_emitente,
        "O CNPJ do emitente tem os dígitos verificadores certos (quem emite com CPF não informa CNPJ).",
        "Corrija o CNPJ do emitente.",
        simp=True,
    ),
    *verificada(
        "G105 H079 I19",
        "229",
        ie_do_emitente_ausente,
        "A inscrição estadual do emitente está informada (NFF e emissão por PAA excetuadas).",
        "Informe a IE do emitente.",
        simp=True,
    ),
    *verificada(
        "G106 H080 I20",
        "209",
        ie_do_emitente,
        "A inscrição estadual do emitente tem o dígito verificador da UF dele (NFF excetuada).",
        "Corrija a IE do emitente.",
        simp=True,
    ),
    *verificada(
        "G107 H081 I21",
        "614",
        ie_do_substituto,
        "A IE de substituto tributário (IEST), quando informada, tem o dígito verificador da UF do tomador.",
        "Corrija ou retire a IEST.",
        simp=True,
    ),
    *verificada(
        "G111c",
        "917",
        crt_do_paa,
        "Quem emite por um provedor de assinatura (infPAA) é MEI: CRT 4.",
        "Corrija o CRT do emitente.",
        simp=True,
        exige="infPAA",
    ),
    *verificada(
        "G112 H085 I25",
        "712",
        municipio_do_emitente_diverge,
        "O código do município do emitente começa pelo código da UF do endereço (NFF excetuada).",
        "Corrija o município ou a UF do emitente.",
        simp=True,
    ),
    *verificada(
        "G113 H086 I26",
        "713",
        municipio_inexistente(_emitente),
        "O município do emitente existe na tabela do IBGE.",
        "Corrija o código do município do emitente.",
        simp=True,
    ),
]
