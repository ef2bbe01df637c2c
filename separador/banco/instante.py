"""Instants as the database stores them. Apart from `conexao`, so that reading commands do without sqlite-utils."""

from datetime import UTC, datetime


def texto_de(instante: datetime) -> str:
    """UTC instant as stored: ISO 8601 with milliseconds and Z, so that text order is time order (F8)."""
    return instante.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instante.microsecond // 1000:03d}Z"


def instante_de(texto: str) -> datetime:
    """The inverse of `texto_de`."""
    return datetime.fromisoformat(texto)
