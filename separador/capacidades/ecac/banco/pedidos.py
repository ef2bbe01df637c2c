"""Orders of the e-CAC that take long: accepted by the loop, carried out by the e-CAC's own thread, then answered."""

from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao

ACEITA = "aceita"


def aceitar(c: Conexao, tarefa_id: int) -> None:
    """Taken up; its answer comes when it is done."""
    c.execute("UPDATE tarefa SET estado = ? WHERE id = ?", (ACEITA, tarefa_id))


def aceitas(c: Conexao) -> list[Row]:
    """Accepted and not answered, oldest first."""
    return c.execute("SELECT * FROM tarefa WHERE estado = ? ORDER BY id", (ACEITA,)).fetchall()
