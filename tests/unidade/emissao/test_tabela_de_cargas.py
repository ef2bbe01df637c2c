"""The tables of loads. Good: judged as an export is judged, the XML compared tag by tag. Bad: every error, in order."""

import re
import zlib

import pytest

from tests.apoio import papel_inteiro
from tests.apoio.documento_cheio import protocolado
from tests.apoio.tabela_de_cargas import CASOS, RUINS, erros_de, julgada, tipo_de


@pytest.mark.requisito("CAD-01", "CAD-02", "CAD-03", "EMIS-01", "EMIS-02", "EMIS-04", "EMIS-05", "EMIS-06", "EMIS-07")
@pytest.mark.requisito("EMIS-08", "EMIS-09", "EMIS-10", "EMIS-11", "EMIS-13", "EMIS-15", "EMIS-18", "EMIS-19")
@pytest.mark.requisito("EMIS-12", "EMIS-16", "EMIS-20", "EMIS-22", "EMIS-24")
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


def _do_papel() -> list[object]:
    """Returns every case of a kind or mode of its own each day, the others in the long run."""
    proprios = {n for n, c in CASOS.items() if c.get("parte_de") in DO_DIA or "modal" in c.get("cte", {})}
    return [n if n in proprios else pytest.param(n, marks=pytest.mark.longo) for n in CASOS]


DO_DIA = ("pessoas", "valores", "bagagem", "simplificado", "gtve")


@pytest.mark.requisito("DACTE-01")
@pytest.mark.parametrize("nome", _do_papel())
def test_o_papel_tem_o_documento_inteiro(nome: str) -> None:
    (documento,) = julgada(CASOS[nome]).documentos
    xml = zlib.decompress(documento.xml)
    papel_inteiro.conferir(protocolado(xml, tipo_de(xml), "2"))


@pytest.mark.requisito("CAD-01", "CAD-04", "CAD-05", "EMIS-01", "EMIS-02", "EMIS-03", "EMIS-05", "EMIS-06", "EMIS-07")
@pytest.mark.requisito("EMIS-08", "EMIS-10", "EMIS-11", "EMIS-12", "EMIS-13", "EMIS-14", "EMIS-18", "EMIS-19")
@pytest.mark.requisito("EMIS-16", "EMIS-20", "EMIS-21", "EMIS-22")
@pytest.mark.parametrize("nome", RUINS)
def test_a_carga_ruim_e_recusada_no_campo_certo(nome: str) -> None:
    """Each error says in a sentence what is wrong, in another what to do, and the requirement where there is one."""
    erros = erros_de(RUINS[nome])
    assert [[x.codigo, x.campo.removeprefix("conhecimentos[1]")] for x in erros] == RUINS[nome]["erros"]
    for erro in erros:
        assert min(len(erro.mensagem), len(erro.o_que_fazer)) > 10, erro
        assert erro.regra, erro
