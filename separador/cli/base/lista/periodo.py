"""Reads the days of `--de` and `--ate`, and turns them into the instants between which rows lie."""

from datetime import date, datetime

import click

from separador.nucleo import fuso
from separador.pedidos.tempo import entre_dias

_FORMAS = ("%Y-%m-%d", "%d/%m/%Y")


def dia(texto: str) -> date:
    """Reads a day, written 2026-11-30 or 30/11/2026. It is the type of an option. Raises click.BadParameter."""
    for forma in _FORMAS:
        try:
            return datetime.strptime(texto.strip(), forma).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise click.BadParameter(f"{texto}: escreva o dia como 2026-11-30 ou 30/11/2026")


def limites(de: date | None, ate: date | None) -> tuple[str | None, str | None]:
    """Returns the first instant of `de` and the first after `ate`, as stored. Raises click.UsageError."""
    if de is not None and ate is not None and ate < de:
        raise click.UsageError(f"O período acaba antes de começar: de {fuso.dia(de)} até {fuso.dia(ate)}.")
    return entre_dias(de, ate)
