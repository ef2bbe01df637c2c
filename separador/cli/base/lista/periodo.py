"""Reads the days of `--de` and `--ate`, and turns them into the instants between which rows lie."""

from datetime import date, datetime, time, timedelta

import click

from separador.banco.instante import texto_de
from separador.nucleo import fuso

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
    """Returns the first instant of `de` and the first after `ate`, as stored, by the zone of people."""
    if de is not None and ate is not None and ate < de:
        raise click.UsageError(f"O período acaba antes de começar: de {fuso.dia(de)} até {fuso.dia(ate)}.")
    depois = ate + timedelta(days=1) if ate is not None and ate < date.max else None
    return _inicio(de), _inicio(depois)


def _inicio(qual: date | None) -> str | None:
    if qual is None:
        return None
    try:
        return texto_de(datetime.combine(qual, time(), fuso.das_pessoas()))
    except (OverflowError, ValueError):  # the year 1, which nobody means
        return None
