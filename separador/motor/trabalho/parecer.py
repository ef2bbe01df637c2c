"""Defines what goes to a worker, and what comes back: values that travel through a pipe."""

import zlib
from dataclasses import dataclass
from pathlib import Path

from separador.fiscal.preparo import Rascunho


@dataclass(frozen=True, slots=True)
class ArquivoATratar:
    """One claimed file to be worked on. With `pasta`, what is to be published there is staged as `provisorio`.

    `material`: what the rule's `seguir` gives to this round; None in the first.
    """

    caminho: bytes
    regra: str
    nome: bytes
    pasta: Path | None = None
    provisorio: bytes = b""
    limite: int | None = None
    material: object = None


@dataclass(frozen=True, slots=True)
class Copia:
    """A plain file, staged byte by byte."""


@dataclass(frozen=True, slots=True)
class ComDados:
    """The result of a reader whose decision also needs the bytes as read.

    `valido`: the official schema takes them (found here, so that the loop need not ask).
    """

    conteudo: object
    valido: bool = False


@dataclass(frozen=True, slots=True)
class Incidente:
    """An unexpected error around this one document. The traceback is for `dados/incidentes/` only."""

    tipo: str
    rastro: str


@dataclass(frozen=True, slots=True)
class Inquieto:
    """The claim is no regular file with one name any more. It settles again before it is read."""


@dataclass(frozen=True, slots=True)
class PastaFalhou:
    """A folder failed: the files of the group that need it wait for it."""

    pasta: Path
    codigo: str
    mensagem: str
    o_que_fazer: str


@dataclass(frozen=True, slots=True)
class Parecer:
    """The result of a worker's look at one file.

    `conteudo`: what the rule's reader returned, or `Copia`, `Recusa`, `Incidente`, `Inquieto`, `PastaFalhou`. `dados`:
    the bytes as read, where they are needed. `saida_sha256`: what was staged.
    """

    sha256: str
    tamanho: int
    conteudo: object
    dados: bytes = b""
    saida_sha256: str | None = None
    comprimido: bytes = b""
    retorno_valido: bool = False

    @property
    def assinado(self) -> bytes:
        """Returns the signed bytes of a prepared document, from `comprimido`: they travel and are kept in that form."""
        return zlib.decompress(self.comprimido)


@dataclass(frozen=True, slots=True)
class Comecado:
    """An export that is still to be sealed (`fiscal.preparo.selar`) and finished (`leitura.arrematado`)."""

    sha256: str
    tamanho: int
    rascunho: Rascunho


@dataclass(frozen=True, slots=True)
class Morreu:
    """The worker died, or was stopped for being hung, after it had opened a file of this group."""

    motivo: str


@dataclass(frozen=True, slots=True)
class Preso:
    """A device does not answer, and the group waited for it. `pastas`: the folders of this group on other devices.

    A group without such a folder only waited behind another. No file is to blame.
    """

    pastas: tuple[Path, ...]


Resultado = list[Parecer] | Morreu | Preso
"""Tells what came of a group: a verdict for each file, or that the worker died, or that a device does not answer."""
