"""When a daily task that repeats is due (ECAC-02): slots of a day, from its first hour on. Pure."""

from datetime import datetime, time, timedelta


def vez(agora: datetime, horario: time, repetir_s: int) -> datetime:
    """The newest slot that has come, in the zone of `agora` (aware): today's, or the last one of yesterday."""
    hoje = datetime.combine(agora.date(), horario, agora.tzinfo)
    if agora < hoje:
        ontem = hoje - timedelta(days=1)
        voltas = (timedelta(days=1) - _desde_meia_noite(horario) - timedelta(seconds=1)) // timedelta(seconds=repetir_s)
        return ontem + voltas * timedelta(seconds=repetir_s)
    return hoje + (agora - hoje) // timedelta(seconds=repetir_s) * timedelta(seconds=repetir_s)


def _desde_meia_noite(horario: time) -> timedelta:
    return timedelta(hours=horario.hour, minutes=horario.minute)


def devida(agora: datetime, ultima: datetime | None, horario: time, repetir_s: int, atraso_s: float) -> bool:
    """Whether to run now: a slot has come, `atraso_s` (the jitter) ago, and nothing ran since it came."""
    slot = vez(agora, horario, repetir_s)
    return (ultima is None or ultima < slot) and agora >= slot + timedelta(seconds=atraso_s)
