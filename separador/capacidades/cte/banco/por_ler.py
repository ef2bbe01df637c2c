"""Finds the documents from before the columns of lists, and keeps what was read of them."""

from collections.abc import Sequence
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.capacidades.cte.dominio.colunas import Colunas


def proximos(banco: Banco, quantos: int) -> list[Row]:
    """Returns documents that were not read yet, with the kept form of their signed bytes (None: there are none)."""
    return banco.todas(
        "SELECT d.id, d.tipo, a.dados, a.dicionario FROM documento d INDEXED BY documento_a_ler"
        " LEFT JOIN assinado a ON a.documento_id = d.id AND a.digest = d.digest"
        " WHERE d.emitido_em IS NULL ORDER BY d.id LIMIT ?",
        quantos,
    )


def guardar(banco: Banco, lidas: Sequence[tuple[int, Colunas]]) -> None:
    """Keeps the columns of documents, but for those that a corrected export gave them meanwhile."""
    banco.conn.executemany(
        "UPDATE documento SET emitido_em = ?, tomador = ?, fim = ?, valor = ? WHERE id = ? AND emitido_em IS NULL",
        [(*colunas, documento_id) for documento_id, colunas in lidas],
    )
