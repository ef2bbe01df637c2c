"""Judges one order beside the loop's other work: in a process of its own, or a portion in each turn."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress

from separador.capacidades.emissao.arquivos import pedida as no_arquivo
from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, Pedida
from separador.capacidades.emissao.dominio.valores import CargaRecusada

Julgada = CargaRefeita | CargaRecusada
PRAZO_S = 180.0
"""After so long the process is ended: the deadline of a load that a worker reads (`emissao/capacidade`)."""


def _so_o_servico_para() -> None:
    """Ignores Ctrl-C and systemd's stop, which go to every process of the group."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class NoLaco:
    """Judges a portion in each turn."""

    def __init__(self, pedida: Pedida) -> None:
        """Begins with the first call of `adiante`."""
        self._partes: Iterator[Julgada | None] = no_arquivo.julgando(pedida)

    def adiante(self) -> Julgada | None:
        """Returns what was judged, None while it is not."""
        return next(self._partes)

    def largar(self) -> None:
        """Ends it."""


class NoProcesso:
    """Judges in a process of its own, which ends with the order: they are few."""

    def __init__(self, pedida: Pedida, acordar: Callable[[], None]) -> None:
        """Begins. `acordar` is called from another thread when it is done."""
        contexto = multiprocessing.get_context("forkserver")
        self._executor = ProcessPoolExecutor(1, mp_context=contexto, initializer=_so_o_servico_para)
        self._feita: Future[Julgada] = self._executor.submit(no_arquivo.julgar, pedida)
        self._feita.add_done_callback(lambda _: acordar())
        self._ate_s = time.monotonic() + PRAZO_S

    def adiante(self) -> Julgada | None:
        """Returns what was judged, None while it is not. Raises whatever ended it."""
        if not self._feita.done():
            if time.monotonic() >= self._ate_s:
                self._matar()
            return None
        self._executor.shutdown(wait=False)
        return self._feita.result()

    def largar(self) -> None:
        """Ends the process, also in the middle."""
        self._matar()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _matar(self) -> None:
        for pid in list(self._executor._processes or {}):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
