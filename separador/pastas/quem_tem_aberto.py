"""Asks the kernel, by a read lease, whether a file is open for writing."""

import errno
import fcntl
import os
import signal

from separador.nucleo.arquivo_completo import Ocupacao

ABERTURA = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Flags under which a file of an origin is opened: a symlink is not followed, and a FIFO does not block us."""


def preparar_processo() -> None:
    """Ignores SIGIO, which would kill the process when someone opens a file during the lease.

    Called once, in the main thread, before the first look. Without it every answer is DESCONHECIDO.
    """
    signal.signal(signal.SIGIO, signal.SIG_IGN)


def ocupacao(fd: int) -> Ocupacao:
    """Says whether someone has the regular file behind `fd` (opened read-only) open for writing. The lease is dropped
    at once.

    Only EAGAIN means a writer. Any other refusal (not the owner, no lease on this filesystem) means that the kernel
    does not know. Do not ask on network filesystems: there EAGAIN only says that the server granted no delegation.
    """
    if signal.getsignal(signal.SIGIO) is signal.SIG_DFL:
        return Ocupacao.DESCONHECIDO
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as erro:
        return Ocupacao.EM_USO if erro.errno == errno.EAGAIN else Ocupacao.DESCONHECIDO
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return Ocupacao.LIVRE


def alguem_aberto(fd: int) -> bool:
    """Says whether another open of the regular file behind `fd` exists, reading included. Says False also where nobody
    knows."""
    if signal.getsignal(signal.SIGIO) is signal.SIG_DFL:
        return False
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError as erro:
        return erro.errno == errno.EAGAIN
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
