"""Keeps what a person gave in one step until the next one: in memory only, for a while, for this person only."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

DURACAO = timedelta(minutes=10)
QUANTOS = 16
"""The oldest goes when there are more."""


@dataclass(frozen=True, slots=True)
class _Pendente:
    quem: str
    ate: datetime
    coisa: Any = field(repr=False)


class Pendentes:
    """The things, by the token that the form of the next step carries."""

    def __init__(self) -> None:
        self._trava = Lock()
        self._por_ficha: dict[str, _Pendente] = {}

    def __repr__(self) -> str:
        """Shows nothing of what is inside."""
        return "Pendentes()"

    def guardar(self, coisa: Any, quem: str, agora: datetime) -> str:
        """Keeps a thing, and returns its token."""
        ficha = secrets.token_urlsafe(16)
        with self._trava:
            self._esquecer(agora)
            self._por_ficha = dict(list(self._por_ficha.items())[-(QUANTOS - 1) :]) | {
                ficha: _Pendente(quem, agora + DURACAO, coisa)
            }
        return ficha

    def tomar(self, ficha: str, quem: str, agora: datetime) -> Any:
        """Takes the thing away and returns it: of two that come at once, one gets it. None when it is not there any
        more, or another person's."""
        with self._trava:
            self._esquecer(agora)
            achado = self._por_ficha.get(ficha)
            if achado is None or achado.quem != quem:
                return None
            return self._por_ficha.pop(ficha).coisa

    def devolver(self, ficha: str, coisa: Any, quem: str, agora: datetime) -> None:
        """Puts back what could not be used, under the same token."""
        with self._trava:
            self._por_ficha[ficha] = _Pendente(quem, agora + DURACAO, coisa)

    def passou(self, agora: datetime) -> None:
        """Forgets what is too old: a secret stays no longer because nobody comes back for it."""
        if self._por_ficha:
            with self._trava:
                self._esquecer(agora)

    def _esquecer(self, agora: datetime) -> None:
        self._por_ficha = {f: p for f, p in self._por_ficha.items() if p.ate > agora}
