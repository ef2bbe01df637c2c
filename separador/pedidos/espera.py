"""Shows the orders that wait for the service, and withdraws one that nobody wants any more."""

import json
import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from separador.banco.instante import texto_de
from separador.nucleo import capacidade
from separador.nucleo.negativa import Negativa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco

MOSTRADAS = 50
LOGO = timedelta(seconds=5)
"""A service that runs has taken an order up by then: one that still waits is worth showing."""
ACAO = "ordens retirar"
RETIRADA = "SEP-ORDEM-RETIRADA"


def ordens(
    c: sqlite3.Connection, *, chave: str | None = None, ate: datetime | None = None, limite: int = -1
) -> list[sqlite3.Row]:
    """Returns the orders that wait, oldest first: for the service (`pendente`), or, of files that a person gave, for
    their folder (`aceita`). `chave`: about it only; `ate`: given by then; `limite`: so many."""
    from separador.pedidos import soltos  # noqa: PLC0415 -- what keeps files, only to list

    so = "" if chave is None else " AND chave = ?"
    filtro = (*(() if chave is None else (chave,)), texto_de(ate) if ate is not None else "9")
    esperam = c.execute(
        "SELECT id, pedido, chave, quem, criada_em, estado FROM tarefa WHERE estado = 'pendente' AND arquivo_id IS NULL"  # noqa: S608 -- own words
        f"{so} AND criada_em <= ? AND pedido NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
        (*filtro, json.dumps(_livres()), limite),
    ).fetchall()
    a_caminho = c.execute(
        "SELECT id, pedido, chave, quem, criada_em, estado FROM tarefa WHERE estado = 'aceita' AND pedido = ?"  # noqa: S608 -- own words
        f"{so} AND criada_em <= ? ORDER BY id LIMIT ?",
        (soltos.PEDIDO, *filtro, limite),
    ).fetchall()
    return sorted((*esperam, *a_caminho), key=lambda o: int(o["id"]))[: limite if limite >= 0 else None]


def dito(linha: sqlite3.Row, *, parado: bool = False) -> str:
    """Returns what an order waits for, where it is not the service (`parado`: which does not run)."""
    return "espera pela pasta da rota" if linha["estado"] == "aceita" and not parado else ""


def de_pessoas(linha: sqlite3.Row) -> bool:
    """Says whether an order may be shown: it came from no file, and does not tell who asked for a password."""
    return linha["arquivo_id"] is None and linha["pedido"] not in _livres()


def contra_retirada(linha: sqlite3.Row | None, numero: int) -> Negativa | None:
    """Returns why an order cannot be withdrawn; None when it can. `linha`: the order as it is now."""
    if linha is None or not de_pessoas(linha):
        return Negativa(RETIRADA, f"Não há ordem com o número {numero}; veja as que esperam: separador ordens listar")
    if linha["estado"] != "pendente":
        dito = linha["mensagem"] or "o serviço já a tomou"
        return Negativa(RETIRADA, f"A ordem nº {numero} já não espera, e não pode ser retirada: {dito}")
    return None


def retirar(banco: "Banco", numero: int, quem: str, agora: datetime) -> Negativa | None:
    """Withdraws an order: the service will not carry it out. Returns the refusal of one that does not wait any more."""
    from separador.acesso.banco import auditoria  # noqa: PLC0415 -- hashlib, only to write
    from separador.banco import pedidos as tabela  # noqa: PLC0415 -- sqlite-utils, only to write

    with banco.transacao():
        linha = tabela.por_id(banco, numero)
        negativa = contra_retirada(linha, numero)
        if negativa is not None or linha is None:
            return negativa
        quando = texto_de(agora)
        mensagem = f"A ordem foi retirada por {quem} antes de ser cumprida; nada foi mudado."
        tabela.encerrar(banco, numero, tabela.RECUSADA, RETIRADA, mensagem, quando)
        if auditoria.existe(banco):
            detalhe = f"ordem nº {numero}: {linha['pedido']} {linha['chave']}, de {linha['quem']}"
            auditoria.registrar(banco, quando, quem, "comando", ACAO, detalhe=detalhe)
    return None


def _livres() -> list[str]:
    """Returns the orders that are nobody's business: they tell the same whoever they name."""
    return [pedido for livres in capacidade.de_cada("pedidos_livres") for pedido in livres]
