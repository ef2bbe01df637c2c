"""Gathers for a copy the files outside of the data folder that capabilities name, such as filed receipts.

Their folders may lie on shares, where others write: they are read by descriptor, by the lane of the device.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from separador.capacidades.copias.dominio.manifesto import caminho_bom
from separador.configuracao import Configuracao
from separador.nucleo import capacidade

EXTERNOS = "externos/pasta"


@dataclass(frozen=True, slots=True)
class Pasta:
    """A folder, where its files go in a copy, and their paths below it. `externa`: outside of what a restored
    configuration finds by itself."""

    raiz: Path
    prefixo: str
    externa: bool
    caminhos: list[str] = field(default_factory=list)


def pastas(c: sqlite3.Connection, config: Configuracao, *, relativa: bool) -> Iterator[Pasta]:
    """Yields the folders that the capabilities name, each once with all its files."""
    todos = sorted({par for achar in capacidade.de_cada("de_fora") for par in achar(c, config)})
    for n, (raiz, pares) in enumerate(groupby(todos, key=lambda par: par[0]), 1):
        dentro = relativa and raiz.is_relative_to(config.raiz) and raiz != config.raiz
        prefixo = str(raiz.relative_to(config.raiz)) if dentro else f"{EXTERNOS}-{n}"
        yield Pasta(raiz, prefixo, not dentro, [caminho for _, caminho in pares if caminho_bom(caminho)])
