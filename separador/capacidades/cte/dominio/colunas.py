"""Puts facts of a document into the form in which lists sort and add them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

_VALOR = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


def emissao(dh_emi: str) -> str:
    """Returns the instant of emission as stored; "" for one that is no instant with its offset."""
    try:
        instante = datetime.fromisoformat(dh_emi)
        return f"{instante.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z" if instante.tzinfo is not None else ""
    except (ValueError, OverflowError):
        return ""


def centavos(valor: str) -> int | None:
    """Returns an amount in cents; None for a text that is none."""
    return int(Decimal(valor) * 100) if _VALOR.fullmatch(valor) is not None else None


def reais(valor: int | None) -> str | None:
    """Returns cents as the decimal text that programs read. Is the inverse of `centavos`."""
    return None if valor is None else f"{Decimal(valor) / 100:.2f}"
