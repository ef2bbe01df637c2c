"""Reads what became of an order since it was given, through a connection that cannot write."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from separador.banco.leitura import uma
from separador.capacidades.cte.dominio.desfecho_do_pedido import Fatos
from separador.pastas.erros import FalhaDePasta
from separador.pastas.lugar import abertos

_FINAIS = ("AUTORIZADO PELA SEFAZ", "REJEITADO PELA SEFAZ", "CANCELADO", "CANCELAMENTO REJEITADO")
_DA_CONSULTA = ("SEP-NAO-CONSTA", "SEP-CONSULTA-RECUSADA", "SEP-CONSULTAR", "SEP-CSTAT-DESCONHECIDO")
_ABERTAS = "('pendente', 'enviando', 'respondida', 'desconhecida')"


@dataclass(frozen=True, slots=True)
class Marcos:
    """The newest rows before the order: what is newer was caused by it, or came after it."""

    historico: int
    publicacao: int
    transmissao: int


def marcos(c: sqlite3.Connection) -> Marcos:
    """Returns the present end of the tables that tell of orders."""
    return Marcos(*(_fim(c, tabela) for tabela in ("historico", "publicacao", "transmissao")))


def _fim(c: sqlite3.Connection, tabela: str) -> int:
    sql = f"SELECT coalesce((SELECT max(id) FROM {tabela}), 0) AS n"  # noqa: S608 - one of three constants
    return int(c.execute(sql).fetchone()["n"])


def fatos(c: sqlite3.Connection, tarefa: sqlite3.Row, desde: Marcos) -> Fatos:
    """Returns the facts about one order, a row of `tarefa`."""
    chave, pedido = tarefa["chave"], tarefa["pedido"]
    doc = uma(c, "SELECT * FROM documento WHERE chave = ?", chave)
    mudou = _mudou(c, doc["id"], desde.historico) if doc is not None else None
    evento = _evento(c, tarefa)
    chamada = _chamada(c, tarefa, doc, desde.transmissao)
    publicado = _retorno(c, chave, doc, desde.publicacao) if pedido == "consultar" else None
    return Fatos(
        situacao=doc["situacao"] if doc is not None else None,
        mudou=mudou["para"] if mudou is not None else None,
        motivo=_motivo(doc, mudou),
        evento=evento["estado"] if evento is not None else None,
        cstat_do_evento=evento["cstat"] if evento is not None else None,
        motivo_do_evento=evento["motivo"] if evento is not None else None,
        chamada=chamada["estado"] if chamada is not None else None,
        resultado=chamada["resultado"] if chamada is not None else None,
        detalhe=chamada["detalhe"] if chamada is not None else None,
        aberta=_aberta(c, chave),
        retorno=os.fsdecode(bytes(publicado["nome"])) if publicado is not None else None,
        cstat_do_retorno=_cstat(publicado) if publicado is not None else None,
        recusada_a_consulta=_recusada(c, chave),
    )


def _motivo(doc: sqlite3.Row | None, mudou: sqlite3.Row | None) -> str | None:
    if doc is None or mudou is None:
        return None
    if mudou["protocolo"] is not None:
        return f"protocolo {mudou['protocolo']}"
    return f"{mudou['cstat']} {doc['motivo'] or ''}".strip() if mudou["cstat"] is not None else None


def _mudou(c: sqlite3.Connection, documento_id: int, desde: int) -> sqlite3.Row | None:
    marcas = ", ".join("?" * len(_FINAIS))
    return uma(
        c,
        f"SELECT * FROM historico WHERE documento_id = ? AND id > ? AND para IN ({marcas}) ORDER BY id DESC LIMIT 1",  # noqa: S608 - placeholders
        documento_id,
        desde,
        *_FINAIS,
    )


def _evento(c: sqlite3.Connection, tarefa: sqlite3.Row) -> sqlite3.Row | None:
    if tarefa["pedido"] == "estornar":
        sql = "SELECT * FROM evento WHERE chave = ? AND tp_evento = '110111' ORDER BY id DESC LIMIT 1"
        return uma(c, sql, tarefa["chave"])
    return uma(c, "SELECT * FROM evento WHERE tarefa_id = ? ORDER BY id DESC LIMIT 1", tarefa["id"])


def _chamada(c: sqlite3.Connection, tarefa: sqlite3.Row, doc: sqlite3.Row | None, desde: int) -> sqlite3.Row | None:
    """Returns the newest call of the order. The look-up after a reversal is the service's own, and bears no order."""
    if tarefa["pedido"] == "estornar":
        sql = (
            "SELECT * FROM transmissao WHERE documento_id = ? AND id > ? AND alvo = 'consulta' ORDER BY id DESC LIMIT 1"
        )
        return uma(c, sql, doc["id"] if doc is not None else 0, desde)
    return uma(c, "SELECT * FROM transmissao WHERE tarefa_id = ? ORDER BY id DESC LIMIT 1", tarefa["id"])


def _aberta(c: sqlite3.Connection, chave: str) -> bool:
    sql = f"SELECT 1 FROM transmissao WHERE chave = ? AND estado IN {_ABERTAS} LIMIT 1"  # noqa: S608 - constants
    return uma(c, sql, chave) is not None


def _retorno(c: sqlite3.Connection, chave: str, doc: sqlite3.Row | None, desde: int) -> sqlite3.Row | None:
    """Returns the answer to a query that a transmitter brought, once it is visible."""
    linhas = c.execute(
        "SELECT * FROM publicacao WHERE tipo = 'retorno' AND estado = 'publicada' AND id > ? ORDER BY id", (desde,)
    )
    bases = {chave.encode(), bytes(doc["base"])} if doc is not None else {chave.encode()}
    for linha in linhas:
        nome = bytes(linha["nome"])
        nossa = linha["documento_id"] == doc["id"] if doc is not None else linha["documento_id"] is None
        if nossa and nome.endswith((b"-sit.xml", b"-sit.err")) and nome.startswith(tuple(bases)):
            achada: sqlite3.Row = linha
            return achada
    return None


def _cstat(publicado: sqlite3.Row) -> str | None:
    """Returns the code in a published answer; None when somebody collected it already, or it has none."""
    from separador.fiscal.retornos import Retorno, interpretar  # noqa: PLC0415 -- lxml

    try:
        nome = abertos.em(Path(publicado["pasta"]), bytes(publicado["nome"]))
        with open(os.open(nome, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as aberto:
            dados = aberto.read()
    except (OSError, FalhaDePasta):
        return None
    lido = interpretar(dados)
    if not isinstance(lido, Retorno):
        return None
    return next((r.cstat for r in lido.respostas if r.especie == "consulta"), None)


def _recusada(c: sqlite3.Connection, chave: str) -> bool:
    marcas = ", ".join("?" * len(_DA_CONSULTA))
    sql = f"SELECT 1 FROM falha WHERE assunto = ? AND encerrada_em IS NULL AND codigo IN ({marcas})"  # noqa: S608 - placeholders
    return uma(c, sql, f"doc:{chave}", *_DA_CONSULTA) is not None
