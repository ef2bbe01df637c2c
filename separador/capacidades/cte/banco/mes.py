"""Reads the documents and events of a period with the places of their processed files, in the order of emission."""

import sqlite3
from collections.abc import Iterator

COM_PROCESSADO = (
    *("AUTORIZADO PELA SEFAZ", "AGUARDANDO RETORNO DE CANCELAMENTO", "CANCELAMENTO REJEITADO", "CANCELADO"),
)
"""Situações in which there is a processed document."""


def documentos(c: sqlite3.Connection, de: str, ate: str, empresa: str | None) -> Iterator[sqlite3.Row]:
    """Yields the authorised documents emitted between two instants as stored; `pasta` and `nome` are None when no
    processed document is kept."""
    yield from c.execute(
        "SELECT d.chave, d.tipo, d.serie, d.numero, d.emitente, d.tomador, d.fim, d.valor, d.situacao, d.protocolo,"
        " d.emitido_em, p.pasta, p.nome FROM documento d INDEXED BY documento_emissao LEFT JOIN publicacao p"
        " ON p.id = (SELECT max(id) FROM publicacao WHERE documento_id = d.id AND tipo = 'fiscal'"
        " AND evento_id IS NULL AND estado = 'publicada')"
        " WHERE d.emitido_em >= ? AND d.emitido_em < ? AND d.situacao IN (?, ?, ?, ?)"
        " AND (? IS NULL OR d.emitente = ?) ORDER BY d.emitido_em, d.id",
        (de, ate, *COM_PROCESSADO, empresa, empresa),
    )


def eventos(c: sqlite3.Connection, de: str, ate: str, empresa: str | None) -> Iterator[sqlite3.Row]:
    """Yields the events registered with SEFAZ that were made between two instants as stored, whatever the month of
    their documents."""
    yield from c.execute(
        "SELECT e.chave, e.tp_evento, e.n_seq, e.protocolo, e.criado_em, p.pasta, p.nome"
        " FROM evento e INDEXED BY evento_criado JOIN publicacao p ON p.id = (SELECT max(id) FROM publicacao"
        " WHERE evento_id = e.id AND tipo = 'fiscal' AND estado = 'publicada')"
        " WHERE e.criado_em >= ? AND e.criado_em < ? AND (? IS NULL OR substr(e.chave, 7, 14) = ?)"
        " ORDER BY e.criado_em, e.id",
        (de, ate, empresa, empresa),
    )
