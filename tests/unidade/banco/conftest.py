"""Makes a new database with one authorised document in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import Mudanca, NovoDocumento
from separador.nucleo.situacao import Causa, Situacao

CHAVE = "35260712ABC34501DE35570010000001231123456784"
QUANDO = "2026-11-20T15:00:00.000Z"


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    aberto = abrir(tmp_path)
    yield aberto
    aberto.close()


def novo(chave: str = CHAVE, digest: str = "dig") -> NovoDocumento:
    return NovoDocumento(chave, "CTe", "57", "1", "123", "12ABC34501DE35", "2", digest, None, 1, b"base", 1)


def levar(banco: Banco, *passos: tuple[Causa, Situacao], chave: str = CHAVE) -> int:
    """Registers a document, leads it through these changes, and returns its id."""
    with banco.transacao():
        documento = documentos.inserir(banco, novo(chave), b"<CTe/>", QUANDO, "arquivo:a-cte.xml")
        for causa, para in passos:
            documentos.transitar(banco, documentos.por_id(banco, documento), Mudanca(causa, para, QUANDO, "teste"))
    return documento


@pytest.fixture
def autorizado(banco: Banco) -> int:
    return levar(banco, (Causa.ENVIO, Situacao.AGUARDANDO_RETORNO), (Causa.RETORNO_AUTORIZADO, Situacao.AUTORIZADO))


@pytest.fixture(autouse=True)
def _como_no_produto(banco_das_migracoes: None) -> None:
    """Makes each database here as the product makes it."""
