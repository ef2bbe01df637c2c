"""Gives time and chance, from the one place that may ask the machine for them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Relogio:
    """The sources of time and chance.

    `agora`: aware UTC. `monotonico`: seconds that no change of the clock moves. `sorteio`: [0, 1). `parede_ns`: wall
    clock in nanoseconds, for names.
    """

    agora: Callable[[], datetime]
    monotonico: Callable[[], float]
    sorteio: Callable[[], float]
    parede_ns: Callable[[], int]


def da_maquina() -> Relogio:
    """Returns the machine's own time and chance."""
    return Relogio(lambda: datetime.now(UTC), time.monotonic, random.random, time.time_ns)
