"""Names the actions of the program, and the right that each asks for.

An action has the words of its command (`cte cancelar`). The guard of the commands and the pages of the panel name the
same ones; a page has no right of its own.
"""

from functools import cache

from separador.acesso.dominio import Direito
from separador.nucleo import capacidade


def direito_de(caminho: str) -> Direito:
    """Returns the right that an action asks for: its own, else that of its group, else an administrator's."""
    do_grupo = _ditos().get(f"{caminho.rpartition(' ')[0]} *", Direito.ADMINISTRAR)
    return direitos().get(caminho, do_grupo)


@cache
def direitos() -> dict[str, Direito]:
    """Returns the right of every command that a capability names by all its words."""
    return {dito: direito for dito, direito in _ditos().items() if not dito.endswith("*")}


@cache
def _ditos() -> dict[str, Direito]:
    return {
        dito: Direito(direito)
        for c in capacidade.todas()
        for direito, comandos in c.direitos.items()
        for dito in comandos
    }


def conta_por_si(caminho: str) -> bool:
    """Says whether the command's own transaction writes the audit row. For other commands their guard writes it."""
    ditos = [dito for c in capacidade.todas() for dito in c.contam]
    return any(caminho == dito or (dito.endswith("*") and caminho.startswith(dito[:-1])) for dito in ditos)
