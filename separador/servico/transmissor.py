"""Threads that make the calls, and nothing else: no database, no decisions (SEFAZ-08).

A call goes in, its result comes out by a queue and the loop is woken. The threads are daemons: a process that is told
to stop does not wait for a server that does not answer; what was in flight is found `enviando` at the next start.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from separador.sefaz.porta import Chamada, Desconhecida, Porta, Resultado

FIOS = 128
"""Calls at once, all companies and authorisers together."""


@dataclass(frozen=True, slots=True)
class Entregue:
    """What came of the call of one row. `rastro`: an error that the client should never raise, for the incident."""

    transmissao_id: int
    resultado: Resultado
    erro: Exception | None = None


def _ninguem() -> None:
    """Nobody is there to be woken."""


class Transmissor:
    """As many threads as calls were ever in flight at once, at most `FIOS`."""

    def __init__(self, acordar: Callable[[], None]) -> None:
        self._acordar = acordar
        self._encargos: SimpleQueue[tuple[int, Porta, Chamada] | None] = SimpleQueue()
        self._prontos: SimpleQueue[Entregue] = SimpleQueue()
        self._fios: list[threading.Thread] = []
        self.em_voo = 0

    @property
    def vagas(self) -> int:
        """How many more calls may be given now."""
        return FIOS - self.em_voo

    def dar(self, transmissao_id: int, porta: Porta, chamada: Chamada) -> None:
        """Make this call as soon as possible, through this client (which stays the call's own when another replaces
        it). Only after its intent is committed."""
        self.em_voo += 1
        if self.em_voo > len(self._fios):
            self._contratar()
        self._encargos.put((transmissao_id, porta, chamada))

    def _contratar(self) -> None:
        nome = f"transmissor-{len(self._fios) + 1}"
        fio = threading.Thread(target=self._trabalhar, name=nome, daemon=True)
        self._fios.append(fio)
        fio.start()

    def _trabalhar(self) -> None:
        while (encargo := self._encargos.get()) is not None:
            transmissao_id, porta, chamada = encargo
            try:
                entregue = Entregue(transmissao_id, porta.chamar(chamada))
            except Exception as erro:  # noqa: BLE001 - around one thread (W11): whatever it was, it may have been sent
                entregue = Entregue(transmissao_id, Desconhecida("erro inesperado", detalhe=str(erro)[:300]), erro)
            self._prontos.put(entregue)
            self._acordar()

    def recolher(self, limite: int = 256) -> list[Entregue]:
        """Results that are there, in the order in which they came."""
        prontos: list[Entregue] = []
        while len(prontos) < limite and not self._prontos.empty():
            prontos.append(self._prontos.get())
        self.em_voo -= len(prontos)
        return prontos

    def encerrar(self) -> None:
        """Idle threads end; one that waits for an answer is left to itself, and wakes nobody."""
        self._acordar = _ninguem
        for _ in self._fios:
            self._encargos.put(None)
