"""Returns the offset of each state's legal time, for the dates written into XML.

Everywhere else the program keeps UTC.
"""

from datetime import timedelta, timezone

# These are the IBGE codes of the states that are not at UTC-3. There is no daylight saving time since 2019.
_HORAS = {"12": -5, "11": -4, "13": -4, "14": -4, "50": -4, "51": -4}


def fuso_da_uf(codigo_ibge: str) -> timezone:
    """Returns the offset of the capital of a state, by its two-digit IBGE code (the first two of a chave)."""
    return timezone(timedelta(hours=_HORAS.get(codigo_ibge, -3)))
