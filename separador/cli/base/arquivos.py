"""Defines the files that a person names in a command: those that it reads, and those that it writes for the person.

A command that runs for somebody at the other end of the service's socket opens no path that it was given: what it reads
came with the request, and what it writes goes back with the answer. A parameter with another type of path cannot be
used there at all (`cli.base.soquete.passagem`).
"""

import io
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PosixPath
from typing import IO, Any

import click

from separador.cli.base import chamada


class ArquivoDeEntrada(click.Path):
    """A file that the command reads."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the path, or what came with the request under this name."""
        pedido = chamada.atual()
        if pedido is None:
            return super().convert(value, param, ctx)
        dados = pedido.anexos.get(str(Path(os.fspath(value))))
        return Anexo.de(value, dados) if dados is not None else self.fail(f"{value}: não veio com o pedido", param, ctx)


class ArquivoDeSaida(click.Path):
    """A file that the command writes for the person; it is given by `chamada.entregar`."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the path. Only the person's own process looks at it."""
        return super().convert(value, param, ctx) if chamada.atual() is None else Path(os.fspath(value))


@contextmanager
def gravando(alvo: Path, *, novo: bool = False) -> Generator[IO[bytes], None, None]:
    """Opens a file that appears at `alvo` whole, or not at all. `novo`: never over a file, also not over one that came
    meanwhile. Raises OSError, which names what the person typed; FileExistsError for that one."""
    provisorio = alvo.with_name(f".{alvo.name}.{os.getpid()}.parcial")
    try:
        with provisorio.open("wb") as saida:
            yield saida
        if novo:
            from separador.pastas.disco import mover_sem_sobrepor  # noqa: PLC0415 -- only what writes needs the folders

            mover_sem_sobrepor(os.fsencode(provisorio), os.fsencode(alvo))
        else:
            provisorio.replace(alvo)
    except OSError as erro:
        if erro.filename is not None and os.fspath(erro.filename) == str(provisorio):
            erro.filename = str(alvo if alvo.parent.is_dir() else alvo.parent)
            erro.filename2 = None
        raise
    finally:
        with suppress(OSError):
            provisorio.unlink(missing_ok=True)


class Anexo(PosixPath):
    """A file that came with a request. It has a name, for messages, and its content; nothing of it is on a disk."""

    _dados: bytes = b""

    @classmethod
    def de(cls, nome: str, dados: bytes) -> "Anexo":
        """Returns the file of a name and a content."""
        novo = cls(nome)
        novo._dados = dados
        return novo

    def open(self, *_args: Any, **_opcoes: Any) -> Any:
        """Returns the content as an open file."""
        return io.BytesIO(self._dados)

    def read_bytes(self) -> bytes:
        """Returns the content."""
        return self._dados

    def stat(self, **_opcoes: Any) -> os.stat_result:
        """Returns the facts of a regular file of this size."""
        return os.stat_result((stat.S_IFREG | 0o400, 0, 0, 1, 0, 0, len(self._dados), 0, 0, 0))
