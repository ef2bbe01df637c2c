"""Answers of queries that are kept, for whoever asks again before SEFAZ's limits allow it (SEFAZ-05)."""

from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.banco.transmissoes import APLICADA, PENDENTE, STATUS


def ultima(banco: Banco, alvo: str, *, desde: str, chave: str | None = None, fila: str | None = None) -> Row | None:
    """The newest answer to a query of a key, or of a queue, that came since `desde`."""
    coluna, valor = ("chave", chave) if chave is not None else ("fila", fila)
    return banco.uma(
        f"SELECT * FROM transmissao WHERE {coluna} = ? AND alvo = ? AND estado = ? AND xml IS NOT NULL"  # noqa: S608 - two constants
        " AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(valor, alvo, APLICADA, desde),
    )


def pendentes_da_fila(banco: Banco, fila: str) -> list[Row]:
    """Status queries that wait for their turn: one answer serves them all."""
    return banco.todas(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = ? AND estado = ? ORDER BY id", fila, STATUS, PENDENTE
    )
