"""Opens the database for writing by a command. Every refusal becomes a sentence for the operator."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from separador.acesso.banco import auditoria
from separador.cli.base.comum import Saida, sair
from separador.cli.base.dono import em_nome_do_dono
from separador.nucleo.texto.razao import razao
from separador.pastas.criacao import criar_nossas

if TYPE_CHECKING:
    from separador.banco.conexao import Banco


@contextmanager
def escrevendo(dados: Path, *, migrar: bool = False, explicar: bool = True) -> Generator["Banco", None, None]:
    """Yields the database for writing, and seals the audit trail after it.

    With `migrar`, the database is made or brought up to date. When SQLite refuses, the command ends (1), unless
    `explicar` is off: then sqlite3.Error goes on. A database that must not be used here ends it with 2.
    """
    from separador.banco.conexao import BancoRecusadoError, abrir  # noqa: PLC0415 -- sqlite-utils, only to write

    try:
        if migrar:
            criar_nossas(dados)
        with em_nome_do_dono(dados):
            banco = abrir(dados, migrar=migrar)
        try:
            with em_nome_do_dono(dados):
                _selar_se_ha(banco, dados)  # a new trail has its first seal before its first row
            yield banco
        finally:
            with em_nome_do_dono(dados):
                _selar_se_ha(banco, dados)
                banco.close()
    except sqlite3.Error as erro:
        if not explicar:
            raise
        if isinstance(erro, BancoRecusadoError):
            sair(Saida.USO, str(erro))
        sair(
            Saida.RECUSADO,
            f"Não consegui escrever no banco ({razao(erro)}); nada foi mudado. Use o usuário do serviço, ou sudo.",
        )


def _selar_se_ha(banco: "Banco", dados: Path) -> None:
    if auditoria.existe(banco):
        auditoria.selar(banco, dados)
