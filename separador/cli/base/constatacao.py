"""Defines what a check of `separador verificar` is given, and what it found."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

CERTO, AVISO, ERRO = "certo", "aviso", "erro"


@dataclass(frozen=True, slots=True)
class Constatacao:
    """One finding. `estado`: certo, aviso (it works, but) or erro (it does not). `o_que_fazer` is empty when certo."""

    verificacao: str
    estado: str
    mensagem: str
    o_que_fazer: str = ""

    @property
    def dito(self) -> str:
        """Returns the finding and what to do, in one text."""
        return f"{self.mensagem} {self.o_que_fazer}".rstrip()

    def e(self, estado: str) -> bool:
        """Says whether it is a finding of this kind."""
        return self.estado == estado


@dataclass(frozen=True, slots=True)
class Exame:
    """The things that a check looks at. `banco`: read only, None when there is none yet. `ligado`: the service runs.

    `completo`: also look at what takes as long as the installation is large.
    """

    config: "Configuracao"
    banco: sqlite3.Connection | None
    ambiente: Mapping[str, str]
    agora: datetime
    ligado: bool
    completo: bool = False
