"""Holds Brasília's time zone, by which the local SERPRO counts its days."""

from datetime import datetime, time, timedelta, timezone

BRASILIA = timezone(timedelta(hours=-3))


def meia_noite(agora: datetime) -> datetime:
    """Returns the midnight that ends the day."""
    return datetime.combine(agora.astimezone(BRASILIA).date() + timedelta(days=1), time(0), BRASILIA)
