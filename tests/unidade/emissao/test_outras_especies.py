"""What of the other kinds no row of the tables tells: decisions with reasons, taxes read back, order of the tags."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.xml.lidos import impostos_de
from separador.fiscal.emissao.xml.pedacos import do_leiaute
from tests.apoio.emissao import planejar
from tests.apoio.tabela_de_cargas import BASES, CASOS, conteudo_de, julgada

ESPECIES = ("pessoas", "valores", "bagagem", "simplificado", "gtve")
_XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.requisito("EMIS-22")
@pytest.mark.parametrize("especie", ESPECIES)
def test_cada_decisao_tem_o_seu_porque(especie: str) -> None:
    (decidido,) = planejar(conteudo_de({"parte_de": especie})).decididos
    campos = [d.campo for d in decidido.decisoes]
    assert {"transportadora", "tomador", "tpServ", "inicio", "fim", "CFOP", "natureza", "modal", "grupo"} <= set(campos)
    assert ("grupo ICMS" in campos) == (especie != "gtve")
    assert all(d.motivo for d in decidido.decisoes)


@pytest.mark.requisito("EMIS-22")
def test_os_impostos_de_um_simplificado_sao_os_do_total() -> None:
    (documento,) = julgada(CASOS["simplificado"]).documentos
    lidos = impostos_de(etree.fromstring(zlib.decompress(documento.xml)))
    assert lidos == {"cst": "00", "base": "200.00", "aliquota": "12.00", "valor": "24.00", "ibs": "0.16", "cbs": "1.52"}


def test_uma_gtve_nao_tem_impostos() -> None:
    (documento,) = julgada(CASOS["GTV-e"]).documentos
    assert set(impostos_de(etree.fromstring(zlib.decompress(documento.xml))).values()) == {None}


@pytest.mark.parametrize("especie", [*BASES])
def test_a_especie_ignora_o_que_padrao_diz_e_ela_nao_tem(especie: str) -> None:
    """What every other kind has alone stands in `padrao`: the document is the same as without it."""
    conteudo = conteudo_de({"parte_de": especie})
    sem = planejar(conteudo)
    alheios: dict[str, Any] = {}
    for outra in BASES:
        alheios |= {n: v for n, v in BASES[outra].items() if n in ("os", "gtve", "entregas", "gtv") and v is not None}
    tem = {"pessoas": "os", "valores": "os gtve", "bagagem": "os", "simplificado": "entregas", "gtve": "gtv"}
    conteudo["padrao"] |= {n: v for n, v in alheios.items() if n not in tem.get(especie, "").split()}
    com = planejar(conteudo)
    assert com.erros == sem.erros == ()
    assert [d.decisoes for d in com.decididos] == [d.decisoes for d in sem.decididos]


def _sequencias(no: Any) -> Iterator[list[str]]:
    """Yields the tags of each group of a schema, in its order."""
    for tipo in no.iter(f"{_XS}complexType"):
        nomes = [
            e.get("name") for e in tipo.iter(f"{_XS}element") if next(e.iterancestors(f"{_XS}complexType")) is tipo
        ]
        if len(nomes) > 1:
            yield nomes


@pytest.mark.parametrize("arquivo", ["Aereo", "Aquaviario", "Dutoviario", "Ferroviario", "Multi"])
def test_a_ordem_das_tags_e_a_do_esquema_oficial(arquivo: str) -> None:
    nome = "cteMultiModal" if arquivo == "Multi" else f"cteModal{arquivo}"
    raiz = etree.parse(Path(esquema.pasta()) / f"{nome}_v4.00.xsd").getroot()
    for tags in _sequencias(raiz):
        escrito = do_leiaute("g", No("", dict.fromkeys(reversed(tags), "1")))
        assert escrito == "<g>" + "".join(f"<{t}>1</{t}>" for t in tags) + "</g>"
