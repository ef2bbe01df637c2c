"""Copies the database while the service writes to it, and reads a database of a copy."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from separador.banco.leitura import ARQUIVO, abrir_leitura
from separador.nucleo.situacao import Situacao

PASSO_PAGINAS = 512
"""Pages copied in one step: 2 MB, a few milliseconds."""
PAUSA_S = 0.002
"""Time left to the disk between two steps."""
PROVISORIO = ".separador-copia.db"
"""Name of the copy beside the database while it is made. It never lies on a share, where SQLite's locks may hang."""
PASTAS = ("fiscal", "arquivo", "recibos", "duplicados", "quarentena")
"""Folders of the data folder whose files are written once and then only read, or removed by retention."""


class SemBancoError(Exception):
    """There is no database to copy. The text is for the operator (Portuguese)."""


def copiar(dados: Path, pausar: Callable[[float], None] = time.sleep) -> Path:
    """Returns a copy of the database as it is at one instant, beside it, durable. The caller removes it.

    Nobody waits for it: it reads one snapshot of the write-ahead log, in steps, and so does not begin anew when the
    service commits. Raises `SemBancoError`, sqlite3.Error, OSError.
    """
    novo = dados / PROVISORIO
    limpar(dados)
    os.close(os.open(novo, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    origem = abrir_leitura(dados)
    if origem is None:
        limpar(dados)
        raise SemBancoError(f"Não há banco de dados em {dados}; não há o que copiar.")
    destino = sqlite3.connect(str(novo), isolation_level=None)
    try:
        destino.execute("PRAGMA synchronous=OFF")
        # An open read transaction holds the snapshot. Without it each commit of the service would make SQLite begin
        # the whole copy again.
        origem.execute("BEGIN")
        origem.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origem.backup(destino, pages=PASSO_PAGINAS, progress=lambda *_: pausar(PAUSA_S), sleep=0)
        destino.execute("PRAGMA journal_mode=DELETE")  # so that whoever reads it needs no file beside it
    finally:
        destino.close()
        origem.close()
    fd = os.open(novo, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return novo


def limpar(dados: Path) -> None:
    """Removes what a copy that was cut short left beside the database. Raises OSError."""
    for final in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(dados / (PROVISORIO + final))


@contextlib.contextmanager
def lendo(arquivo: Path | str) -> Iterator[sqlite3.Connection]:
    """Yields a database that nobody writes to, and makes no file beside it. Raises sqlite3.Error."""
    uri = "file:" + str(arquivo).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    c = sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True)
    try:
        c.row_factory = sqlite3.Row
        c.execute("PRAGMA query_only=ON")
        yield c
    finally:
        c.close()


def documentos(c: sqlite3.Connection) -> dict[str, int]:
    """Returns how many documents are in each situação, by the index."""
    sql = "SELECT count(*) FROM documento WHERE situacao = ?"
    contados = {s.value: int(c.execute(sql, (s.value,)).fetchone()[0]) for s in Situacao}
    return {situacao: n for situacao, n in contados.items() if n}


def processados(c: sqlite3.Connection) -> Iterator[tuple[str, str | None, str | None]]:
    """Yields (key, path in the data folder, sha256) of the processed documents of the authorised documents; path and
    sum None for one that has none."""
    sql = (
        "SELECT d.chave, p.pasta, p.nome, p.sha256 FROM documento d LEFT JOIN publicacao p ON p.id ="
        " (SELECT max(q.id) FROM publicacao q WHERE q.documento_id = d.id AND q.tipo = 'fiscal'"
        "  AND q.estado <> 'retirada') WHERE d.situacao IN ('AUTORIZADO PELA SEFAZ',"
        " 'AGUARDANDO RETORNO DE CANCELAMENTO', 'CANCELAMENTO REJEITADO')"
    )
    for chave, pasta, nome, sha256 in c.execute(sql):
        if pasta is None:
            yield str(chave), None, None
        else:
            yield str(chave), f"fiscal/{Path(str(pasta)).name}/{os.fsdecode(nome)}", str(sha256)


__all__ = ["ARQUIVO", "PASTAS", "SemBancoError", "copiar", "documentos", "lendo", "limpar", "processados"]
