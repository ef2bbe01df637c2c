"""Checks redispatch, subcontracting and multimodal-bound services, and the documents of the previous carrier.

MOC 4.00, Anexo I, rules G053 to G063, G065, G070, G071 and G075.
"""

from collections.abc import Sequence

from lxml import etree

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.chave import NFF
from separador.fiscal.regras.documentos_id import CTE, exemplo_de_chave, motivo_chave
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.visao import Visao

_INTERMEDIARIOS = ("3", "4")
_VINCULADO = "4"


def parte_ausente(papel: str, *, intermediario: bool) -> Verificador:
    """Makes the check of 469, 470, 474 or 475.

    Intermediate services name the party that hands over and the party that receives. The others name sender and
    recipient.
    """

    def regra(v: Visao) -> Sequence[Achado]:
        if papel in v.partes or (v.tp_serv in _INTERMEDIARIOS) is not intermediario or not v.tp_serv:
            return ()
        return v.inf.achado(papel, f"tpServ={v.tp_serv}")

    return regra


def multimodal_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 651: a bound service refers to the operator's document."""
    if v.tp_serv != _VINCULADO or not v.normal or not v.norm.existe or v.multimodais:
        return ()
    return v.norm.achado("infServVinc")


def multimodal_indevido(v: Visao) -> Sequence[Achado]:
    """Checks 814: only a bound service refers to the operator's document."""
    if v.tp_serv == _VINCULADO or "infServVinc" not in v.norm or not v.multimodais:
        return ()
    return v.norm.achado("infServVinc", f"não vai num documento com tpServ={v.tp_serv}")


def documento_anterior_ausente(v: Visao) -> Sequence[Achado]:
    """Checks 521: subcontracting and redispatch refer to the previous carrier's documents."""
    if v.tp_serv not in ("1", "2", "3") or not v.normal or not v.norm.existe or "docAnt" in v.norm:
        return ()
    return v.norm.achado("docAnt", f"tpServ={v.tp_serv}")


def documento_anterior_indevido(v: Visao) -> Sequence[Achado]:
    """Checks 747: a normal service has no documents of a previous carrier."""
    if "docAnt" not in v.norm or v.tp_serv != "0":
        return ()
    return v.norm.achado("docAnt", "não vai num documento com tpServ=0")


def repetidas(chaves: list[tuple[str, etree._Element]]) -> list[Achado]:
    """Returns a finding for each second and later appearance of a key."""
    vistas: set[str] = set()
    achados = []
    for chave, no in chaves:
        if chave in vistas:
            achados.append(Achado(no, "esta chave já apareceu antes", certo=""))
        vistas.add(chave)
    return achados


def anterior_repetido(v: Visao) -> Sequence[Achado]:
    """Checks 543: each previous CT-e is there once."""
    if "docAnt" not in v.norm:
        return ()
    return repetidas([(chave, no) for _emissor, chave, no in v.anteriores])


def anterior_de_outro_emitente(v: Visao) -> Sequence[Achado]:
    """Checks 733: the key's issuer is the one of the group. Only NFF has a CPF there."""
    if "docAnt" not in v.norm:
        return ()
    return [
        Achado(no, f"o emissor informado é {emissor['CNPJ'] or emissor['CPF']}", certo="")
        for emissor, chave, no in v.anteriores
        if chave[6:20] != emissor["CNPJ"] and not (v.tp_emis == NFF and chave[9:20] == emissor["CPF"])
    ]


def anterior_de_outro_tomador(v: Visao) -> Sequence[Achado]:
    """Checks 745: the payer is the company that subcontracts (same CNPJ base or CPF)."""
    toma = v.tomador
    if "docAnt" not in v.norm or toma is None or not toma.base:
        return ()
    return [
        Achado(no, f"o tomador é {toma.base}, o emissor é {emissor['CNPJ'][:8] or emissor['CPF']}", certo="")
        for emissor, _chave, no in v.anteriores
        if (emissor["CNPJ"][:8] or emissor["CPF"]) != toma.base
    ]


def anterior_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 844: each previous document's key is a valid CT-e key."""
    return [
        Achado(no, motivo, certo=exemplo_de_chave(CTE))
        for _emissor, chave, no in v.anteriores
        if (motivo := motivo_chave(chave, CTE, v.contexto.agora))
    ]


def multimodal_repetido(v: Visao) -> Sequence[Achado]:
    """Checks 714: each operator's document is there once."""
    return repetidas(v.multimodais) if "infServVinc" in v.norm else ()


def multimodal_invalido(v: Visao) -> Sequence[Achado]:
    """Checks 845: each operator's document has a valid CT-e key."""
    if "infServVinc" not in v.norm:
        return ()
    return [
        Achado(no, motivo, certo=exemplo_de_chave(CTE))
        for chave, no in v.multimodais
        if (motivo := motivo_chave(chave, CTE, v.contexto.agora))
    ]


def multimodal_de_outro(v: Visao) -> Sequence[Achado]:
    """Checks 667: the operator is the payer."""
    toma = v.tomador
    if v.tp_serv != _VINCULADO or not v.normal or toma is None:
        return ()
    base = toma.dados["CNPJ"][:8]
    return [Achado(no, f"o tomador é {toma.base}", certo="") for chave, no in v.multimodais if chave[6:14] != base]


_PARTES = (
    ("G053", "469", "rem", "remetente", False),
    ("G054", "470", "dest", "destinatário", False),
    ("G055", "474", "exped", "expedidor", True),
    ("G056", "475", "receb", "recebedor", True),
)
_SERVICO = {
    False: "salvo em redespacho intermediário e serviço vinculado a multimodal",
    True: "em redespacho intermediário e serviço vinculado a multimodal",
}

REGRAS: list[Regra] = [
    *(
        regra
        for ids, cstat, papel, nome, intermediario in _PARTES
        for regra in verificada(
            ids,
            cstat,
            parte_ausente(papel, intermediario=intermediario),
            f"O {nome} é informado, {_SERVICO[intermediario]}.",
            f"Informe o grupo {papel} ou corrija o tpServ.",
        )
    ),
    *verificada(
        "G057",
        "651",
        multimodal_ausente,
        "O serviço vinculado a multimodal referencia ao menos um CT-e do operador (infServVinc).",
        "Informe a chave do CT-e multimodal.",
    ),
    *verificada(
        "G058",
        "814",
        multimodal_indevido,
        "Só o serviço vinculado a multimodal (tpServ 4) referencia CT-e multimodal.",
        "Retire infServVinc ou corrija o tpServ.",
        exige="infServVinc",
    ),
    *verificada(
        "G059",
        "521",
        documento_anterior_ausente,
        "Subcontratação, redespacho e redespacho intermediário informam os documentos de transporte anterior (docAnt).",
        "Informe o grupo docAnt ou corrija o tpServ.",
    ),
    *verificada(
        "G060",
        "747",
        documento_anterior_indevido,
        "O serviço normal (tpServ 0) não tem documentos de transporte anterior (docAnt).",
        "Retire o grupo docAnt ou corrija o tpServ.",
        exige="docAnt",
    ),
    *verificada(
        "G061",
        "543",
        anterior_repetido,
        "Cada CT-e anterior aparece uma só vez.",
        "Retire a chave repetida.",
        exige="docAnt",
    ),
    *verificada(
        "G062",
        "733",
        anterior_de_outro_emitente,
        "O CNPJ dentro da chave do CT-e anterior é o do emissor informado (emiDocAnt); CPF só na NFF.",
        "Corrija o emissor ou a chave do documento anterior.",
        exige="docAnt",
    ),
    *verificada(
        "G063",
        "745",
        anterior_de_outro_tomador,
        "O tomador tem o mesmo CNPJ-base (ou CPF) do emissor do documento anterior.",
        "Corrija o tomador ou o emissor do documento anterior.",
        exige="docAnt",
    ),
    *verificada(
        "G065",
        "844",
        anterior_invalido,
        "A chave de cada CT-e anterior é uma chave válida de CT-e.",
        "Corrija a chave do documento anterior.",
        simp=True,
    ),
    *verificada(
        "G070",
        "714",
        multimodal_repetido,
        "Cada CT-e multimodal aparece uma só vez.",
        "Retire a chave repetida.",
        exige="infServVinc",
    ),
    *verificada(
        "G071",
        "845",
        multimodal_invalido,
        "A chave de cada CT-e multimodal é uma chave válida de CT-e.",
        "Corrija a chave do CT-e multimodal.",
        exige="infServVinc",
    ),
    *verificada(
        "G075",
        "667",
        multimodal_de_outro,
        "O tomador tem o CNPJ-base do emitente de cada CT-e multimodal.",
        "Corrija o tomador ou a chave do CT-e multimodal.",
        exige="infServVinc",
    ),
]
