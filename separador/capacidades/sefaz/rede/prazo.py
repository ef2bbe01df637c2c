"""Keeps one deadline for a whole call, and counts what of it left this machine.

httpx2 limits each wait, so an answer that drips a byte a minute would hold a thread for ever. After an error it cannot
say whether the request had begun to be written. Both are known at the TLS socket, whose class an SSLContext lets us
choose (`sslsocket_class`). A call runs on one thread from beginning to end, so its state is kept per thread.
"""

import errno
import ssl
import threading
import time
from typing import Any


class Andamento(threading.local):
    """The call of this thread. `limite_s`: monotonic instant; `escritos`: bytes of the request accepted by TLS."""

    limite_s: float | None = None
    escritos: int = 0


andamento = Andamento()
_SEM_PAR = (errno.ENOTCONN, errno.EINVAL)
_MINIMO_S = 0.001  # 0 would mean "do not block"; the next operation must time out, not fail in another way


def comecar(prazo_s: float) -> None:
    """Begins a call on this thread, which must end within `prazo_s`."""
    andamento.limite_s = time.monotonic() + prazo_s
    andamento.escritos = 0


def terminar() -> None:
    """Ends the call; the socket may go back to the pool."""
    andamento.limite_s = None


class SocketComPrazo(ssl.SSLSocket):
    """Waits no longer than the time that the call has left, and counts what was written.

    `send` counts only what was handed over whole. When it raises, the TLS record is not complete on the other side, so
    the server cannot have read any of it.
    """

    def settimeout(self, value: float | None) -> None:
        """Sets the timeout as the base class does, but never beyond the call's deadline."""
        limite_s = andamento.limite_s
        if limite_s is not None:
            resta_s = max(limite_s - time.monotonic(), _MINIMO_S)
            value = resta_s if value is None else min(value, resta_s)
        super().settimeout(value)

    def send(self, data: Any, flags: int = 0) -> int:
        """Sends as the base class does, and counts the bytes."""
        enviados = super().send(data, flags)
        andamento.escritos += enviados
        return enviados

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Receives as the base class does. One that was reset before its TLS began is closed.

        While it is being made, the base class asks it for a byte when the other side is gone already, and leaves it
        open when that raises (`ssl.SSLSocket._create`, CPython 3.11); what it handles itself (`_SEM_PAR`) it may.
        """
        try:
            return super().recv(buflen, flags)
        except OSError as erro:
            if getattr(self, "_sslobj", None) is None and erro.errno not in _SEM_PAR:
                self.close()
            raise
