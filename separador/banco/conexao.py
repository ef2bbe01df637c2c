"""Opens the state database for writing and starts its write transactions. Other modules open it for reading only."""

import os
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlite_utils

from separador.banco.instante import instante_de, texto_de
from separador.banco.migracoes.conjunto import MIGRACOES, nomes_das_migracoes
from separador.banco.versoes import copia, marca
from separador.banco.versoes.marca import BancoRecusadoError
from separador.nucleo.texto.razao import do_sistema

__all__ = [
    "ARQUIVO",
    "ESPERA_S",
    "Banco",
    "BancoRecusadoError",
    "Linhas",
    "abrir",
    "instante_de",
    "texto_de",
    "versao_dos_dados",
]

ARQUIVO = "separador.db"
ESPERA_S = 10.0
_PASSOS = 1_000_000
"""Of SQLite between two calls of `andamento`: some tens of milliseconds."""


class NaoCriadoError(sqlite3.OperationalError):
    """The file of the database cannot be made. The message says why."""


class Linhas(Protocol):
    """A connection that reads: `sqlite3.Connection` and `Banco` alike."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> sqlite3.Cursor:
        """Runs one statement."""


class Banco(sqlite_utils.Database):
    """Extends sqlite-utils so that every write transaction is IMMEDIATE.

    A deferred BEGIN that reads and then writes fails at once with "database is locked" when another connection has
    committed in between. The busy timeout does not cover that case (measured: 0.2 ms with a timeout of 5 s).
    sqlite-utils opens its own transactions through `atomic`, so this one override covers its inserts, upserts and
    migrations too.
    """

    @contextmanager
    def atomic(self) -> Generator["Banco", None, None]:
        """Opens a transaction, or a savepoint inside the one that is open."""
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
        """Begins a transaction by hand. It is IMMEDIATE like all others."""
        self.conn.execute("BEGIN IMMEDIATE")

    @contextmanager
    def ponto(self) -> Generator[None, None, None]:
        """Opens a savepoint in the open transaction: one document's failure takes back what that document wrote."""
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
        """Runs one statement. Inside a transaction it goes straight to the connection, where the wrapper's care for
        implicit transactions is not needed."""
        if self.conn.in_transaction:
            return self.conn.execute(sql, parameters if parameters is not None else ())
        return super().execute(sql, parameters)

    def uma(self, sql: str, *valores: object) -> sqlite3.Row | None:
        """Returns the first row, or None."""
        linha: sqlite3.Row | None = self.execute(sql, valores).fetchone()
        return linha

    def todas(self, sql: str, *valores: object) -> list[sqlite3.Row]:
        """Returns all rows."""
        return list(self.execute(sql, valores).fetchall())


def abrir(dados: Path, *, migrar: bool = True, andamento: Callable[[], object] = lambda: None) -> Banco:
    """Opens the database of a data folder. With `migrar`, also creates it or brings it up to date; one that was
    there is copied first (`versoes.copia`). `andamento` is called now and then while that lasts.

    The caller has made sure that the folder is not on a network filesystem: SQLite's WAL does not work there. Raises
    sqlite3.Error; of it `BancoRecusadoError` for a database that a newer version wrote.
    """
    _criar(dados / ARQUIVO)
    conexao = sqlite3.connect(str(dados / ARQUIVO), timeout=ESPERA_S, isolation_level=None)
    try:
        return _preparar(dados, conexao, andamento if migrar else None)
    except BaseException:
        conexao.close()
        raise


def _criar(arquivo: Path) -> None:
    """Creates an empty database that others cannot read. SQLite by itself would follow the umask."""
    try:
        os.close(os.open(arquivo, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640))
    except FileExistsError:
        return
    except OSError as erro:
        raise NaoCriadoError(f"{arquivo}: {do_sistema(erro.errno)}") from erro


def _preparar(dados: Path, conexao: sqlite3.Connection, andamento: Callable[[], object] | None) -> Banco:
    conexao.row_factory = sqlite3.Row
    _recusar_mais_novo(conexao)
    conexao.execute("PRAGMA journal_mode=WAL")
    conexao.execute("PRAGMA synchronous=FULL")
    conexao.execute("PRAGMA foreign_keys=ON")
    conexao.execute("PRAGMA cache_size=-8000")
    # The log is copied back when the service is idle (`esvaziar_diario`). Under load that happens at 32 MB: a page that
    # every group touches is then copied once, and not once for each group.
    conexao.execute("PRAGMA wal_autocheckpoint=8000")
    banco = Banco(conexao, execute_plugins=False)
    if andamento is not None and MIGRACOES.pending(banco):
        _migrar(dados, banco, andamento)
    marca.escrever(banco)
    return banco


def _migrar(dados: Path, banco: Banco, andamento: Callable[[], object]) -> None:
    """Brings the database up to date, all or nothing. Nobody writes between the copy and that."""

    def passo() -> int:
        andamento()
        return 0  # go on

    with banco.transacao():
        if not MIGRACOES.pending(banco):
            return  # another process did it while this one waited
        if MIGRACOES.applied(banco):
            copia.guardar(dados, andamento)
        banco.conn.set_progress_handler(passo, _PASSOS)
        try:
            MIGRACOES.apply(banco)
        finally:
            banco.conn.set_progress_handler(None, 0)


def _recusar_mais_novo(conexao: sqlite3.Connection) -> None:
    """Refuses a database that a newer program has changed into what this one does not understand, before anything in it
    is changed.

    One that says which version may open it is judged by that, else by the migrations that it has.
    """
    lida = marca.ler(conexao)
    if lida is not None:
        marca.exigir(lida)
        return
    if conexao.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone() is None:
        return
    sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id"
    novas = [str(r[0]) for r in conexao.execute(sql, (MIGRACOES.name,)) if str(r[0]) not in nomes_das_migracoes()]
    if novas:
        raise BancoRecusadoError(
            f"O banco de dados foi gravado por uma versão mais nova do separador ({', '.join(novas[:3])}); nada foi "
            "mudado. Instale essa versão, ou restaure a cópia do banco feita antes da atualização."
        )


def esvaziar_diario(banco: Banco) -> None:
    """Copies the write-ahead log back into the database. Call it in idle moments. It does not disturb readers."""
    banco.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def versao_dos_dados(banco: Banco) -> int:
    """Returns a number that changes when *another* connection has committed. It is the cheap way to notice recorded
    orders."""
    linha = banco.execute("PRAGMA data_version").fetchone()
    return int(linha[0])
