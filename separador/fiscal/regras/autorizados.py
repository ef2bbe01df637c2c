"""Checks the companies that may download the XML, and the software house.

MOC 4.00, Anexo I, rules G193 to G196 and G210, and the same rules in tables H and I.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import DIGITOS, cnpj_ok, cpf_ok, motivo_cnpj
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.visao import Visao


def cnpj_autorizado(v: Visao) -> Sequence[Achado]:
    """Checks 699: the CNPJ has right check digits."""
    if "autXML" not in v.inf:
        return ()
    return [
        Achado(g.nos["CNPJ"], motivo_cnpj(g["CNPJ"]))
        for g in v.autorizados
        if "CNPJ" in g.nos and not cnpj_ok(g["CNPJ"])
    ]


def cpf_autorizado(v: Visao) -> Sequence[Achado]:
    """Checks 700: the CPF has right check digits."""
    if "autXML" not in v.inf:
        return ()
    return [Achado(g.nos["CPF"], DIGITOS) for g in v.autorizados if "CPF" in g.nos and not cpf_ok(g["CPF"])]


def autorizado_repetido(v: Visao) -> Sequence[Achado]:
    """Checks 715: nobody is there twice."""
    if "autXML" not in v.inf:
        return ()
    vistos: set[str] = set()
    achados = []
    for grupo in v.autorizados:
        documento = grupo["CNPJ"] or grupo["CPF"]
        if documento in vistos:
            achados.append(Achado(grupo.no, f"{documento} já apareceu antes"))
        vistos.add(documento)
    return achados


def autorizado_ja_ator(v: Visao) -> Sequence[Achado]:
    """Checks 828: no party and no payer is there, since they can see the document anyway."""
    if "autXML" not in v.inf:
        return ()
    atores = {parte.documento for parte in v.partes.values()}
    if v.tomador is not None:
        atores.add(v.tomador.documento)
    atores.discard("")
    return [
        Achado(g.no, f"{documento} já é participante ou tomador")
        for g in v.autorizados
        if (documento := g["CNPJ"] or g["CPF"]) and documento in atores
    ]


def responsavel_tecnico(v: Visao) -> Sequence[Achado]:
    """Checks 836: the software house's CNPJ has right check digits."""
    if "infRespTec" not in v.inf:
        return ()
    grupo = v.inf.grupo("infRespTec")
    return () if cnpj_ok(grupo["CNPJ"]) else grupo.achado("CNPJ", motivo_cnpj(grupo["CNPJ"]))


REGRAS: list[Regra] = [
    *verificada(
        "G193 H121 I63",
        "699",
        cnpj_autorizado,
        "O CNPJ autorizado a baixar o XML (autXML) tem os dígitos verificadores certos.",
        "Corrija o CNPJ em autXML.",
        simp=True,
        exige="autXML",
    ),
    *verificada(
        "G194 H122 I64",
        "700",
        cpf_autorizado,
        "O CPF autorizado a baixar o XML (autXML) tem os dígitos verificadores certos.",
        "Corrija o CPF em autXML.",
        simp=True,
        exige="autXML",
    ),
    *verificada(
        "G195 H123 I65",
        "715",
        autorizado_repetido,
        "Ninguém aparece duas vezes em autXML.",
        "Retire o autXML repetido.",
        simp=True,
        exige="autXML",
    ),
    *verificada(
        "G196 H124 I66",
        "828",
        autorizado_ja_ator,
        "Quem já é participante ou tomador do documento não aparece em autXML.",
        "Retire o autXML: o participante já tem acesso ao documento.",
        simp=True,
        exige="autXML",
    ),
    *verificada(
        "G210 H126 I68",
        "836",
        responsavel_tecnico,
        "O CNPJ do responsável técnico (infRespTec), quando informado, tem os dígitos verificadores certos.",
        "Corrija o CNPJ do responsável técnico na configuração do sistema emissor.",
        simp=True,
        exige="infRespTec",
    ),
]
