"""Writes the root of a receipt relative to the data folder, and finds it again: a copied installation, or one that was
moved as a whole, shows its own files. It is pure, and follows no link."""

import os
from pathlib import Path


def anotada(dados: Path, raiz: Path) -> str:
    """Returns the root as it is recorded. One that shares no folder with `dados` stays as it is: it did not come with a
    copy."""
    if os.path.commonpath((dados, raiz)) == os.sep:
        return str(raiz)
    return os.path.relpath(raiz, dados)


def achada(dados: Path, dita: str) -> Path:
    """Returns the root that a record means in the installation of `dados`. Records of former versions are absolute."""
    return Path(os.path.normpath(dados / dita))


def arquivo(dados: Path, dita: str, caminho: str) -> str:
    """Returns the place of a receipt, by its recorded root and the path below it."""
    return str(achada(dados, dita) / caminho)
