"""Copies the database beside itself before a migration, so that there is a way back.

The caller holds the write lock: nothing comes between the copy and the migration. The copy has its name only when all
of it is on the disk, so a copy that can be found is whole.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from separador import __version__
from separador.banco import troca
from separador.banco.leitura import ARQUIVO
from separador.banco.versoes.marca import BancoRecusadoError
from separador.nucleo.texto.razao import razao

PREFIXO = f"{ARQUIVO}.antes-de-"
PROVISORIA = f".{ARQUIVO}.antes-de"
GUARDADAS = 2
_PAGINAS = 2_000
_FOLGA = 1.05
"""Of the size of the database: the room that a copy needs."""
_MB = 1_000_000
_NOME = re.compile(re.escape(PREFIXO) + r"(\d+\.\d+\.\d+[.a-z0-9+]*)")


@dataclass(frozen=True, slots=True)
class Copia:
    """A copy beside the database. `antes_de`: the version that was about to migrate it."""

    arquivo: Path
    antes_de: str
    feita_em: datetime
    tamanho: int


def copias(dados: Path) -> list[Copia]:
    """Returns the copies that there are, newest first."""
    achadas = []
    for arquivo in dados.glob(f"{PREFIXO}*"):
        nome = _NOME.fullmatch(arquivo.name)
        if nome is not None and arquivo.is_file():
            visto = arquivo.stat()
            achadas.append(Copia(arquivo, nome[1], datetime.fromtimestamp(visto.st_mtime, UTC), visto.st_size))
    return sorted(achadas, key=lambda c: c.feita_em, reverse=True)


def guardar(dados: Path, andamento: Callable[[], object], programa: str = __version__) -> Path:
    """Copies what is committed, and removes all but the newest copies. `andamento` is called after each step.

    Raises `BancoRecusadoError`, with one sentence, when there is no room; then nothing is there that was not before.
    """
    provisoria, destino = dados / PROVISORIA, dados / f"{PREFIXO}{programa}"
    try:
        provisoria.unlink(missing_ok=True)
        os.close(os.open(provisoria, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o640))
        _copiar(dados, provisoria, andamento)
        troca.durar(provisoria, (dados / ARQUIVO).stat().st_mode & 0o777)
        provisoria.replace(destino)
        troca.durar_pasta(dados)
    except (OSError, sqlite3.OperationalError) as erro:
        _remover(provisoria)
        raise BancoRecusadoError(
            f"A cópia do banco antes da atualização não pôde ser feita em {dados} ({razao(erro)}); nada foi migrado. "
            "Resolva isso e ligue de novo, ou ligue a versão anterior."
        ) from erro
    except BaseException:
        _remover(provisoria)
        raise
    for velha in copias(dados)[GUARDADAS:]:
        velha.arquivo.unlink(missing_ok=True)
    return destino


def _copiar(dados: Path, provisoria: Path, andamento: Callable[[], object]) -> None:
    origem = f"{(dados / ARQUIVO).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(origem, uri=True)) as de, closing(sqlite3.connect(provisoria)) as para:
        _exigir_espaco(de, dados)
        # What is half written when the machine dies is never found under the copy's name.
        para.execute("PRAGMA journal_mode=OFF")
        para.execute("PRAGMA synchronous=OFF")
        de.backup(para, pages=_PAGINAS, progress=lambda *_: andamento())
        para.execute("PRAGMA journal_mode=DELETE")  # one file, which nobody changes by reading it


def _exigir_espaco(de: sqlite3.Connection, dados: Path) -> None:
    paginas, tamanho = (int(de.execute(f"PRAGMA {nome}").fetchone()[0]) for nome in ("page_count", "page_size"))
    preciso, livres = int(paginas * tamanho * _FOLGA), shutil.disk_usage(dados).free
    if livres < preciso:
        raise BancoRecusadoError(
            f"A cópia do banco antes da atualização não cabe em {dados}: preciso de {preciso / _MB:.1f} MB e há "
            f"{livres / _MB:.1f} MB; nada foi migrado. Libere espaço e ligue de novo, ou ligue a versão anterior."
        )


def _remover(provisoria: Path) -> None:
    for final in ("", "-journal", "-wal", "-shm"):
        with suppress(OSError):  # what stays goes before the next copy
            provisoria.with_name(provisoria.name + final).unlink(missing_ok=True)
