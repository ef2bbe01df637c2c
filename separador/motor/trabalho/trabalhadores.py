"""Runs the workers: processes that prepare groups, supervised one by one.

A worker that dies, or hangs, costs only the groups it had, and is replaced at once. Workers are started by a fork
server that has the schemas loaded, never by a fork of the service, which has threads.
"""

import contextlib
import fcntl
import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess

from separador.motor.relogio import Relogio
from separador.motor.trabalho.coletor import poupar_coletor
from separador.motor.trabalho.etapas import POUCOS, EmTratamento, aquecer, encenar, firmar, trabalhar
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Parecer
from separador.motor.trabalho.sem_despejo import sem_despejo
from separador.pastas.quem_tem_aberto import preparar_processo

FUNDO = 3
"""Number of groups a worker may have: one in hand, the others waiting, so that it works while the service commits."""

TUBO_BYTES = 1024 * 1024
"""Size of a pipe. It takes the answer of a whole group, so that the worker goes on while the service commits."""

PRAZO_GRUPO_S = 180.0
"""A group takes a second at the most. A worker that is silent for so long hangs."""


@dataclass(frozen=True, slots=True)
class Morreu:
    """The worker died, or was stopped for being hung, with this group in hand."""

    motivo: str


Resultado = list[Parecer] | Morreu


def _vida(entrada: Connection, saida: Connection, enviados: RecursosEnviados) -> None:
    """Runs a worker: takes groups, returns answers, until the service closes the pipes."""
    # Ctrl-C and the stop of systemd reach all processes. Only the service decides when a worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # It is loaded already, unless the fork server could not load it.
    import_module("separador.motor.trabalho.pre_carga")
    preparar_processo()
    sem_despejo()
    recursos = enviados.montar()
    poupar_coletor()
    devolucao = _Devolucao(saida)
    while True:
        try:
            recado = entrada.recv()
        except (EOFError, ConnectionResetError):
            return
        if isinstance(recado, RecursosEnviados):
            recursos = recado.montar()
            continue
        numero, agora, a_tratar = recado
        devolucao.entregar(numero, encenar(recursos, agora, a_tratar))


class _Devolucao:
    """Hands a worker's groups over. A large one waits for the disk in a thread, while the next is prepared."""

    def __init__(self, saida: Connection) -> None:
        self._saida = saida
        self._uma_de_cada_vez = threading.Lock()
        self._fio = ThreadPoolExecutor(1, thread_name_prefix="balcao")

    def entregar(self, numero: int, mesas: list[EmTratamento]) -> None:
        """Sends the answer when what was staged is durable."""
        if len(mesas) < POUCOS:
            self._responder(numero, mesas)
        else:
            self._fio.submit(self._responder_ou_morrer, numero, mesas)

    def _responder(self, numero: int, mesas: list[EmTratamento]) -> None:
        pareceres = firmar(mesas)
        # A broken pipe means that the service is gone. The loop of `_vida` then finds the end of the other pipe.
        with self._uma_de_cada_vez, contextlib.suppress(BrokenPipeError):
            self._saida.send((numero, pareceres))

    def _responder_ou_morrer(self, numero: int, mesas: list[EmTratamento]) -> None:
        """Ends the worker on an error that no document explains, as in its main thread. The files are tried apart."""
        try:
            self._responder(numero, mesas)
        except Exception:  # noqa: BLE001 - an exception in a thread would be lost
            traceback.print_exc()
            os._exit(1)


@dataclass(slots=True)
class _Trabalhador:
    processo: ForkServerProcess
    envio: Connection
    retorno: Connection
    fila: deque[int] = field(default_factory=deque)
    desde_s: float = 0.0


class Trabalhadores:
    """A number of workers. `enviar` numbers the groups; `colher` returns what is finished, in any order."""

    def __init__(self, quantos: int, enviados: RecursosEnviados, relogio: Relogio) -> None:
        self._recursos_enviados = enviados
        self._relogio = relogio
        self._contexto: ForkServerContext = multiprocessing.get_context("forkserver")
        self._contexto.set_forkserver_preload(["separador.motor.trabalho.pre_carga"])
        self._trabalhadores = [self._contratar() for _ in range(quantos)]
        self._numero = 0
        self._mortos: list[tuple[int, Resultado]] = []

    def _contratar(self) -> _Trabalhador:
        entrada, envio = self._contexto.Pipe(duplex=False)
        retorno, saida = self._contexto.Pipe(duplex=False)
        for ponta in (envio, saida):
            with contextlib.suppress(OSError):  # over the user's limit the pipe stays small, which is only slower
                fcntl.fcntl(ponta.fileno(), fcntl.F_SETPIPE_SZ, TUBO_BYTES)
        processo = self._contexto.Process(target=_vida, args=(entrada, saida, self._recursos_enviados), daemon=True)
        processo.start()
        entrada.close()
        saida.close()
        return _Trabalhador(processo, envio, retorno)

    @property
    def em_maos(self) -> int:
        """Returns the number of groups sent and not yet collected."""
        return sum(len(o.fila) for o in self._trabalhadores) + len(self._mortos)

    def tem_vaga(self) -> bool:
        """Says whether a worker can take another group."""
        return any(len(o.fila) < FUNDO for o in self._trabalhadores)

    def fios(self) -> list[Connection]:
        """Returns the pipes to wait on."""
        return [o.retorno for o in self._trabalhadores if o.fila]

    def equipar(self, enviados: RecursosEnviados) -> None:
        """Takes up new certificates, or another environment, for every group sent from now on."""
        if enviados == self._recursos_enviados:
            return
        self._recursos_enviados = enviados
        for trabalhador in self._trabalhadores:
            self._dizer(trabalhador, enviados)

    def enviar(self, agora: datetime, a_tratar: Sequence[ArquivoATratar]) -> int:
        """Sends a group to the worker with the least to do. Returns the group's number."""
        self._numero += 1
        trabalhador = min(self._trabalhadores, key=lambda o: len(o.fila))
        if not trabalhador.fila:
            trabalhador.desde_s = self._relogio.monotonico()
        trabalhador.fila.append(self._numero)
        self._dizer(trabalhador, (self._numero, agora, list(a_tratar)))
        return self._numero

    def _dizer(self, trabalhador: _Trabalhador, recado: object) -> None:
        # A dead worker's pipe breaks. `colher` notices the death by the closed pipe, and answers for its groups.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            trabalhador.envio.send(recado)

    def colher(self) -> list[tuple[int, Resultado]]:
        """Returns the finished groups, and the groups whose worker died."""
        prontos, self._mortos = self._mortos, []
        for i, trabalhador in enumerate(self._trabalhadores):
            try:
                while trabalhador.fila and trabalhador.retorno.poll():
                    numero, pareceres = trabalhador.retorno.recv()
                    trabalhador.fila.remove(numero)
                    trabalhador.desde_s = self._relogio.monotonico()
                    prontos.append((numero, pareceres))
            except (EOFError, ConnectionResetError):
                prontos += self._substituir(i, "o processo de trabalho morreu")
                continue
            if trabalhador.fila and self._relogio.monotonico() - trabalhador.desde_s > PRAZO_GRUPO_S:
                prontos += self._substituir(i, "o processo de trabalho parou de responder")
        return prontos

    def _substituir(self, i: int, motivo: str) -> list[tuple[int, Resultado]]:
        """Puts a new worker in the place of the old. Returns its groups as dead; their files are tried apart."""
        velho = self._trabalhadores[i]
        velho.processo.kill()
        velho.processo.join()
        velho.envio.close()
        velho.retorno.close()
        self._trabalhadores[i] = self._contratar()
        return [(numero, Morreu(motivo)) for numero in velho.fila]

    def encerrar(self) -> None:
        """Closes the pipes. A worker that does not end by itself is killed; its group is in no commit."""
        for trabalhador in self._trabalhadores:
            trabalhador.envio.close()
            trabalhador.retorno.close()
        for trabalhador in self._trabalhadores:
            trabalhador.processo.join(5)
            if trabalhador.processo.is_alive():
                trabalhador.processo.kill()
                trabalhador.processo.join()


class TrabalhadorLocal:
    """The same interface for `trabalhadores: 0`. The work is done in the service process."""

    def __init__(self, enviados: RecursosEnviados) -> None:
        aquecer()
        self._recursos = enviados.montar()
        self._ajudante = ThreadPoolExecutor(1, thread_name_prefix="selo")
        self._numero = 0
        self._feitos: list[tuple[int, Resultado]] = []

    @property
    def em_maos(self) -> int:
        """Returns the number of groups worked on and not yet collected."""
        return len(self._feitos)

    def tem_vaga(self) -> bool:
        """Says whether the last group was collected. It takes one group at a time."""
        return not self._feitos

    def fios(self) -> list[Connection]:
        """Returns nothing to wait on, because the work is done when `enviar` returns."""
        return []

    def equipar(self, enviados: RecursosEnviados) -> None:
        """Takes up new certificates, or another environment."""
        self._recursos = enviados.montar()

    def enviar(self, agora: datetime, a_tratar: Sequence[ArquivoATratar]) -> int:
        """Works on the group now. Returns its number."""
        self._numero += 1
        self._feitos.append((self._numero, trabalhar(self._recursos, agora, a_tratar, self._ajudante)))
        return self._numero

    def colher(self) -> list[tuple[int, Resultado]]:
        """Returns what was worked on since the last call."""
        feitos, self._feitos = self._feitos, []
        return feitos

    def encerrar(self) -> None:
        """Ends the helper thread."""
        self._ajudante.shutdown()
