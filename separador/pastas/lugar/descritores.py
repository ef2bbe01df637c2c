"""Says how many descriptors the process may spend on open folders, and sees to it that it may have enough."""

import contextlib
import resource

MAXIMO = 256
"""At most so many folders are kept open."""
BASTAM = 4 * MAXIMO
"""Number of descriptors with which nothing is short. More are not asked for: libraries may still use select(2)."""


def de_pastas() -> int:
    """Returns how many folders may be kept open now: a quarter of what the process may have, the rest is for work."""
    macio, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAXIMO if macio == resource.RLIM_INFINITY else max(min(MAXIMO, macio // 4), 1)


def escasso(fd: int) -> bool:
    """Says, by the number of one that was just opened, that half of them are in use: numbers begin with the lowest that
    is free. Whoever opens many at once gives back then what it can."""
    macio, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return macio != resource.RLIM_INFINITY and fd >= macio // 2


def alargar() -> None:
    """Raises the limit of this process, and of those that it starts, to what is enough, as far as the hard one lets."""
    macio, duro = resource.getrlimit(resource.RLIMIT_NOFILE)
    pode = BASTAM if duro == resource.RLIM_INFINITY else min(BASTAM, duro)
    if macio != resource.RLIM_INFINITY and macio < pode:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (pode, duro))
