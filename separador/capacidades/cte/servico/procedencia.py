"""Where an answer of SEFAZ comes from: a file that somebody dropped, or a call of our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Origem(Protocol):
    """What applying an answer needs to know of its origin. `obra.Item` is one, `Ligacao` the other."""

    @property
    def nome(self) -> bytes:
        """Name that ties an answer without chave to its request."""

    @property
    def arquivo_id(self) -> int:
        """Id of the claimed file; 0 = no file."""

    @property
    def quem(self) -> str:
        """Cause of the changes, as the history shows it (CTE-13)."""

    @property
    def reserva(self) -> Path:
        """Folder of the returns when the document's route is configured no more."""

    def base_da_consulta(self, _base: bytes, /) -> bytes | None:
        """What the `-sit.xml` is named after, by the document's own base; None = nobody asked for one."""


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
        """Answers are tied by the row of the call, which gave them the key they lack."""
        return self.chave.encode()

    def base_da_consulta(self, _base: bytes) -> bytes | None:
        """Only what was asked for is published: a look-up of our own is nobody's return."""
        return self.base
