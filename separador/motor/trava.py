"""Allows one service per data folder: flock on `dados/.trava`, which says who holds it.

The kernel frees the lock when the holder dies, so what a dead service left written in the file means nothing.
"""

import fcntl
import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ARQUIVO = ".trava"
_TENTATIVAS = 5
_ENTRE_TENTATIVAS_S = 0.02


@dataclass(frozen=True, slots=True)
class Detentor:
    """The holder of the lock, as written there; None = could not be read (the lock is held all the same).

    `daqui`: written by a process of this machine since it started, so that `pid` may be signalled.
    """

    host: str | None
    boot_id: str | None
    pid: int | None
    desde: str | None
    daqui: bool

    def __str__(self) -> str:
        if self.pid is None:
            return "outro serviço"
        return f"o serviço de pid {self.pid}" + ("" if self.daqui else f" da máquina {self.host}")


class Trava:
    """The lock, held until `liberar`, the end of the `with`, or the death of the process."""

    def __init__(self, descritor: int) -> None:
        self._descritor = descritor

    def liberar(self) -> None:
        """Releases the lock. An empty file says that the stop was clean. A second call does nothing."""
        if self._descritor >= 0:
            try:
                os.ftruncate(self._descritor, 0)
            finally:
                os.close(self._descritor)
                self._descritor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _r: TracebackType | None) -> None:
        self.liberar()


def tomar(dados: Path, *, agora: datetime, rede: bool = False) -> Trava | Detentor:
    """Returns the lock, or its holder.

    `rede`: the folder is on a network filesystem, whose locks may not reach other machines. Then what another machine
    wrote is believed too. Raises OSError when the file cannot be opened or written.
    """
    arquivo = dados / ARQUIVO
    for tentativa in range(_TENTATIVAS):
        if tentativa:
            time.sleep(_ENTRE_TENTATIVAS_S)  # `quem_detem` holds a shared lock for an instant
        descritor = os.open(arquivo, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        try:
            fcntl.flock(descritor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descritor)
            continue
        if _mesmo_arquivo(descritor, arquivo):
            return _apossar(descritor, arquivo, agora, rede)
        os.close(descritor)  # the file was removed between open and flock, so this lock guards nothing
    return _ler(arquivo)


def quem_detem(dados: Path) -> Detentor | None:
    """Returns the present holder of the lock, or None. Does not take it. Raises OSError when it cannot be looked at."""
    arquivo = dados / ARQUIVO
    try:
        descritor = os.open(arquivo, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descritor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _ler(arquivo)
    finally:
        os.close(descritor)
    return None


def _apossar(descritor: int, arquivo: Path, agora: datetime, rede: bool) -> Trava | Detentor:
    try:
        anterior = _ler(arquivo)
        if rede and anterior.pid is not None and anterior.host != os.uname().nodename:
            os.close(descritor)
            return anterior
        eu = {"host": os.uname().nodename, "boot_id": _boot_id(), "pid": os.getpid(), "desde": agora.isoformat()}
        os.ftruncate(descritor, 0)
        os.pwrite(descritor, json.dumps(eu).encode(), 0)
        os.fsync(descritor)
    except OSError:
        os.close(descritor)
        raise
    return Trava(descritor)


def _ler(arquivo: Path) -> Detentor:
    try:
        lido: Any = json.loads(arquivo.read_bytes()[:4096])
    except (OSError, ValueError):
        lido = {}
    if not isinstance(lido, dict) or not isinstance(lido.get("pid"), int):
        return Detentor(None, None, None, None, daqui=False)
    host, boot_id = str(lido.get("host")), str(lido.get("boot_id"))
    daqui = (host, boot_id) == (os.uname().nodename, _boot_id())
    return Detentor(host, boot_id, lido["pid"], str(lido.get("desde")), daqui)


def _mesmo_arquivo(descritor: int, arquivo: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descritor), arquivo.stat())
    except FileNotFoundError:
        return False


def _boot_id() -> str:
    """Returns the id of this start of the machine.

    Where /proc/sys is hidden it is a constant, and only the host tells.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "desconhecido"
