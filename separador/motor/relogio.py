"""Time and chance, handed in from the one place that may ask the machine for them."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Relogio:
    """`agora`: aware UTC. `monotonico`: seconds that never jump (F8). `sorteio`: [0, 1). `parede_ns`: for names."""

    agora: Callable[[], datetime]
    monotonico: Callable[[], float]
    sorteio: Callable[[], float]
    parede_ns: Callable[[], int]


def da_maquina() -> Relogio:
    """The machine's own."""
    return Relogio(lambda: datetime.now(UTC), time.monotonic, random.random, time.time_ns)
