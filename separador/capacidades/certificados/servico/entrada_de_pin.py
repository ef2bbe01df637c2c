"""Passes a PIN to a running service through a named pipe (0600): from memory to memory, never on disk."""

import contextlib
import errno
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from separador.cofre.chave_mestra import PASTA

ARQUIVO = "pin"
LIMITE = 512
"""Largest message in bytes. It is written in one piece, because PIPE_BUF is 4096."""


@dataclass(frozen=True, slots=True)
class PinDado:
    """One PIN for one certificate."""

    certificado_id: int
    pin: str = field(repr=False)


class EntradaDePin:
    """The service's end of the pipe. It is opened for writing too, so that it never reads an end of file."""

    def __init__(self, dados: Path) -> None:
        self._caminho, self._resto = dados / PASTA / ARQUIVO, b""
        try:
            self._fd = _abrir(self._caminho)
        except OSError:  # a full disk: the service goes on, and the command says that nobody listens
            self._fd = -1

    def recolher(self) -> list[PinDado]:
        """Returns the PINs told since the last look. A message that cannot be understood is dropped."""
        if self._fd < 0:
            return []
        try:
            lido = self._resto + os.read(self._fd, 16 * 1024)
        except BlockingIOError:
            return []
        *inteiras, self._resto = lido.split(b"\n")
        self._resto = self._resto[-LIMITE:]
        return [p for linha in inteiras if (p := _entender(linha)) is not None]

    def fechar(self) -> None:
        """Closes and removes the pipe."""
        if self._fd >= 0:
            os.close(self._fd)
            with contextlib.suppress(OSError):
                self._caminho.unlink()


def _abrir(caminho: Path) -> int:
    caminho.parent.mkdir(mode=0o700, exist_ok=True)
    caminho.unlink(missing_ok=True)
    os.mkfifo(caminho, 0o600)
    return os.open(caminho, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)


def _entender(linha: bytes) -> PinDado | None:
    try:
        dados = json.loads(linha)
        return PinDado(int(dados["certificado"]), str(dados["pin"]))
    except (ValueError, KeyError, TypeError):
        return None


def dizer(dados: Path, pin: PinDado) -> bool:
    """Tells the running service a PIN. Returns False when no service listens. Raises OSError when it is not allowed."""
    caminho = dados / PASTA / ARQUIVO
    try:
        fd = os.open(caminho, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except (FileNotFoundError, BlockingIOError):
        return False
    except OSError as erro:
        if erro.errno == errno.ENXIO:  # nobody has it open for reading
            return False
        raise
    try:
        if not stat.S_ISFIFO(os.fstat(fd).st_mode):
            return False
        os.write(fd, json.dumps({"certificado": pin.certificado_id, "pin": pin.pin}).encode() + b"\n")
    finally:
        os.close(fd)
    return True
