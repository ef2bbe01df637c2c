"""Writes the database anew, without the room that nothing uses, and puts it in the place of the old one.

The service is stopped and the caller holds its lock. Until the last step the old file is what counts; that step is one
rename.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from separador.banco import troca
from separador.banco.leitura import ARQUIVO

PROVISORIO = f".{ARQUIVO}.compacto"


class NaoConfereError(Exception):
    """The new database is not what the old one is. The message says where. The old one stays."""


def compactar(dados: Path) -> tuple[int, int]:
    """Returns the bytes before and after. Raises sqlite3.Error, OSError, NaoConfereError, troca.EmUsoError; then
    nothing has changed."""
    velho, novo = dados / ARQUIVO, dados / PROVISORIO
    antes = velho.stat()
    novo.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(velho, isolation_level=None)) as c:
            c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            c.execute("VACUUM INTO ?", (str(novo),))
            _conferir(c, novo)
        troca.por_no_lugar(dados, novo)
    finally:
        novo.unlink(missing_ok=True)
    return antes.st_size, velho.stat().st_size


def _conferir(velho: sqlite3.Connection, arquivo: Path) -> None:
    """Compares what counts: every page whole, the same tables, in each the same rows by number and by last id."""
    with closing(sqlite3.connect(f"{arquivo.as_uri()}?mode=ro", uri=True)) as novo:
        dito = novo.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if dito != "ok":
            raise NaoConfereError(f"o banco novo não está inteiro: {dito}")
        if _objetos(velho) != _objetos(novo):
            raise NaoConfereError("o banco novo não tem as mesmas tabelas e guardas")
        for tabela in _tabelas(velho):
            conta = f'SELECT count(*) FROM "{tabela}"'  # noqa: S608 -- a name that the database gave
            if velho.execute(conta).fetchone() != novo.execute(conta).fetchone():
                raise NaoConfereError(f"a tabela {tabela} não tem as mesmas linhas")


def _objetos(c: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return {(str(t), str(n), sql) for t, n, sql in c.execute("SELECT type, name, sql FROM sqlite_master")}


def _tabelas(c: sqlite3.Connection) -> list[str]:
    return [str(n) for (n,) in c.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
