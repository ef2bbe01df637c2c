"""Reads, for the reading commands, every attempt at an event and its result."""

import sqlite3
from dataclasses import dataclass

from separador.capacidades.sefaz.banco import brutos

_ZLIB = b"\x78"
"""Begins what is kept small."""


@dataclass(frozen=True, slots=True)
class FiltroEvento:
    """A filter of events; None = any. `tp_evento` has six digits; `nome` is as orders name it."""

    chave: str | None = None
    tp_evento: str | None = None
    nome: str | None = None
    limite: int | None = None


def assinado(evento: sqlite3.Row) -> bytes:
    """Returns the signed bytes of an event; empty of one that was not made here. A former version kept them as they
    are, and XML never begins as zlib does."""
    guardado = bytes(evento["dados"])
    return brutos.abrir(guardado) if guardado[:1] == _ZLIB else guardado


def eventos(c: sqlite3.Connection, f: FiltroEvento) -> list[sqlite3.Row]:
    """Returns the events signed, handed in, or learned of, the newest first. `quem` comes from the order; `arquivo` is
    the file it came in."""
    pedidas = {"e.id > ?": 0, "e.chave = ?": f.chave, "e.tp_evento = ?": f.tp_evento}
    filtros = {condicao: valor for condicao, valor in pedidas.items() if valor is not None}
    condicoes = " AND ".join(filtros)
    sql = (
        "SELECT e.*, t.quem AS quem, a.nome AS arquivo FROM evento e LEFT JOIN tarefa t ON t.id = e.tarefa_id"  # noqa: S608
        f" LEFT JOIN arquivo a ON a.id = e.arquivo_id WHERE {condicoes} ORDER BY e.id DESC LIMIT ?"
    )
    return c.execute(sql, (*filtros.values(), -1 if f.limite is None else f.limite)).fetchall()


def pedidos_sem_evento(c: sqlite3.Connection, f: FiltroEvento) -> list[sqlite3.Row]:
    """Returns the orders for events that made none: refused here, or not yet taken up. The newest first."""
    if not any(c_["name"] == "dados" for c_ in c.execute("PRAGMA table_info(tarefa)")):
        return []  # a database that no service has brought up to date yet
    sql = (
        "SELECT *, json_extract(dados, '$.evento') AS nome FROM tarefa WHERE pedido = 'evento'"
        " AND estado IN ('recusada', 'pendente') AND (?1 IS NULL OR chave = ?1)"
        " AND (?2 IS NULL OR json_extract(dados, '$.evento') = ?2) ORDER BY id DESC LIMIT ?3"
    )
    return c.execute(sql, (f.chave, f.nome, -1 if f.limite is None else f.limite)).fetchall()


def proxima_sequencia(c: sqlite3.Connection, chave: str, tp_evento: str) -> int:
    """Returns the next free number of an event of this kind: 1, or the one after those that are open or accepted."""
    sql = (
        "SELECT max(n_seq) FROM evento WHERE chave = ? AND tp_evento = ?"
        " AND estado IN ('pronto', 'publicado', 'aceito')"
    )
    return int(c.execute(sql, (chave, tp_evento)).fetchone()[0] or 0) + 1
