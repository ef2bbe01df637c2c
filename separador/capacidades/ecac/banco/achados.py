"""Finds the guides that a text names."""

import sqlite3

from separador.nucleo.capacidade import Achado

_MENOR_NUMERO, _ALGARISMOS = 12, 17


def localizar(c: sqlite3.Connection, texto: str, limite: int) -> list[Achado]:
    """Returns the guides of a number, as people type it; taxpayers may share it."""
    numero = "".join(letra for letra in texto if letra.isalnum())
    if not (numero.isascii() and numero.isdigit() and _MENOR_NUMERO <= len(numero) <= _ALGARISMOS):
        return []
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'ecac_guia'").fetchone() is None:
        return []
    return [
        Achado(
            grupo="Guias",
            por="guia",
            titulo=f"guia {guia['id']} da empresa {guia['contribuinte']}",
            detalhe=guia["estado"],
            chave=None,
            quando=guia["atualizada_em"],
            ver=f"ecac guias ver {guia['id']}",
            caminho=f"/ecac/guias/{guia['id']}",
        )
        for guia in c.execute(
            "SELECT id, tipo, contribuinte, estado, atualizada_em FROM ecac_guia WHERE numero = ? ORDER BY id LIMIT ?",
            (numero.zfill(_ALGARISMOS), limite),
        )
    ]
