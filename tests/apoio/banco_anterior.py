"""Makes databases as they were before a migration, by the migrations of this program that came before it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from separador.banco.conexao import ARQUIVO, Banco
from separador.banco.migracoes.conjunto import MIGRACOES


def fazer(dados: Path, antes_de: str) -> None:
    """Puts a database in the data folder that has only the migrations before this one. One that is there goes."""
    dados.mkdir(parents=True, exist_ok=True)
    for parte in dados.glob(f"{ARQUIVO}*"):
        parte.unlink()
    with closing(sqlite3.connect(dados / ARQUIVO, isolation_level=None)) as conexao:
        conexao.row_factory = sqlite3.Row
        conexao.execute("PRAGMA journal_mode=WAL")
        MIGRACOES.apply(Banco(conexao, execute_plugins=False), stop_before=[antes_de])


def migracoes(arquivo: Path) -> list[str]:
    """Returns the names of the migrations that a database has."""
    with closing(sqlite3.connect(arquivo)) as c:
        return [str(r[0]) for r in c.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
