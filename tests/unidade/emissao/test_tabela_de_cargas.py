"""The tables of loads. Good: judged as an export is judged, the XML compared tag by tag. Bad: every error, in order."""

import re
import zlib

import pytest

from separador.capacidades.emissao.dominio.valores import CargaRecusada
from tests.apoio.emissao import julgar
from tests.apoio.tabela_de_cargas import CASOS, RUINS, conteudo_de, equipamento_de, erros_de, julgada


@pytest.mark.requisito("CAD-01", "CAD-02", "CAD-03", "EMIS-01", "EMIS-02", "EMIS-04", "EMIS-05", "EMIS-06", "EMIS-07")
@pytest.mark.requisito("EMIS-08", "EMIS-09", "EMIS-10", "EMIS-11", "EMIS-13", "EMIS-15", "EMIS-18", "EMIS-19")
@pytest.mark.requisito("EMIS-20", "EMIS-22", "EMIS-24")
@pytest.mark.parametrize("nome", CASOS)
def test_o_xml_diz_o_que_a_tabela_diz(nome: str) -> None:
    (documento,) = julgada(CASOS[nome]).documentos
    xml = zlib.decompress(documento.xml).decode()
    for tag, esperado in CASOS[nome]["espera"].items():
        achados = re.findall(rf"<{tag}(?: [^>]*)?>([^<]*)<", xml)
        if esperado is None:
            assert achados == [], tag
        elif isinstance(esperado, list):
            assert achados == esperado, tag
        else:
            assert esperado in achados, (tag, achados)


@pytest.mark.requisito("CAD-01", "CAD-04", "CAD-05", "EMIS-01", "EMIS-02", "EMIS-03", "EMIS-05", "EMIS-06", "EMIS-07")
@pytest.mark.requisito("EMIS-08", "EMIS-10", "EMIS-11", "EMIS-12", "EMIS-13", "EMIS-14", "EMIS-18", "EMIS-19")
@pytest.mark.requisito("EMIS-20", "EMIS-21", "EMIS-22")
@pytest.mark.parametrize("nome", RUINS)
def test_a_carga_ruim_e_recusada_no_campo_certo(nome: str) -> None:
    assert erros_de(RUINS[nome]) == RUINS[nome]["erros"]


def test_cada_erro_diz_o_que_fazer() -> None:
    """In Portuguese, with a sentence for what is wrong and one for what to do; the requirement where there is one."""
    for nome, caso in RUINS.items():
        feita = julgar(conteudo_de(caso), equipamento_de(caso))
        assert isinstance(feita, CargaRecusada), nome
        for erro in feita.erros:
            assert len(erro.mensagem) > 10, (nome, erro)
            assert len(erro.o_que_fazer) > 10, (nome, erro)
            assert erro.regra, (nome, erro)
