"""Decides whether the wall clock can be trusted, by comparing it with the monotonic clock.

Dates decide fiscal rules (212, 228), so nothing new is taken while the clock has just jumped. The program cannot know
whether the clock was wrong before or is wrong now. After a minute without another jump it accepts the new time, and
reports it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCIA = timedelta(minutes=2)
OBSERVACAO_S = 60.0
MENOR_ANO = 2026
"""This program did not exist earlier: an older date means that the battery of the clock is dead."""


@dataclass(frozen=True, slots=True)
class MarchaDoRelogio:
    """The last look: wall clock (aware), monotonic seconds, and until when (monotonic) the clock is under suspicion."""

    parede: datetime
    monotonico_s: float
    suspeito_ate_s: float = 0.0
    desvio: timedelta = timedelta(0)

    @property
    def suspeito(self) -> bool:
        """Says whether intake pauses at this look."""
        return self.parede.year < MENOR_ANO or self.monotonico_s < self.suspeito_ate_s


def olhar(anterior: MarchaDoRelogio, parede: datetime, monotonico_s: float) -> MarchaDoRelogio:
    """Returns the next look. A difference between the two clocks beyond the tolerance opens a new suspicion."""
    esperado = anterior.parede + timedelta(seconds=monotonico_s - anterior.monotonico_s)
    desvio = parede - esperado
    if abs(desvio) > TOLERANCIA:
        return MarchaDoRelogio(parede, monotonico_s, monotonico_s + OBSERVACAO_S, desvio)
    return MarchaDoRelogio(parede, monotonico_s, anterior.suspeito_ate_s, anterior.desvio)


def primeiro(parede: datetime, monotonico_s: float, mais_novo: datetime | None) -> MarchaDoRelogio:
    """Returns the look at start. A clock behind the newest record was set back while the program was not running."""
    if mais_novo is not None and parede < mais_novo - TOLERANCIA:
        return MarchaDoRelogio(parede, monotonico_s, monotonico_s + OBSERVACAO_S, parede - mais_novo)
    return MarchaDoRelogio(parede, monotonico_s)
