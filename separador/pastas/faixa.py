"""Defines one lane: the calls on one device, done by one thread, and who waits for them how long (`faixas`)."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
_onde = threading.local()


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
        """Returns what the work returned, or raises what it raised. Call it only when it is done, and once.

        The exception is not kept: its frames hold this call, and open folders that nothing would close for long.
        """
        erro, self._erro = self._erro, None
        if erro is None:
            return cast("T", self._valor)
        try:
            raise erro
        finally:
            del erro


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
            self._toque = (agora_s, toque(pasta))
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
            del chamada  # what it returned or raised is the caller's, while the lane waits


def toque(pasta: Path) -> Chamada[None]:
    """Returns a call that asks the device of the folder for a sign of life."""
    return Chamada(partial(tocar, pasta))


def tocar(pasta: Path) -> None:
    """Asks the device for something that no cache of this machine answers. What it answers does not matter."""
    try:
        os.statvfs(pasta)
    except OSError:
        return


def neste_fio() -> Faixa | None:
    """Returns the lane whose thread this is; None in any other thread."""
    faixa: Faixa | None = getattr(_onde, "faixa", None)
    return faixa
