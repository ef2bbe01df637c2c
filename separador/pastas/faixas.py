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
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast

from separador.pastas import saude
from separador.pastas.erros import SemResposta
from separador.pastas.montagens import Montagens
from separador.pastas.saude import Problema

PRAZO_S = 5.0
"""Longest time that a caller waits for a call on another device."""
VALIDADE_S = 10.0
"""Time after which the device of a path is found out again, because a link on the way may lead elsewhere now."""

P = ParamSpec("P")
T = TypeVar("T")


class Chamada(Generic[T]):
    """One call in a lane. When it was overdue, its result can still be fetched once it is there."""

    def __init__(self, acao: Callable[[], T], desfazer: Callable[[], object] | None = None) -> None:
        self._acao = acao
        self._desfazer = desfazer
        self._feita = threading.Event()
        self._valor: T | None = None
        self._erro: BaseException | None = None
        self.retirada = False
        self.abandonada = False

    def cumprir(self) -> None:
        """Does the work, in the lane's thread. Whatever it raises is for the caller."""
        try:
            self._valor = self._acao()
        except BaseException as erro:  # noqa: BLE001 -- raised again where the call was made
            self._erro = erro

    def desfazer(self) -> None:
        """Takes the work back, when nobody waited for it to its end and it must not stand then."""
        if self._desfazer is not None and self._erro is None:
            try:
                self._desfazer()
            except BaseException as erro:  # noqa: BLE001 -- as above
                self._erro = erro

    def terminar(self) -> None:
        """Lets the caller go on."""
        self._feita.set()

    def esperar(self, prazo_s: float) -> bool:
        """Waits. Returns False when it is not done in time."""
        return self._feita.wait(max(prazo_s, 0.0))

    def resultado(self) -> T:
        """Returns what the work returned, or raises what it raised. Call it only when it is done."""
        if self._erro is not None:
            raise self._erro
        return cast("T", self._valor)


class Faixa:
    """The calls on one device, done by one thread in their order."""

    def __init__(self, nome: str, prazo_s: float) -> None:
        self._nome = nome
        self._prazo_s = prazo_s
        self._mudou = threading.Condition()
        self._espera: deque[Chamada[Any]] = deque()
        self._em_curso: Chamada[Any] | None = None
        self._atrasada: Chamada[Any] | None = None
        self._toque: tuple[float, Chamada[Any]] | None = None
        self._fio: threading.Thread | None = None

    @property
    def presa(self) -> bool:
        """Says whether a call on the device is overdue now."""
        return self._atrasada is not None

    def pedir(self, chamada: Chamada[Any]) -> bool:
        """Puts a call at the end of the queue. Returns False, with nothing done, while another is overdue."""
        with self._mudou:
            if self._atrasada is not None:
                return False
            self._espera.append(chamada)
            if self._fio is None:
                self._fio = threading.Thread(target=self._viver, name=f"faixa {self._nome}", daemon=True)
                self._fio.start()
            self._mudou.notify()
        return True

    def esperar(self, chamada: Chamada[Any], prazo_s: float) -> bool:
        """Waits for a call. Returns False when it is overdue. One that did not begin is taken back, without effect."""
        if chamada.esperar(prazo_s):
            return True
        with self._mudou:
            if chamada.esperar(0):
                return True
            if chamada in self._espera:
                self._espera.remove(chamada)
                chamada.retirada = True
            chamada.abandonada = True
            # Also when this call waited behind another: that one has taken more than a deadline too.
            self._atrasada = self._em_curso
            return False

    def responde(self, pasta: Path) -> bool:
        """Says, without waiting, whether the device answers: False once a look at the folder is overdue."""
        if self.presa:
            return False
        agora_s = time.monotonic()
        if self._toque is None or self._toque[1].esperar(0):
            self._toque = (agora_s, Chamada(partial(tocar, pasta)))
            return self.pedir(self._toque[1])
        return agora_s - self._toque[0] < self._prazo_s or self.esperar(self._toque[1], 0)

    def _viver(self) -> None:
        _onde.faixa = self
        while True:
            with self._mudou:
                while not self._espera:
                    self._mudou.wait()
                chamada = self._em_curso = self._espera.popleft()
            chamada.cumprir()
            with self._mudou:
                if not chamada.abandonada:
                    chamada.terminar()
            if chamada.abandonada:
                chamada.desfazer()
            with self._mudou:
                chamada.terminar()
                self._em_curso = self._atrasada = None


def tocar(pasta: Path) -> None:
    """Asks the device for something that no cache of this machine answers. What it answers does not matter."""
    try:
        os.statvfs(pasta)
    except OSError:
        return


class Faixas:
    """The lanes of a process. `usar` says which device is ours; before that every call is direct."""

    def __init__(self, montagens: Montagens | None = None, prazo_s: float = PRAZO_S) -> None:
        self.prazo_s = prazo_s
        self._montagens = montagens or Montagens()
        self._dados: Path | None = None
        self._trava = threading.Lock()
        self._faixas: dict[str, Faixa] = {}
        self._sabidos: dict[Path, str | None] = {}
        self._de = (-1, 0.0)

    def usar(self, dados: Path | None) -> None:
        """Sets the data folder, whose device needs no lane. None: every call is direct."""
        with self._trava:
            self._dados = dados
            self._sabidos.clear()

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
        self._montagens.tabela()
        agora_s = time.monotonic()
        with self._trava:
            if self._montagens.versao != self._de[0] or agora_s > self._de[1]:
                self._de = (self._montagens.versao, agora_s + VALIDADE_S)
                self._sabidos.clear()
            if pasta not in self._sabidos:
                achado, nosso = self._montagens.dispositivo(pasta), self._montagens.dispositivo(self._dados)
                self._sabidos[pasta] = None if achado == nosso else achado
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
        return faixa if faixa is not getattr(_onde, "faixa", None) else None

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
            chamada = Chamada(partial(tocar, pasta))
            if faixa.pedir(chamada):
                pedidas.append((faixa, chamada))
        limite_s = time.monotonic() + self.prazo_s
        for faixa, chamada in pedidas:
            faixa.esperar(chamada, limite_s - time.monotonic())


_onde = threading.local()
_faixas = Faixas()


def usar(dados: Path | None, *, prazo_s: float = PRAZO_S, montagens: Montagens | None = None) -> None:
    """Sets the data folder of this process, whose device needs no lane. None: every call is direct.

    The lanes that there are stay when nothing changes: one of them may have an overdue call.
    """
    global _faixas  # noqa: PLW0603 -- one set of lanes in each process, as there is one table of mounts
    if montagens is None and _faixas.e_de(dados, prazo_s):
        return
    _faixas = Faixas(montagens, prazo_s)
    _faixas.usar(dados)


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


def conferir(pasta: Path, marca: str | None, *, escrita: bool, reserva_bytes: int = 0) -> list[Problema]:
    """Does as `saude.conferir`, by the lane of the folder. A device that does not answer is one more finding."""
    try:
        return fazer(pasta, saude.conferir, pasta, marca, escrita=escrita, reserva_bytes=reserva_bytes)
    except SemResposta as falha:
        return [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)]


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
    return hasattr(_onde, "faixa")


def _depois_do_fork() -> None:
    """Gives a child lanes of its own, because threads do not survive a fork."""
    global _faixas  # noqa: PLW0603 -- as in `usar`
    _faixas = _faixas.sem_fios()


os.register_at_fork(after_in_child=_depois_do_fork)
