"""Puts a database in the place of another, in one step that a death cannot cut: before it the old one counts, after it
the new one.

The service is stopped and the caller holds its lock.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from separador.banco.leitura import ARQUIVO

_AO_LADO = ("-wal", "-shm")


class EmUsoError(Exception):
    """Another program reads the database: its log cannot be copied back. Nothing has changed."""


def por_no_lugar(dados: Path, novo: Path, *, guardar_como: str | None = None) -> None:
    """Renames `novo`, which lies beside it, over the database. `guardar_como`: a name that the old one keeps beside it.

    Raises sqlite3.Error, OSError, EmUsoError; then the old one is what counts.
    """
    velho = dados / ARQUIVO
    with closing(sqlite3.connect(velho, isolation_level=None)) as c:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    diario = velho.with_name(ARQUIVO + _AO_LADO[0])
    if diario.exists() and diario.stat().st_size:
        raise EmUsoError("outro programa ainda lê o banco")
    durar(novo, velho.stat().st_mode & 0o777)
    if guardar_como is not None:
        _guardar(velho, dados / guardar_como)
    for final in _AO_LADO:
        velho.with_name(ARQUIVO + final).unlink(missing_ok=True)
    novo.replace(velho)
    durar_pasta(dados)


def _guardar(velho: Path, guardado: Path) -> None:
    """Gives the old one a second name: by a link, which takes no room, or by a copy where the disk has no links."""
    provisorio = guardado.with_name(f".{guardado.name}")
    provisorio.unlink(missing_ok=True)
    try:
        os.link(velho, provisorio)
    except OSError:
        shutil.copyfile(velho, provisorio)
        durar(provisorio, velho.stat().st_mode & 0o777)
    provisorio.replace(guardado)
    provisorio.unlink(missing_ok=True)  # both were names of one file already: then the system renames nothing
    durar_pasta(guardado.parent)


def durar(arquivo: Path, modo: int) -> None:
    """Gives the file its mode and waits until it is on the disk."""
    with arquivo.open("rb") as aberto:
        os.fchmod(aberto.fileno(), modo)
        os.fsync(aberto.fileno())


def durar_pasta(pasta: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    descritor = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descritor)
    finally:
        os.close(descritor)
