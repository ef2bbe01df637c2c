"""Lets the service work on folders of other devices without ever waiting for one that hangs.

A call on a share whose server is silent does not return, and no signal ends it. So each mounted device that is not the
device of `dados` has a lane: one thread that does the calls on it, in their order. Whoever needs one waits for it up to
a deadline. While a call is overdue, every further call on that device fails at once with `SemResposta`: the loop loses
one deadline, not one for each call. When the overdue call returns, the lane is free again.

An overdue call may still take effect later, as one of a process that died. The next call on the device comes after it,
so whoever looks again sees the effect.

The threads are daemons and never joined: the end of the process does not wait for a share either.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from separador.pastas import saude
from separador.pastas.erros import SemResposta
from separador.pastas.faixa import Chamada, Faixa, neste_fio, toque
from separador.pastas.lugar import abertos
from separador.pastas.montagens import Montagens
from separador.pastas.posse.cantos import Cantos
from separador.pastas.saude import Problema

PRAZO_S = 5.0
"""Longest time that a caller waits for a call on another device."""
OLHAR_S = 0.05
"""Time between two looks at whether the table of mounts changed."""
VALIDADE_S = 10.0
"""Time after which the device of a path is found out again, because a link on the way may lead elsewhere now."""

P = ParamSpec("P")
T = TypeVar("T")


class Faixas:
    """The lanes of a process. `usar` says which device is ours; before that every call is direct."""

    def __init__(self, montagens: Montagens | None = None, prazo_s: float = PRAZO_S) -> None:
        self.prazo_s = prazo_s
        self._montagens = montagens or Montagens()
        self._dados: Path | None = None
        self._trava = threading.Lock()
        self._faixas: dict[str, Faixa] = {}
        self._sabidos: dict[Path, str | None] = {}
        self._nosso: str | None = None
        self._de = (-1, 0.0)
        self._olhar_s = 0.0

    def usar(self, dados: Path | None) -> None:
        """Sets the data folder, whose device needs no lane. None: every call is direct."""
        with self._trava:
            self._dados = dados
            self._sabidos, self._de = {}, (-1, 0.0)

    def sem_fios(self) -> "Faixas":
        """Returns lanes without threads yet, for the same data folder."""
        novas = Faixas(prazo_s=self.prazo_s)
        novas.usar(self._dados)
        return novas

    def e_de(self, dados: Path | None, prazo_s: float) -> bool:
        """Says whether these are the lanes of that data folder, with that deadline."""
        return self._dados == dados and self.prazo_s == prazo_s

    def dispositivo(self, pasta: Path) -> str | None:
        """Returns the device of a path when it is another than that of `dados`; None when it is the same."""
        if self._dados is None:
            return None
        agora_s = time.monotonic()
        sabidos = self._sabidos
        if agora_s < self._olhar_s and pasta in sabidos:
            return sabidos[pasta]  # the usual case costs no system call
        self._montagens.tabela()
        with self._trava:
            self._olhar_s = agora_s + OLHAR_S
            if self._montagens.versao != self._de[0] or agora_s > self._de[1]:
                self._de = (self._montagens.versao, agora_s + VALIDADE_S)
                self._sabidos, self._nosso = {}, self._montagens.dispositivo(self._dados)
            if pasta not in self._sabidos:
                achado = self._montagens.dispositivo(pasta)
                self._sabidos[pasta] = None if achado == self._nosso else achado
            return self._sabidos[pasta]

    def faixa(self, pasta: Path) -> Faixa | None:
        """Returns the lane of a path; None when it needs none, or when this is the thread of that lane."""
        dispositivo = self.dispositivo(pasta)
        if dispositivo is None:
            return None
        with self._trava:
            faixa = self._faixas.get(dispositivo)
            if faixa is None:
                faixa = self._faixas[dispositivo] = Faixa(dispositivo, self.prazo_s)
        return faixa if faixa is not neste_fio() else None

    def presas(self) -> bool:
        """Says whether any device has an overdue call now."""
        return any(f.presa for f in tuple(self._faixas.values()))

    def fazer(self, pasta: Path, acao: Callable[[], T], desfazer: Callable[[], object] | None = None) -> T:
        """Does what the module's `fazer` and `fazer_ou_desfazer` say."""
        faixa = self.faixa(pasta)
        if faixa is None:
            return acao()
        chamada = Chamada(acao, desfazer)
        if not faixa.pedir(chamada):
            raise SemResposta(pasta)
        if not faixa.esperar(chamada, self.prazo_s):
            raise SemResposta(pasta, chamada=None if chamada.retirada else chamada)
        return chamada.resultado()

    def sondar(self, pastas: Iterable[Path]) -> None:
        """Looks at every device of these folders at the same time, and waits one deadline for all of them."""
        por_faixa = {f: p for p in pastas if (f := self.faixa(p)) is not None}
        pedidas = []
        for faixa, pasta in por_faixa.items():
            chamada = toque(pasta)
            if faixa.pedir(chamada):
                pedidas.append((faixa, chamada))
        limite_s = time.monotonic() + self.prazo_s
        for faixa, chamada in pedidas:
            faixa.esperar(chamada, limite_s - time.monotonic())


_faixas = Faixas()


def usar(dados: Path | None, *, prazo_s: float = PRAZO_S, montagens: Montagens | None = None) -> None:
    """Sets the data folder of this process, whose device needs no lane. None: every call is direct.

    The lanes that there are stay when nothing changes: one of them may have an overdue call.
    """
    global _faixas  # noqa: PLW0603 -- one set of lanes in each process, as there is one table of mounts
    abertos.recomecar(_dono(dados))
    if montagens is None and _faixas.e_de(dados, prazo_s):
        return
    _faixas = Faixas(montagens, prazo_s)
    _faixas.usar(dados)


def _dono(dados: Path | None) -> int | None:
    """Returns the account of the data folder: what is its, is ours, also for a command of somebody else's."""
    if dados is None:
        return None
    try:
        return os.stat(dados).st_uid
    except OSError:
        return None


def fazer(pasta: Path, funcao: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a function that works on a folder, by the lane of the folder's device. Returns and raises what it does.

    On the device of `dados` it is called directly. Elsewhere raises `SemResposta` when it is not done within the
    deadline, and at once while an earlier call on the device is overdue. The function may then still take effect.
    """
    return _faixas.fazer(pasta, partial(funcao, *args, **kwargs))


def fazer_ou_desfazer(pasta: Path, acao: Callable[[], T], desfazer: Callable[[], object]) -> T:
    """Does as `fazer`. What an overdue call did in the end is taken back, before anything else is done in the lane.

    It is for the few effects that no recovery would find when the caller goes on without them.
    """
    return _faixas.fazer(pasta, acao, desfazer)


def conferir(
    pasta: Path,
    marca: str | None,
    *,
    escrita: bool,
    reserva_bytes: int = 0,
    cantos: Cantos | None = None,
) -> list[Problema]:
    """Does as `saude.conferir`, by the lane of the folder. A device that does not answer is one more finding."""
    try:
        return fazer(pasta, saude.conferir, pasta, marca, escrita=escrita, reserva_bytes=reserva_bytes, cantos=cantos)
    except SemResposta as falha:
        return [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)]


def prefixo(cantos: Cantos, pasta: Path | None) -> bytes:
    """Does as `cantos.prefixo`. A folder whose device does not answer gets a corner that nobody has, no folder none."""
    if pasta is None:
        return b""
    if cantos.nome(pasta) is None:
        try:
            return fazer(pasta, cantos.prefixo, pasta)
        except SemResposta:
            return cantos.de_ninguem()
    return cantos.prefixo(pasta)


def dispositivo(pasta: Path) -> str | None:
    """Returns the device of a path when it is another than that of `dados`; None when it is the same."""
    return _faixas.dispositivo(pasta)


def presa(pasta: Path) -> bool:
    """Says whether a call on the device of the folder is overdue now. Does not wait."""
    faixa = _faixas.faixa(pasta)
    return faixa is not None and faixa.presa


def presas() -> bool:
    """Says whether any device has an overdue call now."""
    return _faixas.presas()


def responde(pasta: Path) -> bool:
    """Says, without waiting, whether the device of the folder answers. False once a look at it is overdue."""
    faixa = _faixas.faixa(pasta)
    return faixa is None or faixa.responde(pasta)


def sondar(pastas: Iterable[Path]) -> None:
    """Looks at every other device of these folders at the same time, and waits one deadline for all of them."""
    _faixas.sondar(pastas)


def em_faixa() -> bool:
    """Says whether this is the thread of a lane. It must not hand work to threads that others share or join."""
    return neste_fio() is not None


def _depois_do_fork() -> None:
    """Gives a child lanes of its own, because threads do not survive a fork."""
    global _faixas  # noqa: PLW0603 -- as in `usar`
    _faixas = _faixas.sem_fios()


os.register_at_fork(after_in_child=_depois_do_fork)
