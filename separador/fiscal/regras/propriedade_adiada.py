"""Holds a property that is worked out at its first use."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class uma_vez(Generic[T]):  # noqa: N801 - reads as a decorator
    """`functools.cached_property` without its lock.

    The lock costs more than most of what is kept here, and a view belongs to one thread. The class needs a `__dict__`.
    """

    def __init__(self, funcao: Callable[[Any], T]) -> None:
        self._funcao = funcao
        self._nome = funcao.__name__
        self.__doc__ = funcao.__doc__

    def __get__(self, dono: Any, classe: type | None = None) -> T:
        valor: T = self._funcao(dono)
        dono.__dict__[self._nome] = valor
        return valor
