"""Checks the party that pays for the transport.

MOC 4.00, Anexo I, rules G018 to G024 and G156, and the same rules in tables H and I.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import ZEROS
from separador.fiscal.regras.ie import ie_de_exemplo
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.visao import TOMADOR_PROPRIO, Grupo, Participante, Visao
from separador.nucleo.tipo import Tipo

_ISENTO = "ISENTO"
UFS_SEM_ISENTO = frozenset("AM BA CE GO MG MS MT PE RN SE SP".split())


def papel_sem_dados(papel: str) -> Verificador:
    """Makes the check of 460 to 463: the role pointed to as the payer is in the document."""

    def regra(v: Visao) -> Sequence[Achado]:
        if v.tomador_indicado != papel or papel in v.partes:
            return ()
        return v.ide.grupo("toma3").achado("toma", f"indica o grupo {papel}, que não está no documento", "")

    return regra


def _onde(v: Visao) -> Grupo:
    """Returns the group that says whether the payer is registered."""
    return v.tomador_proprio.dados if v.tipo is Tipo.CTE_SIMP and v.tomador_proprio is not None else v.ide


def _indicador(v: Visao) -> str:
    return _onde(v)["indIEToma"]


def contribuinte_sem_ie(v: Visao) -> Sequence[Achado]:
    """Checks 481: indIEToma 1 has a registration number."""
    toma = v.tomador
    if toma is None or _indicador(v) != "1" or toma.dados["IE"] not in ("", _ISENTO):
        return ()
    return toma.dados.achado("IE", "indIEToma=1", ie_de_exemplo(toma.ender["UF"]))


def isento_sem_literal(v: Visao) -> Sequence[Achado]:
    """Checks 482: indIEToma 2 has the registration written as ISENTO."""
    toma = v.tomador
    if toma is None or _indicador(v) != "2" or toma.dados["IE"] == _ISENTO:
        return ()
    return toma.dados.achado("IE", "indIEToma=2", _ISENTO)


def isento_recusado_pela_uf(v: Visao) -> Sequence[Achado]:
    """Checks 617: some states do not admit an exempt payer."""
    toma = v.tomador
    if toma is None or _indicador(v) != "2" or toma.ender["UF"] not in UFS_SEM_ISENTO:
        return ()
    return _onde(v).achado("indIEToma", f"o tomador é de {toma.ender['UF']}", "1")


def repetido_em_outro_papel(v: Visao) -> Sequence[Achado]:
    """Checks 799: a third-party payer is no other party of the document, by number and registration together.

    A foreign payer has no number of his own (zeros or empty), so there is nothing to compare.
    """
    toma = v.tomador_proprio
    if toma is None or toma.documento in ("", ZEROS):
        return ()
    for parte in v.partes.values():
        if _par(parte) == _par(toma):
            return (Achado(toma.dados.no, f"{toma.documento} já está no grupo {parte.papel}"),)
    return ()


def _par(parte: Participante) -> tuple[str, str]:
    return parte.documento, parte.dados["IE"]


_PAPEIS = (
    ("G018", "460", "rem", "remetente"),
    ("G019", "461", "exped", "expedidor"),
    ("G020", "462", "receb", "recebedor"),
    ("G021", "463", "dest", "destinatário"),
)

REGRAS: list[Regra] = [
    *(
        regra
        for ids, cstat, papel, nome in _PAPEIS
        for regra in verificada(
            ids,
            cstat,
            papel_sem_dados(papel),
            f"Quando o tomador indicado é o {nome}, o grupo {papel} está no documento.",
            f"Informe os dados do {nome} ou indique outro tomador.",
        )
    ),
    *verificada(
        "G022 H091 I13",
        "481",
        contribuinte_sem_ie,
        "O tomador contribuinte (indIEToma 1) tem inscrição estadual, que não pode ser «ISENTO».",
        "Informe a IE do tomador ou corrija indIEToma.",
        simp=True,
    ),
    *verificada(
        "G023 H092 I14",
        "482",
        isento_sem_literal,
        "O tomador isento de inscrição (indIEToma 2) tem a IE preenchida com «ISENTO».",
        "Preencha a IE do tomador com ISENTO ou corrija indIEToma.",
        simp=True,
    ),
    *verificada(
        "G024 H093 I15",
        "617",
        isento_recusado_pela_uf,
        "Não há tomador isento de inscrição (indIEToma 2) em AM, BA, CE, GO, MG, MS, MT, PE, RN, SE e SP.",
        "Use indIEToma 1 com a IE do tomador, ou 9 para não contribuinte.",
        simp=True,
    ),
    *verificada(
        "G156 I53",
        "799",
        repetido_em_outro_papel,
        "O tomador terceiro não repete CNPJ/CPF e IE de outro participante do documento.",
        "Indique o participante como tomador, em vez de repetir os dados dele.",
        exige=TOMADOR_PROPRIO,
    ),
]
