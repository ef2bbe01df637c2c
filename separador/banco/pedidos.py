"""Keeps the orders: a command or an order file records them, the service carries them out."""

from collections.abc import Sequence
from sqlite3 import Row

from separador.banco.conexao import Banco

PENDENTE, ACEITA, DECIDIDA, FEITA, RECUSADA = "pendente", "aceita", "decidida", "feita", "recusada"
LIMITE = 200
"""Number of orders taken up at one look, so that files do not wait long behind them."""


def registrar(
    banco: Banco,
    pedido: str,
    chave: str,
    motivo: str | None,
    quem: str,
    quando: str,
    arquivo_id: int | None = None,
    *,
    dados: str | None = None,
    ficha: str | None = None,
) -> int:
    """Records an order. `dados`: JSON of an order that says more than a reason. `ficha`: what tells the form from which
    it came from every other. Returns its number."""
    cursor = banco.execute(
        "INSERT INTO tarefa (pedido, chave, motivo, quem, arquivo_id, estado, criada_em) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (pedido, chave, motivo, quem, arquivo_id, PENDENTE, quando),
    )
    numero = int(cursor.lastrowid or 0)
    if dados is not None:  # apart, so that other orders can be given before the new service brought the database up
        banco.execute("UPDATE tarefa SET dados = ? WHERE id = ?", (dados, numero))
    if ficha is not None:
        banco.execute("UPDATE tarefa SET ficha = ? WHERE id = ?", (ficha, numero))
    return numero


def igual_pendente(
    banco: Banco, pedido: str, chave: str, motivo: str | None, *, dados: str | None = None
) -> int | None:
    """Returns the number of the same order given before and not yet taken up."""
    linhas = banco.todas(
        "SELECT * FROM tarefa WHERE estado = ? AND pedido = ? AND chave = ? AND motivo IS ? AND arquivo_id IS NULL",
        *(PENDENTE, pedido, chave, motivo),
    )
    return next((int(linha["id"]) for linha in linhas if dados is None or linha["dados"] == dados), None)


def pendentes(banco: Banco) -> list[Row]:
    """Returns the orders by command that wait for the service, oldest first."""
    sql = "SELECT * FROM tarefa WHERE estado = ? AND arquivo_id IS NULL ORDER BY id LIMIT ?"
    return banco.todas(sql, PENDENTE, LIMITE)


def espera(banco: Banco, tarefa_id: int) -> bool:
    """Says whether an order still waits for the service."""
    return banco.uma("SELECT 1 FROM tarefa WHERE id = ? AND estado = ?", tarefa_id, PENDENTE) is not None


def aceitar(banco: Banco, tarefa_id: int) -> None:
    """Notes that an order that takes long was taken up. Its answer comes when it is done."""
    banco.execute("UPDATE tarefa SET estado = ? WHERE id = ?", (ACEITA, tarefa_id))


def aceitas(banco: Banco, pedidos: Sequence[str]) -> list[Row]:
    """Returns the orders of these kinds that are taken up and not answered, oldest first."""
    linhas = banco.todas("SELECT * FROM tarefa WHERE estado = ? ORDER BY id", ACEITA)
    return [linha for linha in linhas if linha["pedido"] in pedidos]


def encerrar(banco: Banco, tarefa_id: int, estado: str, codigo: str, mensagem: str, quando: str) -> None:
    """Records the result of an order, which the waiting command reads."""
    banco.execute(
        "UPDATE tarefa SET estado = ?, codigo = ?, mensagem = ?, terminada_em = ? WHERE id = ?",
        (estado, codigo, mensagem, quando, tarefa_id),
    )


def decidir(banco: Banco, tarefa_id: int, resultado: str, codigo: str, mensagem: str) -> None:
    """Records the result that an order will have once its files are visible. `concluir` makes it the result."""
    banco.execute(
        "UPDATE tarefa SET estado = ?, resultado = ?, codigo = ?, mensagem = ? WHERE id = ?",
        (DECIDIDA, resultado, codigo, mensagem, tarefa_id),
    )


def concluir(banco: Banco, tarefa_id: int, quando: str) -> None:
    """Makes the decided result the result of the order, because its files are visible."""
    banco.execute(
        "UPDATE tarefa SET estado = resultado, terminada_em = ? WHERE id = ? AND estado = ?",
        (quando, tarefa_id, DECIDIDA),
    )


def por_id(banco: Banco, tarefa_id: int) -> Row | None:
    """Returns one order."""
    return banco.uma("SELECT * FROM tarefa WHERE id = ?", tarefa_id)


def confirmar(banco: Banco, tarefa_id: int, usuario: str) -> None:
    """Records that a user gave the password for this very order."""
    banco.execute("UPDATE tarefa SET confirmada_por = ? WHERE id = ?", (usuario, tarefa_id))
