"""Converts instants to and from the form in the database. Apart from `conexao`, so that reading commands do without
sqlite-utils."""

from datetime import UTC, datetime


def texto_de(instante: datetime) -> str:
    """Returns a UTC instant as stored: ISO 8601 with milliseconds and Z, so that text order is time order."""
    return instante.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instante.microsecond // 1000:03d}Z"


def instante_de(texto: str) -> datetime:
    """Returns the instant of such a text. Is the inverse of `texto_de`."""
    return datetime.fromisoformat(texto)
