"""Finds the loads that a text names, and the CT-e of an NF-e that came in a load."""

import re
import sqlite3
from collections.abc import Iterator

from separador.capacidades.cte.banco.achados import depois_de, escritas
from separador.capacidades.emissao.dominio.endereco import da_carga
from separador.nucleo.capacidade import Achado

_COMECO = re.compile(r"[0-9]{6}[A-Z0-9]{12}[0-9]{2,26}")
"""A key of an NF-e, or the beginning of one, of at least 20 positions."""


def localizar(c: sqlite3.Connection, texto: str, limite: int) -> list[Achado]:
    """Returns what is found, at most `limite` from each place; nothing in a database that has no loads yet."""
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'carga_nota'").fetchone() is None:
        return []
    return list(dict.fromkeys(a for dito in escritas(texto.strip()) for a in _achar(c, dito, limite)))


def _achar(c: sqlite3.Connection, texto: str, limite: int) -> Iterator[Achado]:
    for carga in c.execute("SELECT carga, situacao, recebida_em FROM carga WHERE carga = ?", (texto,)).fetchall():
        nome = carga["carga"]
        onde = (f"carga ver {nome}", da_carga(nome))
        yield Achado("Cargas", "carga", f"carga {nome}", carga["situacao"], None, carga["recebida_em"], *onde)
    if not _COMECO.fullmatch(texto):
        return
    for nota in c.execute(
        "SELECT n.chave AS nfe, c.carga, c.recebida_em, cd.chave, cd.documento_id FROM carga_nota n"
        " JOIN carga c ON c.id = n.carga_id JOIN carga_documento cd ON cd.carga_id = n.carga_id AND cd.ordem = n.ordem"
        " WHERE n.chave >= ? AND n.chave < ? ORDER BY n.chave, n.carga_id DESC LIMIT ?",
        (texto, depois_de(texto), limite),
    ).fetchall():
        nome, chave = nota["carga"], nota["chave"]
        pronto = nota["documento_id"] is not None
        onde = (f"cte ver {chave}", f"/cte/{chave}") if pronto else (f"carga ver {nome}", da_carga(nome))
        yield Achado("NF-e", "NF-e", f"NF-e {nota['nfe']}", f"da carga {nome}", chave, nota["recebida_em"], *onde)
