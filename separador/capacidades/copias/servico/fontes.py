"""Opens and compares the files that a copy takes from the data folder."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from separador.capacidades.copias.dominio.manifesto import Guardado

BLOCO = 1024 * 1024
_LER = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def o_mesmo(antes: Guardado, visto: os.stat_result) -> bool:
    """Says whether a file is the one that an earlier copy has, by size and time: it is written once."""
    return stat.S_ISREG(visto.st_mode) and (antes.tamanho, antes.mtime_ns) == (visto.st_size, visto.st_mtime_ns)


def abrir(arquivo: Path) -> int | None:
    """Opens a regular file; None when there is none."""
    try:
        fd = os.open(arquivo, _LER)
    except FileNotFoundError:
        return None
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return None


def blocos(fd: int) -> Iterator[bytes]:
    """Yields the content of an open file."""
    while bloco := os.read(fd, BLOCO):
        yield bloco


def resumo(arquivo: Path) -> tuple[str, os.stat_result] | None:
    """Returns the sha256 of a file and its facts; None when there is none."""
    fd = abrir(arquivo)
    if fd is None:
        return None
    with open(fd, "rb") as aberto:
        return hashlib.file_digest(aberto, "sha256").hexdigest(), os.fstat(fd)
