"""Tests that what is kept of a load is read back as the same load, whatever is in it."""

import pytest

from separador.capacidades.emissao.arquivos.guardada import lida_de
from separador.capacidades.emissao.arquivos.leitura import ditas
from separador.capacidades.emissao.dominio.conteudo import guardado
from separador.fiscal.emissao.no import desfolhar
from tests.apoio.tabela_de_cargas import CASOS, julgada


@pytest.mark.requisito("CARGA-03")
@pytest.mark.parametrize("nome", CASOS)
def test_a_carga_guardada_e_a_mesma(nome: str) -> None:
    conteudo = julgada(CASOS[nome]).conteudo
    assert guardado(ditas(lida_de(conteudo))) == conteudo


def test_listas_dentro_de_listas() -> None:
    ditas = [("a[1].b[1]", "x"), ("a[1].b[2]", "y"), ("a[3].c", "z"), ("d.e", "w")]
    assert desfolhar(ditas) == {"a": [{"b": ["x", "y"]}, {}, {"c": "z"}], "d": {"e": "w"}}
