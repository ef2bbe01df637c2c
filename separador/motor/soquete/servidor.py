"""Takes connections in a thread of its own: a bounded number, each in its own thread, each with its deadlines."""

import os
import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from separador.motor.soquete import quadro
from separador.motor.soquete.lugar import Escuta, Par, quem_esta
from separador.motor.soquete.resposta import recusada

TODAS, DE_OUTROS, POR_CONTA = 8, 6, 3
"""Connections at one time: of everybody, of accounts that are neither root nor ours, of one such account."""
_CHEIO = recusada(3, "O serviço está atendendo outros pedidos; nada foi registrado. Repita daqui a pouco.")
_DESCANSO_S = 0.2
_FIM_S = 2.0


class Servidor:
    """One listening thread. `atender` serves one connection; it may take as long as its own deadlines allow."""

    def __init__(self, escuta: Escuta, atender: Callable[[socket.socket, Par], None]) -> None:
        self.escuta = escuta
        self._atender = atender
        self._parar = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._fim = threading.Event()
        self._contagem: Counter[int] = Counter()
        self._trava = threading.Lock()
        self._fio = threading.Thread(target=self._escutar, name="soquete", daemon=True)

    def iniciar(self) -> None:
        """Starts to listen."""
        self._fio.start()

    def encerrar(self) -> None:
        """Takes no more. Connections that are being served end by themselves. A second call does nothing."""
        if not self._fim.is_set():
            self._fim.set()
            os.eventfd_write(self._parar, 1)
            self._fio.join(_FIM_S)
            self.escuta.fechar()
            os.close(self._parar)

    def _escutar(self) -> None:
        vigia = select.poll()
        vigia.register(self.escuta.ponta, select.POLLIN)
        vigia.register(self._parar, select.POLLIN)
        while not self._fim.is_set():
            vigia.poll()
            try:
                ponta, _ = self.escuta.ponta.accept()
            except BlockingIOError:
                continue
            except OSError:  # no descriptor left: the peer waits in the queue
                self._fim.wait(_DESCANSO_S)
                continue
            self._receber(ponta)

    def _receber(self, ponta: socket.socket) -> None:
        """Gives the connection to a thread, or says that there is no place."""
        try:
            par = quem_esta(ponta)
        except OSError:
            ponta.close()
            return
        if not self._entrar(par.uid):
            _dispensar(ponta)
            return
        try:
            threading.Thread(target=self._um, args=(ponta, par), name="soquete-pedido", daemon=True).start()
        except RuntimeError:  # the limit of threads
            self._sair(par.uid)
            _dispensar(ponta)

    def _um(self, ponta: socket.socket, par: Par) -> None:
        try:
            with ponta:
                self._atender(ponta, par)
        finally:
            self._sair(par.uid)

    def _entrar(self, uid: int) -> bool:
        with self._trava:
            total = self._contagem.total()
            de_outros = sum(n for u, n in self._contagem.items() if not de_casa(u))
            if total >= TODAS or (not de_casa(uid) and (de_outros >= DE_OUTROS or self._contagem[uid] >= POR_CONTA)):
                return False
            self._contagem[uid] += 1
            return True

    def _sair(self, uid: int) -> None:
        with self._trava:
            self._contagem[uid] -= 1
            if not self._contagem[uid]:
                del self._contagem[uid]


def de_casa(uid: int) -> bool:
    """Says whether this account is root, or the service's own."""
    return uid in (0, os.geteuid())


def _dispensar(ponta: socket.socket) -> None:
    """Answers without waiting and without reading: what the kernel does not take at once is lost."""
    with ponta, suppress(OSError, quadro.QuadroError):
        quadro.enviar(ponta, quadro.Especie.RESPOSTA, _CHEIO, 0.01)
        ponta.shutdown(socket.SHUT_WR)
        _beber(ponta)


def _beber(ponta: socket.socket) -> None:
    """Reads a little of what came, so that closing does not throw the answer away."""
    ate_s = time.monotonic() + 0.01
    ponta.settimeout(0.01)
    while time.monotonic() < ate_s and ponta.recv(64 * 1024):
        pass
