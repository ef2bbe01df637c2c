"""Says where the service's socket is, makes it, and reaches it.

A socket's path has at most 108 bytes. So both ends hold a descriptor of its folder and go through `/proc/self/fd`,
whatever the length of the path.
"""

import os
import socket
import stat
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

NOME = "pedidos.sock"
DO_SISTEMA = Path("/run/separador")
"""Folder of the socket under systemd (`RuntimeDirectory` of the unit)."""
GRUPO = "separador-operador"

_FILA = 16
_ENTRE_TENTATIVAS_S = 0.05


class SemLugarError(Exception):
    """The socket cannot be made here. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Lugar:
    """Folder and mode of the socket. `so_do_dono`: only root and the service's own account may use it."""

    pasta: Path
    so_do_dono: bool

    @property
    def modo(self) -> int:
        """Returns the mode of the socket."""
        return 0o600 if self.so_do_dono else 0o660


def lugar(dados: Path, ambiente: Mapping[str, str]) -> Lugar:
    """Returns the folder that systemd made for the run, else the data folder."""
    dita = ambiente.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Lugar(Path(dita), so_do_dono=False) if dita.startswith("/") else Lugar(dados, so_do_dono=True)


@dataclass(slots=True)
class Escuta:
    """The listening end, and the folder that it is in."""

    ponta: socket.socket
    pasta: int
    inode: int

    def no_lugar(self) -> bool:
        """Says whether the name still leads here: somebody may have removed it."""
        try:
            return os.stat(NOME, dir_fd=self.pasta, follow_symlinks=False).st_ino == self.inode
        except OSError:
            return False

    def fechar(self) -> None:
        """Removes the name, if it is still ours, and closes. A second call does nothing."""
        if self.pasta >= 0:
            if self.no_lugar():
                with suppress(OSError):
                    os.unlink(NOME, dir_fd=self.pasta)
            os.close(self.pasta)
            self.pasta = -1
        self.ponta.close()


def escutar(onde: Lugar) -> Escuta:
    """Makes the socket. What a dead service left under its name is removed. Raises SemLugarError, OSError.

    Nobody can connect before `listen`, and by then the mode is right. The group is that of the folder where the folder
    hands its group on (setgid); the service itself gives nothing away.
    """
    pasta = os.open(onde.pasta, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    ponta = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        _conferir_pasta(onde.pasta, os.fstat(pasta))
        _tirar_o_velho(onde.pasta, pasta)
        ponta.bind(f"/proc/self/fd/{pasta}/{NOME}")
        os.chmod(NOME, onde.modo, dir_fd=pasta)
        inode = os.stat(NOME, dir_fd=pasta, follow_symlinks=False).st_ino
        ponta.listen(_FILA)
        ponta.setblocking(False)
    except BaseException:
        ponta.close()
        os.close(pasta)
        raise
    return Escuta(ponta, pasta, inode)


def _conferir_pasta(pasta: Path, visto: os.stat_result) -> None:
    if visto.st_uid not in (0, os.geteuid()):
        raise SemLugarError(f"a pasta {pasta} é de outro usuário")
    if visto.st_mode & stat.S_IWOTH:
        raise SemLugarError(f"qualquer usuário pode escrever na pasta {pasta}")


def _tirar_o_velho(pasta: Path, descritor: int) -> None:
    try:
        visto = os.stat(NOME, dir_fd=descritor, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(visto.st_mode):
        raise SemLugarError(f"{pasta / NOME} não é um soquete, e não é apagado")
    os.unlink(NOME, dir_fd=descritor)


@contextmanager
def ligado(arquivo: Path, prazo_s: float) -> Iterator[socket.socket]:
    """Yields a connection to a service's socket. Raises OSError: nobody listens there, or this account may not."""
    pasta = os.open(arquivo.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)) as ponta:
            ponta.settimeout(prazo_s)
            _ligar(ponta, f"/proc/self/fd/{pasta}/{arquivo.name}", time.monotonic() + prazo_s)
            yield ponta
    finally:
        os.close(pasta)


def _ligar(ponta: socket.socket, caminho: str, ate_s: float) -> None:
    while True:
        try:
            ponta.connect(caminho)
        except BlockingIOError:  # its queue is full for the moment
            if time.monotonic() >= ate_s:
                raise
            time.sleep(_ENTRE_TENTATIVAS_S)
        else:
            return


@dataclass(frozen=True, slots=True)
class Par:
    """The account at the other end, as the kernel noted it when the connection was made."""

    pid: int
    uid: int
    gid: int


def quem_esta(ponta: socket.socket) -> Par:
    """Returns the account at the other end (SO_PEERCRED)."""
    forma = struct.Struct("3i")
    pid, uid, gid = forma.unpack(ponta.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, forma.size))
    return Par(pid, uid & 0xFFFFFFFF, gid & 0xFFFFFFFF)
