"""Reads for the commands `separador sefaz …`, through a connection that cannot write (see `banco.leitura`)."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from separador.capacidades.sefaz.banco import brutos

EXATO = 10_000
"""Documents of one ledger that are counted; of more it is only said that they are more."""


def _tem(c: sqlite3.Connection, tabela: str) -> bool:
    """Says whether a table exists: an installation that was upgraded and not started since has not every table yet."""
    return c.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (tabela,)).fetchone() is not None


@dataclass(frozen=True, slots=True)
class Status:
    """The newest answered status query of an authoriser about a state. `corpo` is the answer as it came."""

    id: int
    cstat: str | None
    motivo: str
    respondida_em: str
    corpo: bytes


def ultimo_status(c: sqlite3.Connection, fila: str) -> Status | None:
    """Returns the newest answered status query; None when there was never an answer."""
    if not _tem(c, "transmissao"):
        return None
    r = c.execute(
        "SELECT id, resultado, detalhe, respondida_em, bruto FROM transmissao WHERE fila = ? AND alvo = 'status'"
        " AND estado = 'aplicada' AND bruto IS NOT NULL AND resultado GLOB '[0-9]*' ORDER BY id DESC LIMIT 1",
        (fila,),
    ).fetchone()
    if r is None:
        return None
    return Status(r["id"], r["resultado"], r["detalhe"] or "", r["respondida_em"], brutos.abrir(r["bruto"]))


def status_sem_resposta(c: sqlite3.Connection, fila: str, depois_de: int) -> str | None:
    """Returns why a query newer than the row `depois_de` has no answer; None while that is not known."""
    r = c.execute(
        "SELECT detalhe, resultado FROM transmissao WHERE fila = ? AND alvo = 'status' AND id > ?"
        " AND resultado IS NOT NULL AND resultado NOT GLOB '[0-9]*' ORDER BY id DESC LIMIT 1",
        (fila, depois_de),
    ).fetchone()
    return str(r["detalhe"] or r["resultado"]) if r is not None else None


def paradas(c: sqlite3.Connection) -> dict[str, sqlite3.Row]:
    """Returns what is stopped, by scope."""
    if not _tem(c, "parada"):
        return {}
    return {r["escopo"]: r for r in c.execute("SELECT * FROM parada")}


def livros(c: sqlite3.Connection) -> list[sqlite3.Row]:
    """Returns every ledger of NSU, with how many documents came (exact up to `EXATO`) and how many numbers are
    missing."""
    if not _tem(c, "nsu"):
        return []
    return c.execute(
        "SELECT n.*, (SELECT count(*) FROM (SELECT 1 FROM distribuido d WHERE d.cnpj = n.cnpj"
        " AND d.ambiente = n.ambiente LIMIT ?)) AS documentos, (SELECT count(*) FROM nsu_falta f"
        " WHERE f.cnpj = n.cnpj AND f.ambiente = n.ambiente AND f.estado = 'aberta') AS faltas"
        " FROM nsu n ORDER BY n.cnpj, n.ambiente",
        (EXATO + 1,),
    ).fetchall()


def ultima_transmissao(c: sqlite3.Connection) -> int:
    """Returns the number of the newest call."""
    if not _tem(c, "transmissao"):
        return 0
    return int(c.execute("SELECT coalesce(max(id), 0) AS n FROM transmissao").fetchone()["n"])


def buscas(c: sqlite3.Connection, cnpjs: Collection[str], desde: int) -> tuple[int, list[sqlite3.Row]]:
    """Returns how many of the companies' ordered searches wait for an answer, and the ledgers of those that were
    answered since the call `desde`."""
    marcas = ", ".join("?" * len(cnpjs))
    estados: dict[str, bool] = {}
    sql = f"SELECT cnpj, estado FROM transmissao WHERE id > ? AND alvo = 'distribuicao' AND cnpj IN ({marcas})"  # noqa: S608 - placeholders
    for linha in c.execute(sql, (desde, *cnpjs)):
        estados[linha["cnpj"]] = estados.get(linha["cnpj"], False) or linha["estado"] == "aplicada"
    livros_das_empresas = c.execute(f"SELECT * FROM nsu WHERE cnpj IN ({marcas})", tuple(cnpjs)).fetchall()  # noqa: S608 - placeholders
    ordenadas = sum(bool(n["ordenada"]) for n in livros_das_empresas)
    respondidas = [n for n in livros_das_empresas if estados.get(n["cnpj"]) and n["cstat"] is not None]
    return ordenadas + sum(not respondida for respondida in estados.values()), respondidas
