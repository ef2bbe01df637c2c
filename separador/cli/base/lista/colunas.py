"""Says what a column of a list is, and how a value of it reads on the screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from separador.nucleo.fuso import dia, dia_e_hora

Celula = str | int | Decimal | datetime | date | None
"""A value. An instant is aware; a Decimal is an amount in reais."""
SEM_VALOR = "—"


@dataclass(frozen=True, slots=True)
class Coluna:
    """A column. `de` returns its value from a row; `largura`: characters in a spreadsheet."""

    titulo: str
    de: Callable[[Any], Celula]
    largura: int = 14


def na_tela(valor: Celula) -> str:
    """Returns a value as people read it; — where there is none."""
    if valor is None or valor == "":
        return SEM_VALOR
    if isinstance(valor, datetime):
        return dia_e_hora(valor)
    if isinstance(valor, date):
        return dia(valor)
    return reais(valor) if isinstance(valor, Decimal) else str(valor)


def reais(valor: Decimal) -> str:
    """Returns an amount as people write it: 1.250,00."""
    inteiro, _, centavos = f"{valor:,.2f}".partition(".")
    return f"{inteiro.replace(',', '.')},{centavos}"


def instante(guardado: str | None) -> datetime | None:
    """Returns a stored instant; None for none."""
    return datetime.fromisoformat(guardado) if guardado else None


def em_reais(centavos: int | None) -> Decimal | None:
    """Returns an amount that is stored in cents."""
    return Decimal(centavos) / 100 if centavos is not None else None
