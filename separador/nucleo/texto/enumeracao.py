"""Lists names that somebody else wrote in a sentence of bounded length."""

from collections.abc import Collection

from separador.nucleo.texto.quantidade import milhar

MAXIMO = 10
LARGURA = 60


def enumerar(nomes: Collection[str], maximo: int = MAXIMO) -> str:
    """Returns the first names in order, each cut to 60 characters, and how many more there are."""
    primeiros = ", ".join(curto(n) for n in sorted(nomes)[:maximo])
    resto = len(nomes) - maximo
    return primeiros if resto <= 0 else f"{primeiros} e mais {milhar(resto)}"


def curto(texto: str) -> str:
    """Returns the text, cut where it is long."""
    return texto if len(texto) <= LARGURA else texto[: LARGURA - 1] + "…"
