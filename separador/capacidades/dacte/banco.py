"""Keeps the orders to print: the DACTE of a document, the sheet of an event.

The commit that publishes the processed file records one. The commit that publishes the PDF removes it.
"""

import json
from collections.abc import Iterable
from sqlite3 import Row

from separador.banco.conexao import Banco

DOCUMENTO, EVENTO = "documento", "evento"

_TABELAS = {DOCUMENTO: ("impressao", "documento_id"), EVENTO: ("impressao_de_evento", "evento_id")}


def pedir(banco: Banco, especie: str, item_id: int, pasta: str, quando: str) -> None:
    """Orders the print of a document, or of an event, into this folder. Two orders for the same are one."""
    tabela, coluna = _TABELAS[especie]
    banco.execute(
        f"INSERT INTO {tabela} ({coluna}, pasta, criada_em) VALUES (?, ?, ?)"  # noqa: S608 - constants
        f" ON CONFLICT ({coluna}) DO UPDATE SET pasta = excluded.pasta, tentativas = 0",
        (item_id, pasta, quando),
    )


def proximas(banco: Banco, quantas: int, fora: Iterable[str] = ()) -> list[Row]:
    """Returns the oldest first, with what the printing needs to know of each. Those of the folders `fora` wait."""
    pastas = json.dumps(list(fora))
    return banco.todas(
        "SELECT ? AS especie, i.documento_id AS id, i.documento_id, i.pasta, i.tentativas, i.criada_em, d.chave,"
        " d.situacao, d.rota_id, NULL AS tp_evento, NULL AS n_seq FROM impressao i JOIN documento d"
        " ON d.id = i.documento_id WHERE i.pasta NOT IN (SELECT value FROM json_each(?))"
        " UNION ALL"
        " SELECT ?, i.evento_id, e.documento_id, i.pasta, i.tentativas, i.criada_em, e.chave, NULL, e.rota_id,"
        " e.tp_evento, e.n_seq FROM impressao_de_evento i JOIN evento e ON e.id = i.evento_id"
        " WHERE i.pasta NOT IN (SELECT value FROM json_each(?)) ORDER BY criada_em, especie, id LIMIT ?",
        *(DOCUMENTO, pastas, EVENTO, pastas, quantas),
    )


def processado(banco: Banco, especie: str, item_id: int) -> Row | None:
    """Returns the newest fiscal copy of the processed document, or of the processed event: folder and name."""
    filtro = "documento_id = ? AND evento_id IS NULL" if especie == DOCUMENTO else "evento_id = ?"
    return banco.uma(
        f"SELECT pasta, nome FROM publicacao WHERE tipo = 'fiscal' AND {filtro} ORDER BY id DESC LIMIT 1",  # noqa: S608
        item_id,
    )


def contar_tentativa(banco: Banco, especie: str, item_id: int) -> None:
    """Counts one failed try."""
    tabela, coluna = _TABELAS[especie]
    banco.execute(f"UPDATE {tabela} SET tentativas = tentativas + 1 WHERE {coluna} = ?", (item_id,))  # noqa: S608


def encerrar(banco: Banco, especie: str, item_id: int) -> None:
    """Removes the order: printed, or given up."""
    tabela, coluna = _TABELAS[especie]
    banco.execute(f"DELETE FROM {tabela} WHERE {coluna} = ?", (item_id,))  # noqa: S608
