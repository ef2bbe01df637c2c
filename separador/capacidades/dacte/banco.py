"""DACTE to be printed: recorded in the commit that publishes the processed document, gone with the one that publishes
the PDF (SEFAZ-10)."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def pedir(banco: Banco, documento_id: int, pasta: str, quando: str) -> None:
    """Print it, into this folder. Asked for twice is asked for once."""
    banco.execute(
        "INSERT INTO impressao (documento_id, pasta, criada_em) VALUES (?, ?, ?)"
        " ON CONFLICT (documento_id) DO UPDATE SET pasta = excluded.pasta, tentativas = 0",
        (documento_id, pasta, quando),
    )


def proximas(banco: Banco, quantas: int) -> list[Row]:
    """Oldest first, with what the printing needs to know of the document."""
    return banco.todas(
        "SELECT i.*, d.chave, d.situacao, d.rota_id FROM impressao i JOIN documento d ON d.id = i.documento_id"
        " ORDER BY i.criada_em, i.documento_id LIMIT ?",
        quantas,
    )


def tropecar(banco: Banco, documento_id: int) -> None:
    """One try failed."""
    banco.execute("UPDATE impressao SET tentativas = tentativas + 1 WHERE documento_id = ?", (documento_id,))


def encerrar(banco: Banco, documento_id: int) -> None:
    """Printed, or given up."""
    banco.execute("DELETE FROM impressao WHERE documento_id = ?", (documento_id,))
