"""The one way to open the state database, and the one way to write in it (confiabilidade.md W1, W2, W6)."""

import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

from separador.banco.instante import instante_de, texto_de
from separador.banco.migracoes.conjunto import MIGRACOES

__all__ = ["ARQUIVO", "ESPERA_S", "Banco", "abrir", "instante_de", "texto_de", "versao_dos_dados"]

ARQUIVO = "separador.db"
ESPERA_S = 10.0


class Banco(sqlite_utils.Database):
    """sqlite-utils with every write transaction IMMEDIATE.

    A deferred BEGIN that reads and then writes fails at once with "database is locked", whatever the busy timeout
    (measured: confiabilidade.md E5). sqlite-utils opens its own transactions through `atomic`, so one override covers
    its inserts, upserts and migrations too.
    """

    @contextmanager
    def atomic(self) -> Generator["Banco", None, None]:
        """A transaction, or a savepoint inside the one that is open."""
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield self
        except BaseException:
            self.conn.rollback()
            raise
        try:
            self.conn.execute("COMMIT")
        except BaseException:
            self.conn.rollback()
            raise

    transacao = atomic

    def begin(self) -> None:
        """By hand, and IMMEDIATE like all."""
        self.conn.execute("BEGIN IMMEDIATE")

    @contextmanager
    def ponto(self) -> Generator[None, None, None]:
        """A savepoint in the open transaction: one document's failure takes back what that document wrote."""
        self.conn.execute("SAVEPOINT documento")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO documento")
                self.conn.execute("RELEASE documento")
            raise
        self.conn.execute("RELEASE documento")

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> sqlite3.Cursor:
        """Inside a transaction straight to the connection: the wrapper's care for implicit ones is not needed there."""
        if self.conn.in_transaction:
            return self.conn.execute(sql, parameters if parameters is not None else ())
        return super().execute(sql, parameters)

    def uma(self, sql: str, *valores: object) -> sqlite3.Row | None:
        """First row, or None."""
        linha: sqlite3.Row | None = self.execute(sql, valores).fetchone()
        return linha

    def todas(self, sql: str, *valores: object) -> list[sqlite3.Row]:
        """All rows."""
        return list(self.execute(sql, valores).fetchall())


def abrir(dados: Path, *, migrar: bool = True) -> Banco:
    """Open (and with `migrar`, create or bring up to date) the database of a data folder.

    The caller has made sure that the folder is not on a network filesystem (W2). Raises sqlite3.Error.
    """
    _criar(dados / ARQUIVO)
    conexao = sqlite3.connect(str(dados / ARQUIVO), timeout=ESPERA_S, isolation_level=None)
    try:
        return _preparar(conexao, migrar)
    except BaseException:
        conexao.close()
        raise


def _criar(arquivo: Path) -> None:
    """An empty database that others cannot read; SQLite's own default is the umask's."""
    try:
        os.close(os.open(arquivo, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640))
    except FileExistsError:
        return
    except OSError as erro:
        raise sqlite3.OperationalError(f"{arquivo}: {os.strerror(erro.errno or 0)}") from erro


def _preparar(conexao: sqlite3.Connection, migrar: bool) -> Banco:
    conexao.row_factory = sqlite3.Row
    conexao.execute("PRAGMA journal_mode=WAL")
    conexao.execute("PRAGMA synchronous=FULL")
    conexao.execute("PRAGMA foreign_keys=ON")
    conexao.execute("PRAGMA cache_size=-8000")
    # The log is copied back when the service is idle (`esvaziar_diario`); under load at 32 MB, so that a page that
    # every group touches is copied once and not for each.
    conexao.execute("PRAGMA wal_autocheckpoint=8000")
    banco = Banco(conexao, execute_plugins=False)
    if migrar and MIGRACOES.pending(banco):
        with banco.transacao():
            MIGRACOES.apply(banco)
    return banco


def esvaziar_diario(banco: Banco) -> None:
    """Copy the write-ahead log back into the database; for idle moments. Readers are not disturbed."""
    banco.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def versao_dos_dados(banco: Banco) -> int:
    """A number that changes when *another* connection has committed: the cheap way to notice recorded orders."""
    linha = banco.execute("PRAGMA data_version").fetchone()
    return int(linha[0])
