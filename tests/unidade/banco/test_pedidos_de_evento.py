"""Tests orders for events beside the others. Their data tells them apart, and an older database can be read."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco, abrir
from separador.capacidades.cte.banco import leitura_de_eventos

CHAVE = "35261111222333000181570010000000011123939499"
QUANDO = "2026-11-20T15:00:00.000Z"


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    aberto = abrir(tmp_path)
    yield aberto
    aberto.close()


def test_igual_so_com_os_mesmos_dados(banco: Banco) -> None:
    with banco.transacao():
        um = tabela_de_pedidos.registrar(banco, "evento", CHAVE, None, "eu", QUANDO, dados='{"evento": "desacordo"}')
        outro = tabela_de_pedidos.registrar(banco, "consultar", CHAVE, None, "eu", QUANDO)
    assert tabela_de_pedidos.igual_pendente(banco, "evento", CHAVE, None, dados='{"evento": "desacordo"}') == um
    assert tabela_de_pedidos.igual_pendente(banco, "evento", CHAVE, None, dados='{"evento": "gtv"}') is None
    assert tabela_de_pedidos.igual_pendente(banco, "consultar", CHAVE, None) == outro


@pytest.mark.requisito("EMIS-17")
def test_ordem_sem_evento_aparece_na_lista(banco: Banco) -> None:
    with banco.transacao():
        numero = tabela_de_pedidos.registrar(
            banco, "evento", CHAVE, None, "eu", QUANDO, dados='{"evento": "desacordo", "dados": {}}'
        )
        tabela_de_pedidos.registrar(banco, "evento", CHAVE, None, "eu", QUANDO, dados='{"evento": "gtv", "dados": {}}')
    todas = leitura_de_eventos.pedidos_sem_evento(banco.conn, leitura_de_eventos.FiltroEvento(nome="desacordo"))
    assert [t["id"] for t in todas] == [numero]
    assert leitura_de_eventos.pedidos_sem_evento(banco.conn, leitura_de_eventos.FiltroEvento(chave="outra")) == []


def test_banco_de_antes() -> None:
    """The program is new, and its service has not started yet, so the database has the old columns."""
    with sqlite3.connect(":memory:") as c:
        c.row_factory = sqlite3.Row
        c.execute("CREATE TABLE tarefa (id INTEGER, pedido TEXT, chave TEXT, estado TEXT)")
        assert leitura_de_eventos.pedidos_sem_evento(c, leitura_de_eventos.FiltroEvento()) == []
    c.close()
