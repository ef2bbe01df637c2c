"""Tests that the running service makes its own folders again when somebody deletes them, without a restart."""

import shutil

import pytest

from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao import Instalacao
from tests.apoio.posse import canto


@pytest.mark.requisito("SEP-02")
def test_pasta_de_trabalho_apagada_volta_sem_reiniciar(instalacao: Instalacao) -> None:
    instalacao.soltar(4, "antes.txt", b"1")
    shutil.rmtree(canto(instalacao.origem(4)) / "trabalho")
    instalacao.passar(2)
    instalacao.por(4, "depois.txt", b"2")
    instalacao.por(1, "a-cte.xml", ex.cte(1, agora=instalacao.agora, variante="uma-nota").dados)
    instalacao.passar(5)
    instalacao.passar(5)
    assert instalacao.nomes(instalacao.destino(4)) == ["antes.txt", "depois.txt"]
    assert len(instalacao.nomes(instalacao.destino(1))) == 1
    assert instalacao.falhas() == []
