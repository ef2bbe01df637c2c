"""Defines the parts of the service that run by the loop: what the loop asks of them, and what they may ask of it.

A capability names its parts in `capacidade.passos`. There is one of each in a service. They run in the loop's thread
only.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from separador.configuracao import Configuracao
from separador.motor.contexto import Contexto


class Mudanca(Enum):
    """The things that may change while the service runs."""

    CONFIGURACAO = "configuração"
    CERTIFICADOS = "certificados"


class Servico(Protocol):
    """The part of the loop that a part may use."""

    @property
    def ambiente(self) -> Mapping[str, str]:
        """Returns the environment variables of the service."""

    def acordar(self) -> None:
        """Wakes the loop. Any thread may call it."""

    def mudou(self, o_que: Mudanca) -> None:
        """Tells every part of a change, and the workers what they need of it."""

    def equipar(self) -> None:
        """Gives the workers what they need, as it is now."""


class Parte:
    """A part that does nothing. A capability's own part overrides what it needs.

    `passo` may have other methods beside it, with the same signature, for the steps that name them.
    """

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        self.contexto = contexto
        self.servico = servico

    @classmethod
    def adiantar(cls, config: Configuracao) -> None:
        """Starts what takes long, before the part is made and while the database is still being looked at.

        It does not wait, writes nothing, and touches no folder: the start may still be refused.
        """

    def iniciar(self) -> None:
        """Runs once, after the recovery and before the first turn."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002 -- the signature of every step
        """Does everything that can be done now. Returns True when something moved. `agora_s`: the monotonic clock."""
        return False

    def pode_mover(self) -> bool:
        """Says whether it would go on without waiting for a clock or for somebody else. `uma-vez` waits for that, and
        the loop asks the part less often when it would not."""
        return False

    def mudou(self, o_que: Mudanca) -> None:
        """Takes up a changed configuration, or changed certificates."""

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:
        """Ends. `ha_tempo` waits a moment, and returns False when the time to stop is over."""
