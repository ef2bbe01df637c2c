"""Keeps the orders of the e-CAC that take long: the loop accepts them, the e-CAC's own thread carries them out and
answers."""

from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao

ACEITA = "aceita"
IMPORTAR, COMPROVANTE, INDICE, GERAR = "ecac-importar", "ecac-comprovante", "ecac-indice", "ecac-gerar"
"""The orders that take long."""


def aceitar(c: Conexao, tarefa_id: int) -> None:
    """Notes that an order was taken up. Its answer comes when it is done."""
    c.execute("UPDATE tarefa SET estado = ? WHERE id = ?", (ACEITA, tarefa_id))


def aceitas(c: Conexao) -> list[Row]:
    """Returns the orders that are accepted and not answered, oldest first."""
    return c.execute("SELECT * FROM tarefa WHERE estado = ? ORDER BY id", (ACEITA,)).fetchall()
