"""Is the wall clock to be believed? Judged against the monotonic one (confiabilidade.md F8; issue: clock jump).

Dates decide fiscal rules (212, 228), so nothing new is taken while the clock has just jumped. Whether it was wrong
before or is wrong now cannot be known: after a minute of steady going the new time is accepted, and told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCIA = timedelta(minutes=2)
OBSERVACAO_S = 60.0
MENOR_ANO = 2026
"""No machine that runs this has lived earlier: an older date is a dead battery."""


@dataclass(frozen=True, slots=True)
class Compasso:
    """The last look: wall clock (aware) and monotonic seconds; until when (monotonic) the clock is under suspicion."""

    parede: datetime
    monotonico_s: float
    suspeito_ate_s: float = 0.0
    desvio: timedelta = timedelta(0)

    @property
    def suspeito(self) -> bool:
        """Whether intake pauses at this look."""
        return self.parede.year < MENOR_ANO or self.monotonico_s < self.suspeito_ate_s


def olhar(anterior: Compasso, parede: datetime, monotonico_s: float) -> Compasso:
    """The next look. A difference between the two clocks beyond the tolerance opens a new suspicion."""
    esperado = anterior.parede + timedelta(seconds=monotonico_s - anterior.monotonico_s)
    desvio = parede - esperado
    if abs(desvio) > TOLERANCIA:
        return Compasso(parede, monotonico_s, monotonico_s + OBSERVACAO_S, desvio)
    return Compasso(parede, monotonico_s, anterior.suspeito_ate_s, anterior.desvio)


def primeiro(parede: datetime, monotonico_s: float, mais_novo: datetime | None) -> Compasso:
    """The look at start: a clock behind the newest thing on record was set back while nobody looked."""
    if mais_novo is not None and parede < mais_novo - TOLERANCIA:
        return Compasso(parede, monotonico_s, monotonico_s + OBSERVACAO_S, parede - mais_novo)
    return Compasso(parede, monotonico_s)
