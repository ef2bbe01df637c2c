"""Holds what of an issued CT-e its MDF-e is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Dito = Mapping[str, object]
_LACRE = re.compile(r".*\bunidades\[[0-9]+\](\.cargas\[[0-9]+\])?\.lacres\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class DoCte:
    """One CT-e of the load. `xml`: as it was signed. `unidades`: the seals of transport units that the load says of it,
    for a CT-e that must not name its documents."""

    chave: str
    emitente: str
    registro: Dito
    xml: bytes
    unidades: tuple[str, ...] = ()


def lacres_das_unidades(ditas: Mapping[str, str], campo: str) -> tuple[str, ...]:
    """Returns the seals of units of one CT-e (`campo`), from what a load says: those of transport units first."""
    achados = [(".cargas[" in c, v) for c, v in ditas.items() if c.startswith(f"{campo}.") and _LACRE.fullmatch(c)]
    return tuple(v for _, v in sorted(achados, key=lambda par: par[0]))
