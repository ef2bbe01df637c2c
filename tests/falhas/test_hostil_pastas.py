"""Tests that the running service makes its own folders again when somebody deletes them, without a restart."""

import shutil

import pytest

from separador.demonstracao import exportacoes as ex
from tests.apoio.casa_de_teste import CasaDeTeste


@pytest.mark.requisito("SEP-02")
def test_B6_pasta_de_trabalho_apagada_volta_sem_reiniciar(casa: CasaDeTeste) -> None:
    casa.soltar(4, "antes.txt", b"1")
    shutil.rmtree(casa.dados / "trabalho")
    casa.por(4, "depois.txt", b"2")
    casa.por(1, "a-cte.xml", ex.cte(1, agora=casa.agora, variante="uma-nota").dados)
    casa.passar(5)
    casa.passar(5)
    assert casa.nomes(casa.destino(4)) == ["antes.txt", "depois.txt"]
    assert len(casa.nomes(casa.destino(1))) == 1
    assert casa.falhas() == []
