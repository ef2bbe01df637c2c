"""Reads and writes the offices that use this installation."""

from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao


def escritorio(c: Conexao, cnpj: str) -> Row | None:
    """Returns one office."""
    linha: Row | None = c.execute("SELECT * FROM escritorio WHERE cnpj = ?", (cnpj,)).fetchone()
    return linha


def escritorios(c: Conexao) -> list[Row]:
    """Returns all offices, by name."""
    return c.execute("SELECT * FROM escritorio ORDER BY nome, cnpj").fetchall()


def gravar_escritorio(c: Conexao, cnpj: str, nome: str, quando: str) -> None:
    """Registers an office, or renames it."""
    c.execute(
        "INSERT INTO escritorio (cnpj, nome, criado_em, alterado_em) VALUES (?1, ?2, ?3, ?3)"
        " ON CONFLICT (cnpj) DO UPDATE SET nome = ?2, alterado_em = ?3",
        (cnpj, nome, quando),
    )
