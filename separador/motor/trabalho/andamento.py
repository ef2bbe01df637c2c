"""Tells, from where the work is done, that it goes on. Progress is life: only silence is taken for a hang."""

import time
from collections.abc import Callable
from dataclasses import dataclass

INTERVALO_S = 1.0
"""A sign of life goes through the pipe at most so often, however much is done."""


def nada() -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Andamento:
    """`comecou` is called before the first file of a group is opened; `vivo` whenever something was done."""

    comecou: Callable[[], None] = nada
    vivo: Callable[[], None] = nada


CALADO = Andamento()


class DeVezEmQuando:
    """Passes a call on at most once in an interval."""

    def __init__(self, dizer: Callable[[], None], relogio: Callable[[], float] = time.monotonic) -> None:
        self._dizer = dizer
        self._relogio = relogio
        self._proximo_s = relogio() + INTERVALO_S

    def __call__(self) -> None:
        """Passes it on when it is time."""
        agora_s = self._relogio()
        if agora_s >= self._proximo_s:
            self._proximo_s = agora_s + INTERVALO_S
            self._dizer()
