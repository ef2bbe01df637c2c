"""Gives the golden documents of tests/amostras/ouro: a CT-e, its cancellation, and SEFAZ's answers to both.

They were made for this project, with an invented company and a certificate whose key nobody has any more.
"""

from pathlib import Path

OURO = Path(__file__).resolve().parents[1] / "amostras" / "ouro"


def ouro(nome: str) -> bytes:
    """Returns one file of the golden set."""
    return (OURO / nome).read_bytes()
