"""Wraps system calls that Python lacks or words badly: rename without clobber, write-out, directory flush."""

import ctypes
import errno
import hashlib
import os
from pathlib import Path

from separador.nucleo.nome_de_arquivo import numerar
from separador.pastas.erros import classificar
from separador.pastas.lugar import abertos

_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_SYNC_FILE_RANGE_WRITE = 2
SEM_SUPORTE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})

PROPRIA = ".separador"
"""Folder of ours inside each origin and destination: the sentinel, and our corner with staged files and claims."""
MARCA = "marca"
"""Name of the sentinel in it."""


def renomear_sem_sobrepor(origem: bytes, destino: bytes) -> None:
    """Calls `renameat2(RENAME_NOREPLACE)`. Raises OSError as rename does, FileExistsError when the target exists, and
    OSError with EINVAL or ENOSYS where the filesystem or the C library cannot do it."""
    chamada = getattr(_libc, "renameat2", None)
    if chamada is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if chamada(_AT_FDCWD, origem, _AT_FDCWD, destino, _RENAME_NOREPLACE) != 0:
        numero = ctypes.get_errno()
        raise OSError(numero, os.strerror(numero), origem, None, destino)


def iniciar_gravacao(fd: int) -> None:
    """Asks the kernel to start writing this file out, without waiting (a hint: only the fsync that follows counts)."""
    chamada = getattr(_libc, "sync_file_range", None)
    if chamada is None or chamada(fd, ctypes.c_int64(0), ctypes.c_int64(0), _SYNC_FILE_RANGE_WRITE) != 0:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def sincronizar_pasta(pasta: Path) -> None:
    """Makes the names of a folder durable. EINVAL is the answer of network filesystems and is no error; EIO always is.

    Raises `FalhaDePasta`.
    """
    try:
        fd = os.open(abertos.por_onde(pasta), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as erro:
        if erro.errno != errno.EINVAL:
            raise classificar(erro, pasta) from erro


def juntar(pasta: Path, nome: bytes) -> bytes:
    """Returns the full path, in bytes, of a name in a folder."""
    return os.fsencode(pasta) + b"/" + nome


def lstat_ou_nada(caminho: bytes) -> os.stat_result | None:
    """Returns the `lstat`, or None when there is nothing there."""
    try:
        return os.lstat(caminho)
    except FileNotFoundError:
        return None


def mover_sem_sobrepor(de: bytes, para: bytes) -> None:
    """Renames on one device without covering anything: raises FileExistsError instead. Falls back to link and
    unlink."""
    try:
        renomear_sem_sobrepor(de, para)
    except OSError as erro:
        if erro.errno not in SEM_SUPORTE:
            raise
        os.link(de, para, follow_symlinks=False)
        os.unlink(de)


def mover_para_livre(de: bytes, pasta: bytes, nome: bytes) -> bytes:
    """Moves to the first free name of the folder (`nome`, `nome~2`, …) on the same device. Returns that name. `pasta`
    ends in the slash."""
    n = 1
    while True:
        livre = numerar(nome, n)
        try:
            mover_sem_sobrepor(de, pasta + livre)
        except FileExistsError:
            n += 1
        else:
            return livre


def resumo_sha256(caminho: bytes) -> bytes:
    """Returns the SHA-256 (32 bytes) of a file, read in blocks. Raises OSError as `open` does."""
    with open(os.open(caminho, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as arquivo:
        return hashlib.file_digest(arquivo, "sha256").digest()
