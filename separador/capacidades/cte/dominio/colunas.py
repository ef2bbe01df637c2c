"""Puts facts of a document into the form in which lists sort and add them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

_VALOR = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


class Colunas(NamedTuple):
    """What lists show of a document beside its identity. `emitido_em` as stored, "" when it cannot be told; `valor` in
    cents; `fim`: where the transport ends."""

    emitido_em: str = ""
    tomador: str | None = None
    fim: str | None = None
    valor: int | None = None


SEM_COLUNAS = Colunas()


def colunas(*, dh_emi: str, tomador: str, fim: str, valor: str) -> Colunas:
    """Returns the columns of a document from the texts in its XML ("" where it has none)."""
    return Colunas(emissao(dh_emi), tomador or None, fim or None, centavos(valor))


def emissao(dh_emi: str) -> str:
    """Returns the instant of emission as stored; "" for one that is no instant with its offset."""
    try:
        instante = datetime.fromisoformat(dh_emi)
        if instante.tzinfo is None:
            return ""
        return f"{instante.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}.000Z"
    except (ValueError, OverflowError):
        return ""


def centavos(valor: str) -> int | None:
    """Returns an amount in cents; None for a text that is none."""
    return int(Decimal(valor) * 100) if _VALOR.fullmatch(valor) is not None else None


def reais(valor: int | None) -> str | None:
    """Returns cents as the decimal text that programs read. Is the inverse of `centavos`."""
    return None if valor is None else f"{Decimal(valor) / 100:.2f}"
