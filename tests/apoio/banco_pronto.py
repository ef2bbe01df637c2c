"""Gives a new data folder a database that is migrated already: the migrations run once per session, not per test."""

import functools
import tempfile
from pathlib import Path

from separador.banco import conexao
from separador.banco.conexao import ARQUIVO, abrir

_criar_de_verdade = conexao._criar


@functools.cache
def _migrado() -> bytes:
    """Returns what the program itself makes of an empty file."""
    with tempfile.TemporaryDirectory(prefix="separador-banco-") as pasta:
        conexao._criar = _criar_de_verdade
        banco = abrir(Path(pasta))
        banco.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        banco.close()
        return (Path(pasta) / ARQUIVO).read_bytes()


def _criar_pronto(arquivo: Path) -> None:
    _criar_de_verdade(arquivo)
    if arquivo.stat().st_size == 0:
        arquivo.write_bytes(_migrado())


def ligar(*, pronto: bool) -> None:
    """Chooses what `abrir` makes of a missing database in this process: one that is ready, or an empty file to migrate,
    as in the product."""
    if pronto:
        _migrado()  # now, so that children that are forked have it
    conexao._criar = _criar_pronto if pronto else _criar_de_verdade
