"""Decides the kind of service: tpCTe and tpServ (EMIS-22)."""

from dataclasses import dataclass

from separador.fiscal.emissao.achados import NAO_HA
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.carga import TIPOS_FUTUROS
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.no import No

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
_MULTIMODAL = "4"
_DE_TIPO = {COMPLEMENTAR: "complementar", SUBSTITUICAO: "substituição"}
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
    compra: bool = False

    @property
    def complementar(self) -> bool:
        """Says whether it only adds a value to another CT-e."""
        return self.tp_cte == COMPLEMENTAR

    @property
    def substituicao(self) -> bool:
        """Says whether it takes the place of another CT-e."""
        return self.tp_cte == SUBSTITUICAO

    @property
    def multimodal(self) -> bool:
        """Says whether it is a leg of a multimodal transport."""
        return self.tp_serv == _MULTIMODAL

    @property
    def nome(self) -> str:
        """Returns what people call it."""
        return _DE_TIPO.get(self.tp_cte) or NOMES[self.tp_serv]


def decidir(caso: Caso) -> Operacao | None:
    """Returns tpCTe and tpServ. None: a word that nobody knows, or that comes later (told)."""
    if "tipo_operacao" in caso.cte.ruins:
        return None
    dito = caso.cte.texto("tipo_operacao", "normal")
    operacao = da_referencia(dito, caso.cadastros)
    if operacao is None:
        _recusar(caso, dito)
        return None
    if operacao.compra:
        fazer = "Preencha terceiros (chave, emissão, valor), ou use uma operação de venda."
        caso.errar("SEP-EMIS-22", "terceiros", f"A operação {dito} é de compra: o CT-e é de terceiros.", fazer)
        return None
    motivo = f"operação {dito} do cadastro" if operacao.codigo else f"tipo de operação {dito}"
    caso.decidir("tpServ", operacao.tp_serv, f"{motivo}: tpCTe {operacao.tp_cte}", "EMIS-22")
    return operacao


def da_referencia(dito: str, cadastros: Cadastros) -> Operacao | None:
    """Returns the operation of the registry, or of a word; None: there is none that this version issues."""
    registro = cadastros.achar("operacoes", dito).registro if dito else None
    if registro is None:
        tipos = _TIPOS.get(comparavel(dito or "normal"))
        return Operacao(*tipos) if tipos is not None else None
    do_cte, do_servico = (_TIPOS.get(comparavel(registro.texto(n, "normal"))) for n in ("tp_cte", "tp_serv"))
    if do_cte is None or do_servico is None:
        return None
    compra = registro.texto("movimento") == "compra"
    return Operacao(do_cte[0], do_servico[1], dito, registro.sim("financeiro", True), compra)


def _recusar(caso: Caso, dito: str) -> None:
    """Tells an operation that comes later, or that nobody knows."""
    registro = caso.cadastros.achar("operacoes", dito).registro or No()
    palavras = (dito, registro.texto("tp_cte"), registro.texto("tp_serv"))
    futura = next((p for p in palavras if comparavel(p) in TIPOS_FUTUROS), None)
    if futura is not None:
        mensagem = f"O tipo de operação «{futura}» {NAO_HA}."
        caso.errar("SEP-CARGA-ESQUEMA", "tipo_operacao", mensagem, "Retire este CT-e.")
        return
    fazer = f"Use um destes: {', '.join(_TIPOS)}; ou inclua a operação em {caso.cadastros.onde('operacoes')}."
    caso.errar("SEP-CARGA-REFERENCIA", "tipo_operacao", f"O tipo de operação «{dito}» não existe.", fazer)
