"""The offset of each state's legal time, for the dates we write into XML (F8: UTC inside, offsets at the border)."""

from datetime import timedelta, timezone

# IBGE codes of the states that are not at UTC-3 (no daylight saving time since 2019).
_HORAS = {"12": -5, "11": -4, "13": -4, "14": -4, "50": -4, "51": -4}


def fuso_da_uf(codigo_ibge: str) -> timezone:
    """Offset of the capital of a state, by its two-digit IBGE code (the first two of a chave)."""
    return timezone(timedelta(hours=_HORAS.get(codigo_ibge, -3)))
