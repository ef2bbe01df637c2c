"""Rounds, and shares a value over parts so that the sum is exact."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENTAVO = Decimal("0.01")
CEM = Decimal(100)


def arredondar(valor: Decimal, casa: Decimal = CENTAVO) -> Decimal:
    """Rounds half up, to the cent."""
    return valor.quantize(casa, ROUND_HALF_UP)


def por_cento(valor: Decimal, taxa: Decimal) -> Decimal:
    """Returns a percentage of a value, rounded."""
    return arredondar(valor * taxa / CEM)


def ratear(total: Decimal, pesos: Sequence[Decimal], casa: Decimal = CENTAVO) -> list[Decimal]:
    """Shares a value by weights; all zero: by their number. Part i is what is due up to it less what was given."""
    usados = list(pesos) if any(pesos) else [Decimal(1)] * len(pesos)
    inteiro, partes = sum(usados, Decimal(0)), list[Decimal]()
    acumulado = dado = Decimal(0)
    for peso in usados:
        acumulado += peso
        devido = arredondar(total * acumulado / inteiro, casa)
        partes.append(devido - dado)
        dado = devido
    return partes


def escrito(valor: Decimal, casas: int = 2) -> str:
    """Returns a number as the layout writes it: always so many places."""
    return f"{valor:.{casas}f}"
