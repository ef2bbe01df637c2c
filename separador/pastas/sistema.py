"""Asks the kernel what Python has no call for: the kind of a filesystem, a folder on whose way there is no link."""

import ctypes
import errno
import os
from pathlib import Path

from separador.pastas.erros import classificar

_libc = ctypes.CDLL(None, use_errno=True)

# f_type of statfs(2): numbers of <linux/magic.h> and of the filesystems' own headers.
_TIPOS = {
    0xEF53: "ext4",
    0x58465342: "xfs",
    0x9123683E: "btrfs",
    0xF2F52010: "f2fs",
    0x2FC12FC1: "zfs",
    0x01021994: "tmpfs",
    0x858458F6: "ramfs",
    0x794C7630: "overlay",
    0x73717368: "squashfs",
    0x4D44: "vfat",
    0x2011BAB0: "exfat",
    0x7366746E: "ntfs3",
    0x5346544E: "ntfs",
    0x6969: "nfs",
    0x517B: "smb",
    0xFE534D42: "smb",
    0xFF534D42: "cifs",
    0x65735546: "fuse",
    0x01021997: "9p",
    0x00C36400: "ceph",
    0x0BD00BD0: "lustre",
    0x5346414F: "afs",
    0x6B414653: "afs",
    0x73757245: "coda",
    0x786F4256: "vboxsf",
    0xBACBACBC: "vmhgfs",
    0x47504653: "gpfs",
    0x01161970: "gfs2",
    0x7461636F: "ocfs2",
}
REDE = frozenset(
    ("nfs", "smb", "cifs", "fuse", "9p", "ceph", "lustre", "afs", "coda", "vboxsf", "vmhgfs", "gpfs", "gfs2", "ocfs2")
)
"""Filesystems shared with other machines, or that may be. Leases and events there know only this machine."""
DA_MONTAGEM = frozenset(("vfat", "exfat"))
"""Filesystems that keep neither owner nor mode: what a stat says of them was said when they were mounted."""
SEM_NUMEROS = REDE | DA_MONTAGEM | {"overlay"}
"""Filesystems on which the number of a folder may change by itself, when the kernel forgets it and reads it again."""


_OPENAT2 = 437
"""Number of the system call, the same on every machine. The C library has no function for it."""
_AT_FDCWD = -100
_RESOLVE_NO_SYMLINKS = 4
SEM_CHAMADA = frozenset({errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG})
"""Answers of a system before Linux 5.6, and of one that keeps the call from us."""


class _ComoAbrir(ctypes.Structure):
    """The `struct open_how` of openat2(2)."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def aberta_sem_ligacoes(caminho: str, flags: int) -> int:
    """Opens a path on which nothing is a link, in one call. Returns the descriptor.

    Raises OSError: ELOOP when something on it is a link, and one of `SEM_CHAMADA` where the system cannot do it.
    """
    nome = os.fsencode(caminho)
    if b"\0" in nome:  # the kernel would open what stands before it
        raise ValueError("embedded null byte")
    como = _ComoAbrir(flags, 0, _RESOLVE_NO_SYMLINKS)
    fd = _libc.syscall(_OPENAT2, _AT_FDCWD, nome, ctypes.byref(como), ctypes.sizeof(como))
    if fd < 0:
        numero = ctypes.get_errno()
        raise OSError(numero, os.strerror(numero), caminho)
    return int(fd)


def tipo_de_sistema(pasta: Path) -> str:
    """Returns `ext4`, `xfs`, `nfs`, `cifs`, `fuse`, …; a number in hexadecimal when unknown. Raises `FalhaDePasta`."""
    resposta = ctypes.create_string_buffer(512)
    if _libc.statfs(os.fsencode(pasta), resposta) != 0:
        numero = ctypes.get_errno()
        raise classificar(OSError(numero, os.strerror(numero)), pasta)
    # f_type is the first field, a machine word whose upper half may be sign extension.
    tipo = ctypes.c_long.from_buffer(resposta).value & 0xFFFFFFFF
    return _TIPOS.get(tipo, hex(tipo))


def e_rede(pasta: Path) -> bool:
    """Says whether another machine may write the folder. If so: longer quiet time, no leases, no database. SQLite's WAL
    does not work on a share."""
    return tipo_de_sistema(pasta) in REDE


def modos_de_outrem(pasta: Path) -> bool:
    """Says whether owner and mode there are the server's or the mount's, and so tell nothing of the folder."""
    return tipo_de_sistema(pasta) in REDE | DA_MONTAGEM


def numeros_mudam(pasta: Path) -> bool:
    """Says whether a folder there may get another inode number and be the same folder."""
    return tipo_de_sistema(pasta) in SEM_NUMEROS
