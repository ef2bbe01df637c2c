"""Tests that what SQLite finds broken is said in Portuguese, with the index or the page."""

import sqlite3
from pathlib import Path

import pytest

from separador.banco import leitura


def indice_errado(arquivo: Path) -> None:
    """Makes an index that lacks the lines of its table."""
    with sqlite3.connect(arquivo) as c:
        c.executescript(
            "CREATE TABLE t (a, b); CREATE INDEX por_a ON t (a); INSERT INTO t VALUES (1, 2), (3, 4);"
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_master SET sql = 'CREATE INDEX por_a ON t (b)' WHERE name = 'por_a'"
        )


def pagina_errada(arquivo: Path) -> None:
    """Says in the head of a page of a table that 32 bytes are lost in it."""
    with sqlite3.connect(arquivo) as c:
        c.execute("CREATE TABLE t (a)")
        c.executemany("INSERT INTO t VALUES (?)", [("x" * 900,)] * 100)
    dados = bytearray(arquivo.read_bytes())
    tamanho = int.from_bytes(dados[16:18], "big")
    dados[4 * tamanho + 7] = 32
    arquivo.write_bytes(dados)


@pytest.mark.requisito("USO-01")
def test_banco_inteiro_diz_ok(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bom.db") as c:
        c.execute("CREATE TABLE t (a)")
        assert leitura.integridade(c) == leitura.integridade_inteira(c) == "ok"


@pytest.mark.requisito("USO-01")
def test_indice_sem_as_linhas_da_tabela(tmp_path: Path) -> None:
    indice_errado(tmp_path / "torto.db")
    dito = leitura.integridade_inteira(sqlite3.connect(tmp_path / "torto.db"))
    assert dito.startswith("a linha 1 falta no índice por_a; a linha 2 falta no índice por_a")


@pytest.mark.requisito("USO-01")
def test_pagina_quebrada(tmp_path: Path) -> None:
    pagina_errada(tmp_path / "torto.db")
    conexao = sqlite3.connect(tmp_path / "torto.db")
    for dito in (leitura.integridade(conexao), leitura.integridade_inteira(conexao)):
        assert dito == "a página 5 está quebrada"
