"""The table of good loads: each one judged as an export is judged, its XML compared tag by tag."""

import re
import zlib

import pytest

from tests.apoio.tabela_de_cargas import CASOS, julgada


@pytest.mark.requisito(*(f"EMIS-{n:02d}" for n in (1, 2, 5, 6, 7, 8, 9, 10, 11, 13, 18, 20, 22, 24)))
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
