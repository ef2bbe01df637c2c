"""Says which groups of a worker were begun: a token for each, which the worker takes before it touches a file.

The kernel gives a token to one taker only. So the service can take back a group that waits behind a slow one, and after
a death it knows which files the worker never opened.
"""

import contextlib
import socket
import struct

_NUMERO = struct.Struct("!q")


class VezDosArquivos:
    """The worker's end: it takes its tokens in order, and says when it opens the first file of a group."""

    def __init__(self, la: socket.socket) -> None:
        self._la = la

    def tomar(self) -> int | None:
        """Waits for the next token. Returns its number; None when the service closed the other end."""
        dados = self._la.recv(_NUMERO.size)
        return int(_NUMERO.unpack(dados)[0]) if dados else None

    def lendo(self, numero: int) -> None:
        """Says that the first file of this token's group is about to be opened."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._la.send(_NUMERO.pack(numero))


class Vez:
    """The service's end, which keeps the worker's end too: what the worker did not take can be taken back."""

    def __init__(self) -> None:
        self._aqui, self._la = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def ponta_do_trabalhador(self) -> VezDosArquivos:
        """Returns the worker's end."""
        return VezDosArquivos(self._la)

    def dar(self, numero: int) -> None:
        """Lets the worker begin a group. Numbers go up."""
        self._aqui.send(_NUMERO.pack(numero))

    def retirar(self) -> set[int]:
        """Takes back every token that the worker has not taken."""
        return _recolher(self._la)

    def lidos(self) -> set[int]:
        """Returns the groups whose first file the worker opened since the last call."""
        return _recolher(self._aqui)

    def fechar(self) -> None:
        """Closes both ends. A worker that waits for a token ends."""
        self._aqui.close()
        self._la.close()


def _recolher(ponta: socket.socket) -> set[int]:
    achados: set[int] = set()
    while True:
        try:
            dados = ponta.recv(_NUMERO.size, socket.MSG_DONTWAIT)
        except (BlockingIOError, ConnectionResetError):
            return achados
        if not dados:
            return achados
        achados.add(int(_NUMERO.unpack(dados)[0]))
