"""Reads the days of `--de` and `--ate`, and turns them into the instants between which rows lie."""

from datetime import date, datetime, time, timedelta
from typing import Any

import click

from separador.banco.instante import texto_de
from separador.nucleo.fuso import das_pessoas

_FORMAS = ("%Y-%m-%d", "%d/%m/%Y")


class Dia(click.ParamType):
    """A day, written 2026-11-30 or 30/11/2026."""

    name = "dia"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Returns the day."""
        if isinstance(value, date):
            return value
        for forma in _FORMAS:
            try:
                return datetime.strptime(str(value).strip(), forma).date()  # noqa: DTZ007 -- a day has no zone
            except ValueError:
                continue
        return self.fail(f"{value}: escreva o dia como 2026-11-30 ou 30/11/2026", param, ctx)


def limites(de: date | None, ate: date | None) -> tuple[str | None, str | None]:
    """Returns the first instant of `de` and the first after `ate`, as stored, by the zone of people."""
    if de is not None and ate is not None and ate < de:
        raise click.UsageError(f"O período acaba antes de começar: de {de:%d/%m/%Y} até {ate:%d/%m/%Y}.")
    depois = ate + timedelta(days=1) if ate is not None and ate < date.max else None
    return _inicio(de), _inicio(depois)


def _inicio(dia: date | None) -> str | None:
    if dia is None:
        return None
    try:
        return texto_de(datetime.combine(dia, time(), das_pessoas()))
    except (OverflowError, ValueError):  # the year 1, which nobody means
        return None
