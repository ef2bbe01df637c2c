"""Decides the kind of service: tpCTe and tpServ (EMIS-22)."""

from dataclasses import dataclass

from separador.fiscal.emissao.achados import NAO_HA
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.carga import TIPOS_FUTUROS
from separador.fiscal.emissao.formato.tipos import comparavel

NORMAL, COMPLEMENTAR, SUBSTITUICAO = "0", "1", "3"
_TIPOS = {
    "normal": (NORMAL, "0"),
    "complementar": (COMPLEMENTAR, "0"),
    "substituicao": (SUBSTITUICAO, "0"),
    "subcontratacao": (NORMAL, "1"),
    "redespacho": (NORMAL, "2"),
    "redespacho intermediario": (NORMAL, "3"),
    "multimodal": (NORMAL, "4"),
}
NOMES = {"0": "normal", "1": "subcontratação", "2": "redespacho", "3": "redespacho intermediário", "4": "multimodal"}
SEM_DOCUMENTOS = ("3", "4")
"""tpServ whose documents stay in the record: infDoc must not be written (694)."""


@dataclass(frozen=True, slots=True)
class Operacao:
    """What kind of CT-e it is."""

    tp_cte: str
    tp_serv: str
    codigo: str = ""
    financeiro: bool = True

    @property
    def complementar(self) -> bool:
        """Says whether it only adds a value to another CT-e."""
        return self.tp_cte == COMPLEMENTAR


def decidir(caso: Caso) -> Operacao | None:
    """Returns tpCTe and tpServ. None: a word that nobody knows, or that comes later (told)."""
    if "tipo_operacao" in caso.cte.ruins:
        return None
    dito = caso.cte.texto("tipo_operacao", "normal")
    registro = caso.cadastros.achar("operacoes", dito).registro
    if registro is not None:
        tipos = [registro.texto(n, "normal") for n in ("tp_cte", "tp_serv")]
        lidos = [_tipo(caso, t) for t in tipos]
        if lidos[0] is None or lidos[1] is None:
            return None
        operacao = Operacao(lidos[0][0], lidos[1][1], dito, registro.sim("financeiro", True))
        motivo = f"operação {dito} do cadastro"
    else:
        lido = _tipo(caso, dito)
        if lido is None:
            return None
        operacao = Operacao(*lido)
        motivo = f"tipo de operação {dito}"
    caso.decidir("tpServ", operacao.tp_serv, f"{motivo}: tpCTe {operacao.tp_cte}", "EMIS-22")
    return operacao


def _tipo(caso: Caso, dito: str) -> tuple[str, str] | None:
    palavra = comparavel(dito)
    if palavra in _TIPOS:
        return _TIPOS[palavra]
    if palavra in TIPOS_FUTUROS:
        caso.errar("SEP-CARGA-ESQUEMA", "tipo_operacao", f"O tipo de operação «{dito}» {NAO_HA}.", "Retire este CT-e.")
    else:
        fazer = f"Use um destes: {', '.join(_TIPOS)}; ou inclua a operação em {caso.cadastros.onde('operacoes')}."
        caso.errar("SEP-CARGA-REFERENCIA", "tipo_operacao", f"O tipo de operação «{dito}» não existe.", fazer)
    return None
