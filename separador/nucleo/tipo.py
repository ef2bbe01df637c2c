"""Names the kinds of XML that the product knows. The root element tells the kind, never the file name."""

from dataclasses import dataclass
from enum import StrEnum


class Tipo(StrEnum):
    """The local name of the root element."""

    CTE = "CTe"
    CTE_SIMP = "CTeSimp"
    CTE_OS = "CTeOS"
    GTVE = "GTVe"
    EVENTO = "eventoCTe"
    RET_CTE = "retCTe"
    RET_CTE_SIMP = "retCTeSimp"
    RET_CTE_OS = "retCTeOS"
    RET_GTVE = "retGTVe"
    PROT_CTE = "protCTe"
    PROC_CTE = "cteProc"
    PROC_CTE_SIMP = "cteSimpProc"
    PROC_CTE_OS = "cteOSProc"
    PROC_GTVE = "GTVeProc"
    RET_EVENTO = "retEventoCTe"
    PROC_EVENTO = "procEventoCTe"
    RET_CONSULTA = "retConsSitCTe"
    RET_STATUS = "retConsStatServCTe"
    CONSULTA = "consSitCTe"
    STATUS = "consStatServCTe"


@dataclass(frozen=True, slots=True)
class Familia:
    """The names that belong together for one kind of document."""

    documento: Tipo
    modelo: str
    retorno: Tipo
    processado: Tipo


FAMILIAS = {
    f.documento: f
    for f in (
        Familia(Tipo.CTE, "57", Tipo.RET_CTE, Tipo.PROC_CTE),
        Familia(Tipo.CTE_SIMP, "57", Tipo.RET_CTE_SIMP, Tipo.PROC_CTE_SIMP),
        Familia(Tipo.CTE_OS, "67", Tipo.RET_CTE_OS, Tipo.PROC_CTE_OS),
        Familia(Tipo.GTVE, "64", Tipo.RET_GTVE, Tipo.PROC_GTVE),
    )
}

DOCUMENTOS = frozenset(FAMILIAS)
ASSINAVEIS = DOCUMENTOS | {Tipo.EVENTO}
