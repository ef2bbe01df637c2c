"""Decides which copies stay and which go."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Regra:
    """How many copies stay: the newest `para_sempre`, and the newest of each of the last days, weeks and months that
    have one. All zero: none goes."""

    para_sempre: int = 0
    diaria: int = 0
    semanal: int = 0
    mensal: int = 0

    @property
    def poda(self) -> bool:
        """Says whether the rule removes anything at all."""
        return any((self.para_sempre, self.diaria, self.semanal, self.mensal))


_PERIODOS: tuple[tuple[str, Callable[[datetime], Hashable]], ...] = (
    ("diaria", lambda i: i.date()),
    ("semanal", lambda i: i.isocalendar()[:2]),
    ("mensal", lambda i: (i.year, i.month)),
)


def ficam(instantes: Sequence[datetime], regra: Regra) -> set[datetime]:
    """Returns the instants of the copies that stay, by the clock that the instants are in. The newest always stays."""
    novas_antes = sorted(set(instantes), reverse=True)
    if not regra.poda:
        return set(novas_antes)
    ficando = set(novas_antes[: max(1, regra.para_sempre)])
    for campo, periodo in _PERIODOS:
        primeiras: dict[Hashable, datetime] = {}
        for instante in novas_antes:
            primeiras.setdefault(periodo(instante), instante)
        ficando.update(list(primeiras.values())[: getattr(regra, campo)])
    return ficando
