"""Opens the database for writing by a command. Every refusal becomes a sentence for the operator."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from separador.banco.versoes.marca import BancoRecusadoError
from separador.cli.base.comum import Saida, sair
from separador.nucleo.texto.razao import razao
from separador.pedidos import escrita

if TYPE_CHECKING:
    from separador.banco.conexao import Banco


@contextmanager
def escrevendo(dados: Path, *, migrar: bool = False, explicar: bool = True) -> Generator["Banco", None, None]:
    """Yields the database for writing, and seals the audit trail after it.

    With `migrar`, the database is made or brought up to date. When SQLite refuses, the command ends (1), unless
    `explicar` is off: then sqlite3.Error goes on. A database that must not be used here ends it with 2.
    """
    try:
        with escrita.escrevendo(dados, migrar=migrar) as banco:
            yield banco
    except sqlite3.Error as erro:
        if not explicar:
            raise
        sair_por(erro, f"Não consegui escrever no banco ({razao(erro)}); nada foi mudado.")


def sair_por(erro: sqlite3.Error, frase: str) -> NoReturn:
    """Ends a command that could not write: 2 for a database that must not be used here, else 1."""
    if isinstance(erro, BancoRecusadoError):
        sair(Saida.USO, str(erro))
    sair(Saida.RECUSADO, f"{frase} Use o usuário do serviço, ou sudo.")
