"""Writes numbers of things as people do: 1 falha, 2 falhas, 2.000 falhas."""


def milhar(numero: int) -> str:
    """Returns a whole number with a point at every thousand."""
    return f"{numero:,}".replace(",", ".")


def quantos(numero: int, um: str, varios: str) -> str:
    """Returns a number and the word for so many of a thing."""
    return f"{milhar(numero)} {um if numero == 1 else varios}"
