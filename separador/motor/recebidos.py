"""Keeps what other threads received for a part of the loop, until the part takes it. In memory only."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LIMITE = 64
"""Things of one kind that wait; the oldest goes when there are more."""


@dataclass(frozen=True, slots=True)
class Recebido:
    """Says what became of a secret that was handed in: an exit code, and what the command that handed it in shows."""

    codigo: int
    valor: Mapping[str, object] = field(default_factory=dict)


class Recebidos:
    """One box for each kind. Any thread may put something in."""

    def __init__(self) -> None:
        self._caixas: dict[str, list[Any]] = {}
        self._trava = threading.Lock()

    def __repr__(self) -> str:
        """Shows nothing of what is inside."""
        return "Recebidos()"

    @property
    def ha(self) -> bool:
        """Says whether anything waits to be taken."""
        return bool(self._caixas)

    def deixar(self, especie: str, coisa: Any) -> None:
        """Puts one thing in."""
        with self._trava:
            caixa = self._caixas.setdefault(especie, [])
            caixa.append(coisa)
            del caixa[:-LIMITE]

    def tirar(self, especie: str) -> list[Any]:
        """Returns everything of a kind, oldest first, and keeps none of it."""
        with self._trava:
            return self._caixas.pop(especie, [])
