"""Says when the days of the local SERPRO end."""

from datetime import datetime, time, timedelta

from separador.nucleo.fuso import BRASILIA


def meia_noite(agora: datetime) -> datetime:
    """Returns the midnight that ends the day."""
    return datetime.combine(agora.astimezone(BRASILIA).date() + timedelta(days=1), time(0), BRASILIA)
