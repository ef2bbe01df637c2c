"""Holds the parts that reading commands share: the database opened for reading, the state of the service, times."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from separador.banco import leitura as leitura_do_banco
from separador.banco.versoes.marca import BancoRecusadoError
from separador.cli.base.comum import Saida, sair
from separador.nucleo.texto.razao import razao
from separador.pedidos.tempo import agora_utc, hora_local, idade_s, inicio_do_dia, por_extenso
from separador.pedidos.vivo import Vivo, servico_vivo

__all__ = [
    "Vivo",
    "agora_utc",
    "hora_local",
    "idade_s",
    "inicio_do_dia",
    "lendo",
    "nao_li",
    "por_extenso",
    "servico_vivo",
]
"""Commands import all of these from here."""


@contextmanager
def lendo(dados: Path) -> Generator[sqlite3.Connection | None, None, None]:
    """Yields the database for reading; None before the first start.

    A database that cannot be read ends the command (1), one that must not be used here too (2).
    """
    conexao = None
    try:
        conexao = leitura_do_banco.abrir_leitura(dados)
        yield conexao
    except sqlite3.Error as erro:
        nao_li(dados, erro)
    finally:
        leitura_do_banco.fechar(conexao)


def nao_li(dados: Path, erro: sqlite3.Error) -> NoReturn:
    """Ends a command that could not read the database: 2 for one that must not be used here, else 1."""
    if isinstance(erro, BancoRecusadoError):
        sair(Saida.USO, str(erro))
    arquivo = dados / leitura_do_banco.ARQUIVO
    sair(Saida.RECUSADO, f"Não consegui ler {arquivo} ({razao(erro)}); confira com: separador verificar")
