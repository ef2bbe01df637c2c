"""Keeps the orders to print a DACTE.

The commit that publishes the processed document records one. The commit that publishes the PDF removes it.
"""

from sqlite3 import Row

from separador.banco.conexao import Banco


def pedir(banco: Banco, documento_id: int, pasta: str, quando: str) -> None:
    """Orders the print of a document into this folder. Two orders for the same document are one."""
    banco.execute(
        "INSERT INTO impressao (documento_id, pasta, criada_em) VALUES (?, ?, ?)"
        " ON CONFLICT (documento_id) DO UPDATE SET pasta = excluded.pasta, tentativas = 0",
        (documento_id, pasta, quando),
    )


def proximas(banco: Banco, quantas: int) -> list[Row]:
    """Returns the oldest first, with what the printing needs to know of the document."""
    return banco.todas(
        "SELECT i.*, d.chave, d.situacao, d.rota_id FROM impressao i JOIN documento d ON d.id = i.documento_id"
        " ORDER BY i.criada_em, i.documento_id LIMIT ?",
        quantas,
    )


def contar_tentativa(banco: Banco, documento_id: int) -> None:
    """Counts one failed try."""
    banco.execute("UPDATE impressao SET tentativas = tentativas + 1 WHERE documento_id = ?", (documento_id,))


def encerrar(banco: Banco, documento_id: int) -> None:
    """Removes the order: printed, or given up."""
    banco.execute("DELETE FROM impressao WHERE documento_id = ?", (documento_id,))
