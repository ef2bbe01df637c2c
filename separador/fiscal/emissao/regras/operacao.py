"""Decides the kind of document and of service: root, model, tpCTe and tpServ (EMIS-22)."""

from dataclasses import dataclass

from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.nucleo.tipo import FAMILIAS, Tipo

NORMAL, COMPLEMENTAR, SUBSTITUICAO = "0", "1", "3"
_SIMPLIFICADO, _SUBSTITUI_SIMPLIFICADO = "5", "6"
_TIPOS = {
    "normal": (Tipo.CTE, NORMAL, "0"),
    "complementar": (Tipo.CTE, COMPLEMENTAR, "0"),
    "substituicao": (Tipo.CTE, SUBSTITUICAO, "0"),
    "subcontratacao": (Tipo.CTE, NORMAL, "1"),
    "redespacho": (Tipo.CTE, NORMAL, "2"),
    "redespacho intermediario": (Tipo.CTE, NORMAL, "3"),
    "multimodal": (Tipo.CTE, NORMAL, "4"),
    "pessoas": (Tipo.CTE_OS, NORMAL, "6"),
    "valores": (Tipo.CTE_OS, NORMAL, "7"),
    "bagagem": (Tipo.CTE_OS, NORMAL, "8"),
    "simplificado": (Tipo.CTE_SIMP, _SIMPLIFICADO, "0"),
    "gtve": (Tipo.GTVE, "4", "9"),
}
"""Word → kind, tpCTe, tpServ."""
_MULTIMODAL, PESSOAS, VALORES, BAGAGEM = "4", "6", "7", "8"
_DE_TIPO = {
    COMPLEMENTAR: "complementar",
    SUBSTITUICAO: "substituição",
    _SUBSTITUI_SIMPLIFICADO: "substituição simplificado",
}
NOMES = {
    "0": "normal",
    "1": "subcontratação",
    "2": "redespacho",
    "3": "redespacho intermediário",
    "4": "multimodal",
    "6": "pessoas",
    "7": "valores",
    "8": "excesso de bagagem",
    "9": "GTV-e",
}
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
    especie: Tipo = Tipo.CTE

    @property
    def modelo(self) -> str:
        """Returns the model: 57, 67 or 64."""
        return FAMILIAS[self.especie].modelo

    @property
    def complementar(self) -> bool:
        """Says whether it only adds a value to another CT-e."""
        return self.tp_cte == COMPLEMENTAR

    @property
    def substituicao(self) -> bool:
        """Says whether it takes the place of another CT-e."""
        return self.tp_cte in (SUBSTITUICAO, _SUBSTITUI_SIMPLIFICADO)

    @property
    def multimodal(self) -> bool:
        """Says whether it is a leg of a multimodal transport."""
        return self.tp_serv == _MULTIMODAL

    @property
    def simplificado(self) -> bool:
        """Says whether it has deliveries in place of parties and invoices."""
        return self.especie is Tipo.CTE_SIMP

    @property
    def os(self) -> bool:
        """Says whether it is of people, valuables or baggage."""
        return self.especie is Tipo.CTE_OS

    @property
    def gtve(self) -> bool:
        """Says whether it only goes with valuables, and charges nothing."""
        return self.especie is Tipo.GTVE

    @property
    def nome(self) -> str:
        """Returns what people call it."""
        return _DE_TIPO.get(self.tp_cte) or ("simplificado" if self.simplificado else NOMES[self.tp_serv])


def decidir(caso: Caso) -> Operacao | None:
    """Returns tpCTe and tpServ. None: a word that nobody knows (told)."""
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
    caso.decidir(
        "tpServ", operacao.tp_serv, f"{motivo}: {operacao.especie}, modelo {operacao.modelo}, tpCTe {operacao.tp_cte}",
        "EMIS-22",
    )  # fmt: skip
    return operacao


def da_referencia(dito: str, cadastros: Cadastros) -> Operacao | None:
    """Returns the operation of the registry, or of a word; None: there is none."""
    registro = cadastros.achar("operacoes", dito).registro if dito else None
    if registro is None:
        tipos = _TIPOS.get(comparavel(dito or "normal"))
        return Operacao(tipos[1], tipos[2], especie=tipos[0]) if tipos is not None else None
    ditos = [_TIPOS.get(comparavel(registro.texto(n, "normal"))) for n in ("tp_cte", "tp_serv")]
    juntos = _juntar(ditos[0], ditos[1]) if ditos[0] is not None and ditos[1] is not None else None
    if juntos is None:
        return None
    compra = registro.texto("movimento") == "compra"
    return Operacao(juntos[1], juntos[2], dito, registro.sim("financeiro", True), compra, juntos[0])


_Tipos = tuple[Tipo, str, str]


def _juntar(do_cte: _Tipos, do_servico: _Tipos) -> _Tipos | None:
    """Returns kind, tpCTe and tpServ of an operation that says both. None: no layout has the two together."""
    especies = {do_cte[0], do_servico[0]} - {Tipo.CTE}
    if len(especies) > 1:
        return None
    especie = next(iter(especies), Tipo.CTE)
    tp_serv = do_servico[2] if do_servico[0] is especie else do_cte[2]
    finalidade = do_cte[1] if do_cte[0] is Tipo.CTE else NORMAL
    if especie is Tipo.CTE:
        return especie, finalidade, do_servico[2]
    if especie is Tipo.CTE_OS:
        return especie, finalidade, tp_serv
    if especie is Tipo.GTVE:
        return (especie, "4", "9") if finalidade == NORMAL else None
    tp_serv = do_servico[2]  # the Simplificado is normal, subcontracted or redispatched
    if finalidade == COMPLEMENTAR or tp_serv in SEM_DOCUMENTOS:
        return None
    return especie, _SIMPLIFICADO if finalidade == NORMAL else _SUBSTITUI_SIMPLIFICADO, tp_serv


def _recusar(caso: Caso, dito: str) -> None:
    """Tells an operation that nobody knows, or whose two words no layout has together."""
    fazer = f"Use um destes: {', '.join(_TIPOS)}; ou inclua a operação em {caso.cadastros.onde('operacoes')}."
    if caso.cadastros.achar("operacoes", dito).registro is not None:
        mensagem = f"A operação «{dito}» do cadastro junta tp_cte e tp_serv que nenhum leiaute tem juntos."
    else:
        mensagem = f"O tipo de operação «{dito}» não existe."
    caso.errar("SEP-CARGA-REFERENCIA", "tipo_operacao", mensagem, fazer)
