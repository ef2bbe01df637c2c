"""Decides the mode of transport: whose group it is, and what the load says of it (EMIS-22)."""

from dataclasses import dataclass

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.carga import MODAIS, RODOVIARIO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.operacao import Operacao
from separador.nucleo.tipo import Tipo

_GRUPOS = dict(zip(MODAIS, ("rodo", "aereo", "aquav", "ferrov", "duto", "multimodal"), strict=True))
_DA_ESPECIE = {Tipo.CTE: MODAIS, Tipo.CTE_SIMP: MODAIS[:3], Tipo.CTE_OS: MODAIS[:4], Tipo.GTVE: (MODAIS[0], MODAIS[5])}
"""Kind of document → the modes that its layout has."""
CODIGOS_DO_GRUPO = frozenset(("526", "580", "582", "583", "584", "842"))
"""SEFAZ's codes of what is wrong inside the group of the mode."""


@dataclass(frozen=True, slots=True)
class Modal:
    """The mode. `codigo`: `modal` of the layout; `grupo`: its group; `dados`: what the load says of it."""

    codigo: str
    grupo: str
    dados: No | None = None

    @property
    def rodoviario(self) -> bool:
        """Says whether it is by road."""
        return self.codigo == "01"


def nome_do_modal(cte: No) -> str:
    """Returns the mode in the words of the load."""
    return cte.texto("modal", RODOVIARIO)


def tem_rodo(cte: No, operacao: Operacao) -> bool:
    """Says whether the document has the road group, which names the RNTRC."""
    return operacao.modelo == "57" and not operacao.complementar and nome_do_modal(cte) == RODOVIARIO


def decidir(caso: Caso, operacao: Operacao) -> Modal | None:
    """Returns the mode. None: the layout does not have it, or its group is missing (told)."""
    if "modal" in caso.cte.ruins:
        return None
    nome = nome_do_modal(caso.cte)
    tem = _DA_ESPECIE[operacao.especie]
    if nome not in tem:
        mensagem = f"O leiaute de um CT-e de tipo {operacao.nome} não tem o modal {nome}."
        caso.errar("SEP-EMIS-22", "modal", mensagem, f"Use um destes: {', '.join(tem)}.")
        return None
    codigo, grupo = f"{MODAIS.index(nome) + 1:02d}", _GRUPOS[nome]
    caso.decidir("modal", codigo, f"{nome}: grupo {grupo}", "EMIS-22")
    if operacao.modelo != "57" or operacao.complementar or nome == RODOVIARIO:
        return Modal(codigo, grupo)
    dados = caso.cte.no("dados_modal")
    if dados is None:
        mensagem = f"Faltam os dados do modal {nome}."
        caso.errar("SEP-EMIS-22", "dados_modal", mensagem, f"Preencha o grupo {grupo}, com as tags do leiaute.")
        return None
    return Modal(codigo, grupo, _sem_a_capa(dados, grupo))


def _sem_a_capa(dados: No, grupo: str) -> No:
    """Returns what is in the group; a load may write it with the group's own tag around it."""
    dentro = dados.no(grupo)
    return dentro if dentro is not None and len(dados.valores) == 1 else dados
