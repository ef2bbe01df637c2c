"""Defines what a value must be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TipoSimples:
    """What a value must be. `padroes`: one tuple of alternatives for each step of derivation, all of which must fit."""

    base: str = "string"
    padroes: tuple[tuple[str, ...], ...] = ()
    aceitos: tuple[str, ...] = ()
    minimo: int = 0
    maximo: int | None = None
    menor: str | None = None
    fixo: str | None = None
