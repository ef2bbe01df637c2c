"""Is what a worker process runs: it takes groups, works on them and answers, until the service closes the pipes."""

import contextlib
import os
import signal
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection

from separador.motor.trabalho.andamento import Andamento, DeVezEmQuando
from separador.motor.trabalho.coletor import poupar_coletor
from separador.motor.trabalho.etapas import POUCOS, EmTratamento, encenar, firmar
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar
from separador.motor.trabalho.sem_despejo import sem_despejo
from separador.motor.trabalho.vez import VezDosArquivos
from separador.pastas.lugar import abertos
from separador.pastas.quem_tem_aberto import preparar_processo


@dataclass(frozen=True, slots=True)
class Entrega:
    """A group on its way to a worker. `vez` is its token, `numero` the group's own number, which the answer bears."""

    vez: int
    numero: int
    agora: datetime
    a_tratar: list[ArquivoATratar]


@dataclass(frozen=True, slots=True)
class Pronto:
    """The worker has loaded what it needs, and waits for a group."""


@dataclass(frozen=True, slots=True)
class Vivo:
    """The worker does something: bytes were copied, or a file was finished."""


def viver(entrada: Connection, saida: Connection, vez_dos_arquivos: VezDosArquivos, enviados: RecursosEnviados) -> None:
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
    devolucao.dizer(Pronto())
    vivo = DeVezEmQuando(lambda: devolucao.dizer(Vivo()))
    vez = 0
    while True:
        try:
            if not entrada.poll(0):
                abertos.soltar()
            recado = entrada.recv()
        except (EOFError, ConnectionResetError):
            return
        if isinstance(recado, RecursosEnviados):
            recursos = recado.montar(recursos)
            continue
        entrega: Entrega = recado
        if entrega.vez > vez:
            tomada = vez_dos_arquivos.tomar()
            if tomada is None:
                return
            vez = tomada
        if entrega.vez < vez:
            continue  # the service took it back before it was begun
        # The service looked at the folders before it sent the group: they may be others than those of the last one.
        abertos.esquecer()
        abertos.manter()
        andamento = Andamento(lambda numero=entrega.vez: vez_dos_arquivos.lendo(numero), vivo)  # type: ignore[misc]
        em_tratamento = encenar(recursos, entrega.agora, entrega.a_tratar, andamento=andamento)
        devolucao.entregar(entrega.numero, em_tratamento)


class _Devolucao:
    """Hands a worker's groups over. A large one waits for the disk in a thread, while the next is prepared."""

    def __init__(self, saida: Connection) -> None:
        self._saida = saida
        self._uma_de_cada_vez = threading.Lock()
        self._fio = ThreadPoolExecutor(1, thread_name_prefix="atendimento")

    def dizer(self, recado: object) -> None:
        """Sends a message of its own."""
        # A broken pipe means that the service is gone. The loop of `viver` then finds the end of the other pipe.
        with self._uma_de_cada_vez, contextlib.suppress(BrokenPipeError):
            self._saida.send(recado)

    def entregar(self, numero: int, em_tratamento: list[EmTratamento]) -> None:
        """Sends the answer when what was staged is durable."""
        if len(em_tratamento) < POUCOS:
            self._responder(numero, em_tratamento)
        else:
            self._fio.submit(self._responder_ou_morrer, numero, em_tratamento)

    def _responder(self, numero: int, em_tratamento: list[EmTratamento]) -> None:
        self.dizer((numero, firmar(em_tratamento)))

    def _responder_ou_morrer(self, numero: int, em_tratamento: list[EmTratamento]) -> None:
        """Ends the worker on an error that no document explains, as in its main thread. The files are tried apart."""
        try:
            self._responder(numero, em_tratamento)
        except Exception:  # noqa: BLE001 - an exception in a thread would be lost
            traceback.print_exc()
            os._exit(1)
