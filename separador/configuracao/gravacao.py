"""Replaces the configuration file durably: at any instant it has the whole old content or the whole new content."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def pasta_travada(arquivo: Path) -> Generator[None, None, None]:
    """Lets one editor at a time work: two commands at once would undo each other's change. Raises OSError."""
    pasta = os.open(arquivo.resolve().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(pasta, fcntl.LOCK_EX)
        yield
    finally:
        os.close(pasta)


def gravar(arquivo: Path, conteudo: bytes, *, modo: int = 0o640) -> None:
    """Writes beside, flushes, renames, flushes the folder.

    Mode and owner of an existing file stay; a link stays a link.

    `modo` is for a new file. Raises OSError. The old content is untouched when the write or the rename failed.
    """
    destino = arquivo.resolve()
    descritor, nome = tempfile.mkstemp(prefix=f".{destino.name}.", dir=destino.parent)
    try:
        with open(descritor, "wb") as provisorio:
            provisorio.write(conteudo)
            provisorio.flush()
            _herdar(destino, provisorio.fileno(), modo)
            os.fsync(provisorio.fileno())
        Path(nome).replace(destino)
    except BaseException:
        Path(nome).unlink(missing_ok=True)
        raise
    _sincronizar_pasta(destino.parent)


def _herdar(destino: Path, descritor: int, modo: int) -> None:
    try:
        visto = destino.stat()
    except FileNotFoundError:
        os.fchmod(descritor, modo)
        with suppress(PermissionError):  # the folder's group is meant to read it (under sudo, the service)
            os.fchown(descritor, -1, destino.parent.stat().st_gid)
        return
    # Only root may give a file away. Another user's edit leaves the file theirs, in the same group if that is allowed.
    with suppress(PermissionError):
        os.fchown(descritor, -1, visto.st_gid)
    with suppress(PermissionError):
        os.fchown(descritor, visto.st_uid, -1)
    os.fchmod(descritor, stat.S_IMODE(visto.st_mode))


def _sincronizar_pasta(pasta: Path) -> None:
    descritor = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descritor)
    finally:
        os.close(descritor)
