"""Finds the shared samples, which stay outside the repository."""

from pathlib import Path

import pytest

PASTA = Path(__file__).parents[2].parent / "shared" / "amostras"
OURO, PUBLICAS = PASTA / "ouro", PASTA / "publicas"


def ouro(nome: str) -> bytes:
    """Returns a file of the golden set. Skips the test, and says so, where the set is absent."""
    arquivo = OURO / nome
    if not arquivo.is_file():
        pytest.skip(f"amostras de ouro ausentes: {OURO}")
    return arquivo.read_bytes()
