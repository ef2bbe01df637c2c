"""Kills the service at the n-th call that would change the disk, in a child process that really ends there.

It counts the calls through which the product changes the disk: renames, links, removals, folders made, flushes, and
COMMITs. To die before call n is to die after call n-1. The strace test kills at system calls. This one is quick enough
for every run, and also dies during the recovery.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from separador.banco import conexao
from separador.pastas import disco

MORTO = 137
_CHAMADAS = ("rename", "replace", "link", "unlink", "mkdir", "rmdir", "fsync", "fdatasync")


class Contador:
    """Counts effects once it is armed. At number `morrer_em` the process ends, with nothing flushed or undone."""

    def __init__(self) -> None:
        self.feitos = 0
        self.armado = False
        self.morrer_em = 0

    def contar(self) -> None:
        if not self.armado:
            return
        self.feitos += 1
        if self.feitos == self.morrer_em:
            os._exit(MORTO)

    def armar(self, morrer_em: int) -> None:
        self.armado, self.morrer_em = True, morrer_em


def espionar(contador: Contador) -> None:
    """Puts the counter before every effect. It is only for a process that is going to end: nothing is put back."""
    for nome in _CHAMADAS:
        setattr(os, nome, _contada(getattr(os, nome), contador))
    disco._libc = _Libc(disco._libc, contador)  # type: ignore[assignment]
    original = sqlite3.connect

    class Conexao(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if sql.lstrip().upper().startswith("COMMIT"):
                contador.contar()
            return super().execute(sql, *args)

    class Modulo:
        def __getattr__(self, nome: str) -> Any:
            return getattr(sqlite3, nome)

        @staticmethod
        def connect(*args: Any, **opcoes: Any) -> sqlite3.Connection:
            return original(*args, factory=Conexao, **opcoes)

    conexao.sqlite3 = Modulo()  # type: ignore[assignment]


def _contada(chamada: Callable[..., Any], contador: Contador) -> Callable[..., Any]:
    def contar(*args: Any, **opcoes: Any) -> Any:
        contador.contar()
        return chamada(*args, **opcoes)

    return contar


class _Libc:
    """The C library with its rename counted."""

    def __init__(self, libc: Any, contador: Contador) -> None:
        self._libc = libc
        self._contador = contador

    def __getattr__(self, nome: str) -> Any:
        funcao = getattr(self._libc, nome)
        return _contada(funcao, self._contador) if nome == "renameat2" else funcao


def em_filho(acao: Callable[[Contador], None], recado: Path) -> tuple[int, int]:
    """Runs `acao` in a child with every effect counted. Returns its exit code (MORTO: it died) and the count."""
    recado.unlink(missing_ok=True)
    filho = os.fork()
    if filho == 0:
        codigo = 1
        try:
            contador = Contador()
            espionar(contador)
            acao(contador)
            contador.armado = False
            recado.write_text(str(contador.feitos))
            codigo = 0
        except BaseException:
            import traceback

            recado.write_text(traceback.format_exc())
        finally:
            os._exit(codigo)
    codigo = os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1])
    texto = recado.read_text() if recado.exists() else "0"
    assert codigo in (0, MORTO), texto
    return codigo, int(texto) if codigo == 0 else 0
