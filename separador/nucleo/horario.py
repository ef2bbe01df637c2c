"""Decides when a daily task that repeats is due. It is pure.

A day has slots, from its first hour on.
"""

from datetime import datetime, time, timedelta


def vez(agora: datetime, horario: time, repetir_s: int) -> datetime:
    """Returns the newest slot that has come, in the zone of `agora` (aware).

    It is a slot of today, or the last one of yesterday.
    """
    hoje = datetime.combine(agora.date(), horario, agora.tzinfo)
    if agora < hoje:
        ontem = hoje - timedelta(days=1)
        voltas = (timedelta(days=1) - _desde_meia_noite(horario) - timedelta(seconds=1)) // timedelta(seconds=repetir_s)
        return ontem + voltas * timedelta(seconds=repetir_s)
    return hoje + (agora - hoje) // timedelta(seconds=repetir_s) * timedelta(seconds=repetir_s)


def _desde_meia_noite(horario: time) -> timedelta:
    return timedelta(hours=horario.hour, minutes=horario.minute)


def devida(agora: datetime, ultima: datetime | None, horario: time, repetir_s: int, atraso_s: float) -> bool:
    """Says whether to run now: a slot came at least `atraso_s` (the jitter) ago, and nothing ran since it came."""
    slot = vez(agora, horario, repetir_s)
    return (ultima is None or ultima < slot) and agora >= slot + timedelta(seconds=atraso_s)
