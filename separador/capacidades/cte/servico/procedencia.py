"""Describes the origin of an answer of SEFAZ: a file that somebody dropped, or a call of our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Procedencia(Protocol):
    """The facts about an answer's origin that applying it needs. `grupo.Item` is one, `Ligacao` the other."""

    @property
    def nome(self) -> bytes:
        """Returns the name that ties an answer without chave to its request."""

    @property
    def arquivo_id(self) -> int:
        """Returns the id of the claimed file; 0 = no file."""

    @property
    def quem(self) -> str:
        """Returns the cause of the changes, as the history shows it."""

    @property
    def reserva(self) -> Path:
        """Returns the folder of the returns for a document whose route is no longer configured."""

    def base_da_consulta(self, _base: bytes, /) -> bytes | None:
        """Returns the base name of the `-sit.xml`, given the document's own base; None = nobody asked for one."""


@dataclass(frozen=True, slots=True)
class Ligacao:
    """A call over the network. `base`: as in `NovaTransmissao`."""

    chave: str
    quem: str
    reserva: Path
    base: bytes | None = None
    arquivo_id: int = 0

    @property
    def nome(self) -> bytes:
        """Returns the key that the row of the call gave to an answer that lacks it."""
        return self.chave.encode()

    def base_da_consulta(self, _base: bytes) -> bytes | None:
        """Returns the base of what was asked for.

        A look-up of our own has none, because nobody waits for its return.
        """
        return self.base
