"""Checks the "globalised" CT-e, one document for many small deliveries (MOC 4.00, Anexo I, rules G197 to G206).

The manual leaves these rules to each state. An issuer that declares indGlobalizado asks for the regime that they
define, so they are checked then. The two that would stop ordinary documents (729, 730) are not checked: a state may
accept those documents.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.visao import Visao
from separador.nucleo.texto.quantidade import quantos

_DIVERSOS = "DIVERSOS"
_MINIMO = 5


def _tomador(v: Visao) -> str:
    """Returns the role that pays for a globalised document. It is "" when the document is an ordinary one."""
    return (v.tomador_indicado or "outro") if "indGlobalizado" in v.ide else ""


def interestadual(v: Visao) -> Sequence[Achado]:
    """Checks 743: the transport is inside one state."""
    if "indGlobalizado" not in v.ide or v.uf_ini == v.uf_fim:
        return ()
    return v.ide.achado("UFFim", f"a prestação começa em {v.uf_ini}", v.uf_ini)


def tomador(v: Visao) -> Sequence[Achado]:
    """Checks 722: sender or recipient pays."""
    if _tomador(v) in ("", "rem", "dest"):
        return ()
    return v.ide.achado(
        "toma3" if "toma3" in v.ide else "toma4", "o tomador indicado não é o remetente nem o destinatário"
    )


def so_nfe(v: Visao) -> Sequence[Achado]:
    """Checks 723: the documents are NF-e."""
    if "indGlobalizado" not in v.ide or not v.normal or not v.norm.existe or "infNFe" in v.documentos.nos:
        return ()
    return v.norm.achado("infDoc", "tem documentos que não são NF-e" if "infDoc" in v.norm else "")


def _emitentes(v: Visao) -> set[str]:
    return {chave[6:20] for chave, _no in v.nfes}


def _emitentes_ditos(v: Visao) -> str:
    return quantos(len(_emitentes(v)), "emitente", "emitentes")


def poucos_remetentes(v: Visao) -> Sequence[Achado]:
    """Checks 724: a recipient who pays has at least five senders."""
    if _tomador(v) != "dest" or not v.normal or not v.nfes or len(_emitentes(v)) >= _MINIMO:
        return ()
    return (Achado(v.documentos.no, f"tem NF-e de {_emitentes_ditos(v)}"),)


def varios_remetentes(v: Visao) -> Sequence[Achado]:
    """Checks 744: a sender who pays has only his own NF-e."""
    if _tomador(v) != "rem" or not v.normal or len(_emitentes(v)) <= 1:
        return ()
    return (Achado(v.documentos.no, f"tem NF-e de {_emitentes_ditos(v)}"),)


def poucas_nfe(v: Visao) -> Sequence[Achado]:
    """Checks 737: a sender who pays has at least five NF-e."""
    if _tomador(v) != "rem" or not v.normal or not v.nfes or len(v.nfes) >= _MINIMO:
        return ()
    return (Achado(v.documentos.no, f"tem só {len(v.nfes)} NF-e"),)


def nome_diversos(paga: str, papel: str) -> Verificador:
    """Makes the check of 725 or 726: in production, the party that stands for many is called DIVERSOS."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = v.partes.get(papel)
        if _tomador(v) != paga or parte is None or v.ide["tpAmb"] != "1" or parte.dados["xNome"] == _DIVERSOS:
            return ()
        return parte.dados.achado("xNome", "", _DIVERSOS)

    return regra


def cnpj_do_emitente(paga: str, papel: str) -> Verificador:
    """Makes the check of 727 or 728: the party that stands for many carries the issuer's CNPJ."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = v.partes.get(papel)
        if _tomador(v) != paga or parte is None or parte.dados["CNPJ"] == v.emit.dados["CNPJ"]:
            return ()
        return parte.dados.achado("CNPJ", "não é o do emitente", v.emit.dados["CNPJ"])

    return regra


REGRAS: list[Regra] = [
    *verificada(
        "G197",
        "743",
        interestadual,
        "O CT-e globalizado começa e termina na mesma UF.",
        "Emita CT-e comuns para a operação interestadual.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G198",
        "722",
        tomador,
        "O tomador do CT-e globalizado é o remetente ou o destinatário.",
        "Corrija o tomador ou retire indGlobalizado.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G199",
        "723",
        so_nfe,
        "O CT-e globalizado leva apenas NF-e.",
        "Informe as NF-e em infDoc ou retire indGlobalizado.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G200",
        "724",
        poucos_remetentes,
        "No globalizado pago pelo destinatário, as NF-e são de ao menos cinco emitentes.",
        "Inclua as NF-e que faltam ou retire indGlobalizado.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G201",
        "744",
        varios_remetentes,
        "No globalizado pago pelo remetente, as NF-e são todas do mesmo emitente.",
        "Separe as NF-e por emitente ou retire indGlobalizado.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G202",
        "725",
        nome_diversos("dest", "rem"),
        "Em produção, o remetente do globalizado pago pelo destinatário chama-se DIVERSOS.",
        "Preencha rem/xNome com DIVERSOS.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G203",
        "726",
        nome_diversos("rem", "dest"),
        "Em produção, o destinatário do globalizado pago pelo remetente chama-se DIVERSOS.",
        "Preencha dest/xNome com DIVERSOS.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G204",
        "727",
        cnpj_do_emitente("dest", "rem"),
        "No globalizado pago pelo destinatário, o CNPJ do remetente é o do emitente do CT-e.",
        "Preencha rem/CNPJ com o CNPJ do emitente.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G205",
        "728",
        cnpj_do_emitente("rem", "dest"),
        "No globalizado pago pelo remetente, o CNPJ do destinatário é o do emitente do CT-e.",
        "Preencha dest/CNPJ com o CNPJ do emitente.",
        exige="indGlobalizado",
    ),
    *verificada(
        "G206",
        "737",
        poucas_nfe,
        "O globalizado pago pelo remetente leva ao menos cinco NF-e.",
        "Inclua as NF-e que faltam ou retire indGlobalizado.",
        exige="indGlobalizado",
    ),
]
