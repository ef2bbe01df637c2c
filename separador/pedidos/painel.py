"""Keeps where the panel of an installation is reached, in a file that the panel holds locked while it runs."""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path

ARQUIVO = ".painel"
_MAXIMO = 300


def anunciar(dados: Path, endereco: str) -> int | None:
    """Writes the address and returns the descriptor that holds the lock. Where an elder panel has it, this one waits in
    a thread for its end. None where there is no data folder that can be written: the panel serves all the same."""
    try:
        descritor = os.open(dados / ARQUIVO, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except OSError:
        return None
    try:
        _escrever(descritor, endereco, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        threading.Thread(target=_suceder, args=(descritor, endereco), daemon=True).start()
    except OSError:
        os.close(descritor)
        return None
    return descritor


def _escrever(descritor: int, endereco: str, trava: int) -> None:
    fcntl.flock(descritor, trava)
    os.ftruncate(descritor, 0)
    os.pwrite(descritor, endereco.encode(), 0)


def _suceder(descritor: int, endereco: str) -> None:
    """Waits until the elder panel has ended."""
    with suppress(OSError):
        _escrever(descritor, endereco, fcntl.LOCK_EX)


def endereco(dados: Path) -> str | None:
    """Returns the address of the panel that runs; None when none does. The lock ends with its process."""
    try:
        descritor = os.open(dados / ARQUIVO, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descritor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descritor, _MAXIMO, 0).decode("utf-8", "replace") or None
    except OSError:
        return None
    finally:
        os.close(descritor)
    return None
