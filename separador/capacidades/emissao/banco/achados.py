"""Finds the loads that a text names, and the CT-e of an NF-e that came in a load."""

import re
import sqlite3
from collections.abc import Iterator

from separador.capacidades.cte.banco.achados import DE_CADA, depois_de

_COMECO = re.compile(r"[0-9]{6}[A-Z0-9]{12}[0-9]{2,26}")
"""A key of an NF-e, or the beginning of one, of at least 20 positions."""


def achar(c: sqlite3.Connection, texto: str) -> Iterator[tuple[str, str, str | None, str, str]]:
    """Yields what is found, as `Capacidade.achados` says; nothing in a database that has no loads yet."""
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'carga_nota'").fetchone() is None:
        return
    for carga in c.execute("SELECT carga, situacao, recebida_em FROM carga WHERE carga = ?", (texto,)).fetchall():
        o_que = f"carga {carga['carga']}, {carga['situacao']}"
        yield "carga", o_que, None, carga["recebida_em"], f"carga ver {carga['carga']}"
    if not _COMECO.fullmatch(texto):
        return
    for nota in c.execute(
        "SELECT n.chave AS nfe, c.carga, c.recebida_em, cd.chave, cd.documento_id FROM carga_nota n"
        " JOIN carga c ON c.id = n.carga_id JOIN carga_documento cd ON cd.carga_id = n.carga_id AND cd.ordem = n.ordem"
        " WHERE n.chave >= ? AND n.chave < ? ORDER BY n.chave, n.carga_id DESC LIMIT ?",
        (texto, depois_de(texto), DE_CADA),
    ).fetchall():
        ver = f"carga ver {nota['carga']}" if nota["documento_id"] is None else f"cte ver {nota['chave']}"
        yield "NF-e", f"NF-e {nota['nfe']}, da carga {nota['carga']}", nota["chave"], nota["recebida_em"], ver
