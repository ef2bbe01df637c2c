"""Keeps the guides asked of the API. Each success is a new number, so no guide is asked for a second time blindly."""

from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao

PEDINDO, FEITA, RECUSADA, DESCONHECIDA = "pedindo", "feita", "recusada", "desconhecida"


def pedir(c: Conexao, contribuinte: str, especie: str, pedido: str, quem: str, quando: str) -> int:
    """Records the intent, before anything is sent. Returns its id."""
    cursor = c.execute(
        "INSERT INTO ecac_geracao (contribuinte, especie, pedido, estado, quem, pedida_em) VALUES (?, ?, ?, ?, ?, ?)",
        (contribuinte, especie, pedido, PEDINDO, quem, quando),
    )
    return int(cursor.lastrowid or 0)


def terminar(c: Conexao, geracao_id: int, estado: str, mensagem: str, quando: str, guia_id: int | None = None) -> None:
    """Records the result."""
    c.execute(
        "UPDATE ecac_geracao SET estado = ?, mensagem = ?, terminada_em = ?, guia_id = ? WHERE id = ?",
        (estado, mensagem, quando, guia_id, geracao_id),
    )


def ultima(c: Conexao, contribuinte: str, especie: str, pedido: str) -> Row | None:
    """Returns the newest asking for the same guide that was not refused."""
    linha: Row | None = c.execute(
        "SELECT * FROM ecac_geracao WHERE contribuinte = ? AND especie = ? AND pedido = ? AND estado <> ?"
        " ORDER BY id DESC LIMIT 1",
        (contribuinte, especie, pedido, RECUSADA),
    ).fetchone()
    return linha


def cortadas(c: Conexao, quando: str) -> int:
    """Marks as unknown those that a dead process left open: nobody knows whether a number was issued. Returns how
    many."""
    return c.execute(
        "UPDATE ecac_geracao SET estado = ?, terminada_em = ?, mensagem = 'o serviço parou no meio' WHERE estado = ?",
        (DESCONHECIDA, quando, PEDINDO),
    ).rowcount
