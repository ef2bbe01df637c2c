"""Returns retry times as values: how long to wait before trying again. The service does the waiting."""

from datetime import timedelta

BLOQUEIO_CONSUMO = timedelta(hours=1)
"""After 678 nothing is sent to that service for an hour (MOC 4.00, Visão Geral, 8.2)."""

_DEGRAUS_S = (60, 120, 300, 600, 900)


def reenvio(tentativas: int, sorteio: float) -> timedelta:
    """Returns the wait before the same bytes are handed on again after 108, 109 or 999.

    `tentativas` ≥ 0 counts the tries already made. `sorteio` in [0, 1) spreads the instants by up to 20 %, so that a
    thousand documents do not come back in the same second.
    """
    base_s = _DEGRAUS_S[min(tentativas, len(_DEGRAUS_S) - 1)]
    return timedelta(seconds=base_s * (1 + 0.2 * sorteio))
