"""Defines what `RegraDeRota.completar` returns: a group whose files were prepared again in the loop's process."""

from dataclasses import dataclass, field

from separador.motor.desfecho.grupo import Item
from separador.motor.trabalho.parecer import Parecer


@dataclass(slots=True)
class Completado:
    """The group as it is now. `adiados` are to be sent again."""

    itens: list[Item] = field(default_factory=list)
    pareceres: list[Parecer] = field(default_factory=list)
    adiados: list[Item] = field(default_factory=list)
