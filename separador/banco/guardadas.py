"""Answers of queries that are kept, for whoever asks again before SEFAZ's limits allow it (SEFAZ-05)."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def situacao(banco: Banco, chave: str, desde: str) -> Row | None:
    """The newest answer about a key that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE chave = ? AND alvo = 'consulta' AND estado = 'aplicada' AND xml IS NOT NULL"
        " AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(chave, desde),
    )


def status(banco: Banco, fila: str, desde: str) -> Row | None:
    """The newest answer to the status queries of a queue that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'aplicada' AND xml IS NOT NULL"
        " AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(fila, desde),
    )


def status_pendentes(banco: Banco, fila: str) -> list[Row]:
    """Status queries that wait for their turn: one answer serves them all."""
    return banco.todas(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'pendente' ORDER BY id", fila
    )
