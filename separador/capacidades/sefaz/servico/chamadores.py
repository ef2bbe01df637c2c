"""Makes the calls in threads. The threads use no database and take no decisions.

A call goes in, its result comes out by a queue, and the loop is woken. A group runs as many calls at once as it may
have. Further calls wait here, so that a place in flight is taken again at once, and not only when the loop comes round.
A call that has not begun can be taken back. The threads are daemons: a process that is told to stop does not wait for a
server that does not answer. The call that was in flight is found `enviando` at the next start.
"""

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue

from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, Porta, Resultado
from separador.nucleo.texto.razao import razao

FIOS = 128
"""Calls at once, all companies and authorisers together."""
Grupo = tuple[str, str]
"""(CNPJ, authoriser): the calls in flight are counted for each such pair."""


@dataclass(frozen=True, slots=True)
class ChamadaAFazer:
    """A call to be made through this client, which stays the call's own when another replaces it."""

    transmissao_id: int
    grupo: Grupo
    porta: Porta
    chamada: Chamada


@dataclass(frozen=True, slots=True)
class Entregue:
    """The result of the call of one row, and its instant. `resultado` None: the call never began, and was taken back.

    `erro`: an error that the client should never raise, kept for the incident.
    """

    transmissao_id: int
    resultado: Resultado | None
    em: datetime
    erro: Exception | None = None


class Chamadores:
    """Holds as many threads as calls ever ran at once, at most `FIOS`."""

    def __init__(self, acordar: Callable[[], None], agora: Callable[[], datetime]) -> None:
        self._acordar, self._agora = acordar, agora
        self._a_fazer: SimpleQueue[ChamadaAFazer | None] = SimpleQueue()
        self._prontos: SimpleQueue[Entregue] = SimpleQueue()
        self._trava = threading.Lock()
        self._correndo: Counter[Grupo] = Counter()
        self._esperando: defaultdict[Grupo, deque[ChamadaAFazer]] = defaultdict(deque)
        self._fios: list[threading.Thread] = []
        self.em_voo = 0

    @property
    def vagas(self) -> int:
        """Returns how many more calls may be given now."""
        return FIOS - self.em_voo

    def dar(self, a_fazer: ChamadaAFazer, limite: int) -> None:
        """Makes this call as soon as fewer than `limite` of its group run.

        It may be given only after its intent is committed.
        """
        self.em_voo += 1
        with self._trava:
            if self._correndo[a_fazer.grupo] >= limite:
                self._esperando[a_fazer.grupo].append(a_fazer)
                return
            self._correndo[a_fazer.grupo] += 1
            correndo = self._correndo.total()
        if correndo > len(self._fios) and not self._contratar() and not self._fios:
            with self._trava:
                self._correndo[a_fazer.grupo] -= 1
            self._prontos.put(Entregue(a_fazer.transmissao_id, None, self._agora()))  # it did not begin: another turn
            return
        self._a_fazer.put(a_fazer)

    def _contratar(self) -> bool:
        """Starts a thread. Returns False when the system gives none.

        The caller must know: no committed call may be left without a thread to make it.
        """
        nome = f"chamador-{len(self._fios) + 1}"
        fio = threading.Thread(target=self._trabalhar, name=nome, daemon=True)
        try:
            fio.start()
        except RuntimeError:
            return False
        self._fios.append(fio)
        return True

    def _trabalhar(self) -> None:
        while (a_fazer := self._a_fazer.get()) is not None:
            proximo: ChamadaAFazer | None = a_fazer
            while proximo is not None:
                self._prontos.put(self._chamar(proximo))
                self._acordar()
                proximo = self._seguinte(proximo.grupo)

    def _chamar(self, a_fazer: ChamadaAFazer) -> Entregue:
        try:
            resultado = a_fazer.porta.chamar(a_fazer.chamada)
        except Exception as erro:  # noqa: BLE001 - around one thread: whatever it was, it may have been sent
            perdido = Desconhecida("erro inesperado", detalhe=razao(erro))
            return Entregue(a_fazer.transmissao_id, perdido, self._agora(), erro)
        return Entregue(a_fazer.transmissao_id, resultado, self._agora())

    def _seguinte(self, grupo: Grupo) -> ChamadaAFazer | None:
        """Returns the next call of the group, which takes the place that a call leaves."""
        with self._trava:
            if self._esperando[grupo]:
                return self._esperando[grupo].popleft()
            self._correndo[grupo] -= 1
            return None

    def recuar(self) -> None:
        """Takes back the calls that have not begun. They come out by `recolher`, without a result."""
        with self._trava:
            parados = [e for fila in self._esperando.values() for e in fila]
            self._esperando.clear()
        for a_fazer in parados:
            self._prontos.put(Entregue(a_fazer.transmissao_id, None, self._agora()))

    def recolher(self, limite: int = 256) -> list[Entregue]:
        """Returns the results that are there, in the order in which they came."""
        prontos: list[Entregue] = []
        while len(prontos) < limite and not self._prontos.empty():
            prontos.append(self._prontos.get())
        self.em_voo -= len(prontos)
        return prontos

    def encerrar(self) -> None:
        """Ends the idle threads. One that waits for an answer is left to itself, and wakes nobody."""
        self._acordar = _ninguem
        for _ in self._fios:
            self._a_fazer.put(None)


def _ninguem() -> None:
    """Wakes nobody: the loop has ended."""
