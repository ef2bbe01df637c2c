"""Keeps the ledger of calls to the Integra Contador: each is written before it goes out, and completed by its answer.

A call whose answer never came counts as charged. So does one that was cut by a crash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao


@dataclass(frozen=True, slots=True)
class Saindo:
    """A call about to go out. `dia` is Brasília's. `preco` is gratis, consulta or emissao."""

    etiqueta: str
    caminho: str
    servico: str
    autor: str
    contribuinte: str
    preco: str
    dia: str
    enviada_em: str


@dataclass(frozen=True, slots=True)
class Gasto:
    """Charged calls so far."""

    dia: int
    mes: int


def gasto(c: Conexao, dia: str) -> Gasto:
    """Returns the charged calls of a day (AAAA-MM-DD, Brasília) and of its month."""
    linha = c.execute(
        "SELECT sum(dia = ?1) AS dia, count(*) AS mes FROM ecac_chamada"
        " WHERE cobrada = 1 AND dia >= substr(?1, 1, 7) AND dia <= substr(?1, 1, 7) || '-31'",
        (dia,),
    ).fetchone()
    return Gasto(int(linha["dia"] or 0), int(linha["mes"] or 0))


def gasto_do_dia(c: Conexao, dia: str) -> int:
    """Returns the charged calls of a day."""
    sql = "SELECT count(*) FROM ecac_chamada INDEXED BY ecac_chamada_dia WHERE dia = ? AND cobrada = 1"
    return int(c.execute(sql, (dia,)).fetchone()[0])


def sair(c: Conexao, s: Saindo, importacao_id: int | None) -> None:
    """Records that a call goes out. Any call that is not free counts as charged until its answer says that it was
    not."""
    c.execute(
        "INSERT INTO ecac_chamada (etiqueta, importacao_id, caminho, servico, autor, contribuinte, preco, dia,"
        " enviada_em, cobrada) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(s.etiqueta, importacao_id, s.caminho, s.servico, s.autor, s.contribuinte, s.preco, s.dia, s.enviada_em),
            int(s.preco != "gratis"),
        ),
    )


def voltar(
    c: Conexao,
    etiqueta: str,
    *,
    duracao_ms: float,
    http: int | None,
    cobrada: bool,
    enviada: bool,
    codigo: str | None,
    response_id: str | None,
) -> None:
    """Records the result of a call. Without an answer it stays charged."""
    c.execute(
        "UPDATE ecac_chamada SET duracao_ms = ?, http = ?, cobrada = ?, enviada = ?, codigo = ?, response_id = ?,"
        " respondida = ? WHERE etiqueta = ?",
        (duracao_ms, http, int(cobrada), int(enviada), codigo, response_id, int(http is not None), etiqueta),
    )


def ultimo_dia(c: Conexao, servicos: Sequence[str]) -> str | None:
    """Returns the newest day on which one of these functions was answered with 200."""
    marcas = ", ".join("?" * len(servicos))
    sql = f"SELECT max(dia) AS dia FROM ecac_chamada WHERE http = 200 AND servico IN ({marcas})"  # noqa: S608
    linha = c.execute(sql, tuple(servicos)).fetchone()
    return str(linha["dia"]) if linha["dia"] is not None else None


def listar(c: Conexao, de: str, ate: str) -> list[Row]:
    """Returns the calls of a span of days, both included, oldest first."""
    return c.execute(
        "SELECT * FROM ecac_chamada WHERE dia BETWEEN ? AND ? ORDER BY enviada_em, etiqueta", (de, ate)
    ).fetchall()


def somar(c: Conexao, de: str, ate: str) -> list[Row]:
    """Returns (dia, servico, preco, chamadas, cobradas, mudas) of a span of days."""
    return c.execute(
        "SELECT dia, servico, preco, count(*) AS chamadas, sum(cobrada) AS cobradas, sum(respondida = 0) AS mudas"
        " FROM ecac_chamada WHERE dia BETWEEN ? AND ? GROUP BY dia, servico, preco ORDER BY dia, servico",
        (de, ate),
    ).fetchall()
