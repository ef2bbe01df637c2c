"""Remembers in the data folder where copies were made, and when: `copias.json`.

The database has no such table on purpose: a database that was put back would not know of the newest copies.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from separador.nucleo.texto.json_lido import ler_json
from separador.pastas.criacao import dar_ao_dono

ARQUIVO = "copias.json"


def ler(dados: Path) -> dict[str, dict[str, str]]:
    """Returns destination → what is remembered of it: `copia`, `feita`, `ensaiada`, `ensaio`. Empty when there is
    nothing, or nothing that can be read."""
    try:
        lido: Any = ler_json((dados / ARQUIVO).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(lido, dict):
        return {}
    return {str(p): {str(c): str(v) for c, v in d.items()} for p, d in lido.items() if isinstance(d, dict)}


def conhece(dados: Path, destino: Path) -> bool:
    """Says whether copies were made in this folder."""
    return os.path.abspath(destino) in ler(dados)


def mais_nova(dados: Path) -> tuple[Path, dict[str, str]] | None:
    """Returns the destination of the newest copy, and what is remembered of it; None when there is none."""
    todas = [(d.get("feita", ""), p, d) for p, d in ler(dados).items() if d.get("feita")]
    if not todas:
        return None
    _, pasta, dito = max(todas, key=lambda t: t[:2])
    return Path(pasta), dito


def anotar(dados: Path, destino: Path, **campos: str) -> None:
    """Remembers something of a destination, atomically. Raises OSError."""
    todos = ler(dados)
    todos[os.path.abspath(destino)] = {**todos.get(os.path.abspath(destino), {}), **campos}
    novo = dados / f".{ARQUIVO}.novo"
    with suppress(FileNotFoundError):
        novo.unlink()
    fd = os.open(novo, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    with open(fd, "w", encoding="ascii") as aberto:
        dar_ao_dono(fd, dados)
        aberto.write(json.dumps(todos, indent=1) + "\n")
        aberto.flush()
        os.fsync(fd)
    novo.replace(dados / ARQUIVO)
