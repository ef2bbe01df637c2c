"""Finds the guides that a text names."""

import sqlite3
from collections.abc import Iterator

DE_CADA = 10
"""Most guides that one number gives: taxpayers may share it."""
_MENOR_NUMERO, _ALGARISMOS = 12, 17


def achar(c: sqlite3.Connection, texto: str) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Yields what is found, as `Capacidade.achados` says. A guide is named by its number, as people type it."""
    numero = "".join(letra for letra in texto if letra.isalnum())
    if not (numero.isascii() and numero.isdigit() and _MENOR_NUMERO <= len(numero) <= _ALGARISMOS):
        return
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'ecac_guia'").fetchone() is None:
        return
    for guia in c.execute(
        "SELECT id, tipo, contribuinte, estado, atualizada_em FROM ecac_guia WHERE numero = ? ORDER BY id LIMIT ?",
        (numero.zfill(_ALGARISMOS), DE_CADA),
    ).fetchall():
        o_que = f"guia {guia['id']} da empresa {guia['contribuinte']}, {guia['estado']}"
        yield "guia", o_que, None, guia["atualizada_em"], f"ecac guias ver {guia['id']}"
