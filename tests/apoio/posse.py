"""Holds an installation for tests of folders that start no service."""

import shutil
from pathlib import Path

from separador.pastas.posse.instalacao import Quem

QUEM = Quem("aa", "maquina-de-teste")
OUTRA = Quem("bb", "outra-maquina")
CANTO = "aa-1"
P = b".separador/aa-1/"
"""Beginning of the name of a file that QUEM stages in its first epoch."""


def restos(pasta: Path) -> list[str]:
    """Returns what lies in `.separador` of a folder besides the sentinel and the signs of life: files by name, and lots
    of claims."""
    propria = pasta / ".separador"
    arquivos = [p.name for p in propria.rglob("*") if p.is_file() and p.name not in ("marca", "vivo")]
    return sorted(arquivos + [p.name for p in propria.glob("*/trabalho/*") if p.is_dir()])


def canto(pasta: Path) -> Path:
    """Returns the one corner of a folder."""
    (unico,) = (p for p in (pasta / ".separador").iterdir() if p.is_dir() and "-" in p.name)
    return unico


def largar(raiz: Path) -> None:
    """Makes every folder below `raiz` nobody's, for an installation that comes after another one."""
    for propria in list(raiz.rglob(".separador")):
        shutil.rmtree(propria)
