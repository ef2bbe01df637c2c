"""Retry times as values: how long to wait before trying again. Carried out by the shell."""

from datetime import timedelta

BLOQUEIO_CONSUMO = timedelta(hours=1)
"""678: nothing to that service for an hour (fatos/cte.md 3.6)."""

_DEGRAUS_S = (60, 120, 300, 600, 900)


def reenvio(tentativas: int, sorteio: float) -> timedelta:
    """Wait before handing the same bytes on again after 108/109/999.

    `tentativas` ≥ 0 counts the tries already made; `sorteio` in [0, 1) spreads the instants by up to 20 %, so that a
    thousand documents do not come back in the same second (confiabilidade.md G7).
    """
    base_s = _DEGRAUS_S[min(tentativas, len(_DEGRAUS_S) - 1)]
    return timedelta(seconds=base_s * (1 + 0.2 * sorteio))
