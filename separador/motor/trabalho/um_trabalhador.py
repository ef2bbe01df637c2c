"""Defines one worker and one group, and says from the worker's silence what became of it."""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar
from separador.motor.trabalho.vez import Vez
from separador.pastas import faixas

FUNDO = 3
"""Number of groups a worker may have: one in hand, the others waiting, so that it works while the service commits."""

PRAZO_INICIO_S = 60.0
"""A worker that is not ready after so long hangs. How long a group may be silent is said by the rule of its route."""

LENTO_S = 1.0
"""A group that takes longer holds up its own route only: nothing else waits behind it."""

SILENCIO_S = 5.0
"""Silence after which it is asked whether the devices of a worker's groups answer."""


@dataclass(frozen=True, slots=True)
class Grupo:
    """A group to be worked on. `sozinho`: it may kill, so its worker has nothing else. `prazo_s`: of its silence.

    `fora`: its folders on other devices than ours.
    """

    numero: int
    agora: datetime
    a_tratar: list[ArquivoATratar]
    rota: int
    sozinho: bool
    prazo_s: float
    fora: tuple[Path, ...] = ()


@dataclass(slots=True)
class Trabalhador:
    """A worker. `fila`: its groups by token. `vivo_s`: its last sign of life; `desde_s`: when the first began.

    `tem`: what it works with; None: not known. `novos`: what it is to work with from its next group on. They may be
    larger than its pipe, as the material of a round may, and a worker that writes an answer reads nothing: so both
    are sent only to one that waits for a group.
    """

    processo: ForkServerProcess
    envio: Connection
    retorno: Connection
    vez: Vez
    vivo_s: float
    fila: dict[int, Grupo] = field(default_factory=dict)
    lidos: set[int] = field(default_factory=set)
    desde_s: float = 0.0
    pronto: bool = False
    novos: RecursosEnviados | None = None
    tem: RecursosEnviados | None = None

    def lento(self, agora_s: float) -> bool:
        """Says whether the group in hand takes longer than others should wait."""
        return self.pronto and bool(self.fila) and agora_s - self.desde_s > LENTO_S

    def vencido(self, agora_s: float) -> bool:
        """Says whether it is silent for too long."""
        if not self.pronto:
            return agora_s - self.vivo_s > PRAZO_INICIO_S
        return bool(self.fila) and agora_s - self.vivo_s > max(g.prazo_s for g in self.fila.values())

    @property
    def fora(self) -> bool:
        """Says whether a group that it has uses other devices than ours."""
        return any(g.fora for g in self.fila.values())

    def preso(self, agora_s: float) -> bool:
        """Says whether it is silent because a device of its groups does not answer. Does not wait."""
        if not self.pronto or agora_s - self.vivo_s <= SILENCIO_S:
            return False
        respostas = [faixas.responde(p) for g in self.fila.values() for p in g.fora]
        return not all(respostas)

    def dizer(self, recado: object) -> None:
        """Sends it a message."""
        # A dead worker's pipe breaks. `colher` notices the death by the closed pipe, and answers for its groups.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.envio.send(recado)

    def cabe(self, grupo: Grupo) -> bool:
        """Says whether the group may be put behind what it has."""
        if grupo.sozinho:
            return not self.fila
        return self.tem_lugar() and not any(g.sozinho for g in self.fila.values())

    def tem_lugar(self) -> bool:
        """Says whether it may get another group."""
        return len(self.fila) < (FUNDO if self.novos is None else 1)

    def equipar(self, enviados: RecursosEnviados) -> None:
        """Gives it what it works with, now or before its next group."""
        self.novos = enviados
        if not self.fila:
            self.dizer_novos()

    def dizer_novos(self) -> None:
        """Sends what it is to work with, if it has not got it. It waits for a group now."""
        if self.novos is not None:
            self.dizer(self.novos if self.tem is None else self.novos.desde(self.tem))
            self.tem, self.novos = self.novos, None


def que_podem(fora: Collection[Path], ageis: Sequence[Trabalhador], *, todos: int) -> list[Trabalhador]:
    """Returns, of the workers that nothing holds up, those that may take a group. `fora`: its folders elsewhere.

    Groups of other devices leave one worker free of them: they may wait for a device that hangs. The rest uses the
    workers that are free of them. `todos`: number of workers; a single one takes everything.
    """
    livres = [o for o in ageis if not o.fora]
    if todos == 1:
        return list(ageis)
    if not fora:
        return livres
    return list(ageis) if len(livres) > 1 else [o for o in ageis if o.fora]
