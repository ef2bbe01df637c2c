"""Runs the threads that wait for the disk, so that the flushes of a group reach it together."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta

QUANTOS = 8
T = TypeVar("T")


def fios() -> Executor | None:
    """Returns the threads; None in the thread of a lane, because a disk that hangs would hold those of all disks."""
    return None if faixas.em_faixa() else _fios_dos_arquivos()


@cache
def _fios_dos_arquivos() -> Executor:
    """Returns the threads. They are made in the process that uses them, at their first use, and never before a fork."""
    return ThreadPoolExecutor(QUANTOS, thread_name_prefix="gravacao")


def juntas(acao: Callable[[T], None], itens: Sequence[T]) -> list[FalhaDePasta | None]:
    """Runs `acao` on all items at the same time and waits for all: the device joins the flushes of several folders.

    Returns the failure or None of each, in order. Another error than FalhaDePasta is raised once no thread is at work.
    `acao` only flushes. It may use `fios`, which is another pool.
    """
    if len(itens) == 1:
        return [_tentar(acao, itens[0])]
    em_curso = [_fios_das_pastas().submit(_tentar, acao, item) for item in itens]
    achados = [f.exception() for f in em_curso]  # waits for all before the first is looked at
    for erro in achados:
        if erro is not None:
            raise erro
    return [f.result() for f in em_curso]


def _tentar(acao: Callable[[T], None], item: T) -> FalhaDePasta | None:
    try:
        acao(item)
    except FalhaDePasta as falha:
        return falha
    return None


@cache
def _fios_das_pastas() -> Executor:
    """Returns a pool apart from `fios`, because its threads wait for those of `fios`."""
    return ThreadPoolExecutor(QUANTOS, thread_name_prefix="pastas")


# Threads do not survive a fork, so a child makes its own. The tests have such children.
os.register_at_fork(after_in_child=_fios_dos_arquivos.cache_clear)
os.register_at_fork(after_in_child=_fios_das_pastas.cache_clear)
