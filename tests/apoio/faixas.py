"""Makes folders of a test belong to another device, and makes calls on them hang until the test lets them go on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from separador.pastas import faixas
from separador.pastas.montagens import Montagens

PRAZO_S = 0.25
"""Deadline of the lanes in tests."""


class Discos(Montagens):
    """A table of mounts that the test writes: folder → name of its device. Everything else is on `nosso`."""

    def __init__(self, discos: dict[Path, str]) -> None:
        super().__init__()
        self.discos = discos

    def dispositivo(self, caminho: Path) -> str:
        de = [d for p, d in self.discos.items() if caminho == p or caminho.is_relative_to(p)]
        return de[0] if de else "nosso"


@contextmanager
def discos(dados: Path, de: dict[Path, str], *, prazo_s: float = PRAZO_S) -> Iterator[None]:
    """Sets the lanes of this process for the time of the block."""
    faixas.usar(dados, prazo_s=prazo_s, montagens=Discos(de))
    try:
        yield
    finally:
        faixas.usar(None)


class Trava:
    """Stands in for a function that hangs: before its effect, or after it. `chamadas` counts how often it was begun."""

    def __init__(self, funcao: Callable[..., Any], *, depois: bool, quando: Callable[..., bool] | None = None) -> None:
        self._funcao, self._depois = funcao, depois
        self._quando = quando or (lambda *_: True)
        self._solta = threading.Event()
        self.preso = threading.Event()
        self.feito = threading.Event()
        self.chamadas = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.chamadas += 1
        if self._solta.is_set() or not faixas.em_faixa() or not self._quando(*args):
            return self._funcao(*args, **kwargs)
        if not self._depois:
            self._travar()
            return self._funcao(*args, **kwargs)
        valor = self._funcao(*args, **kwargs)
        self._travar()
        return valor

    def metodo(self) -> Callable[..., Any]:
        """Returns the double in the form of a method."""

        def chamar(este: object, *args: Any, **kwargs: Any) -> Any:
            return self(este, *args, **kwargs)

        return chamar

    def _travar(self) -> None:
        self.preso.set()
        assert self._solta.wait(60), "ninguém soltou a chamada"

    def soltar(self) -> None:
        """Lets the call return, now and from now on, and waits until the lane is free again."""
        self._solta.set()
        limite = threading.Event()
        for _ in range(500):
            if not faixas.presas():
                return
            limite.wait(0.01)
        raise AssertionError("a faixa não ficou livre")
