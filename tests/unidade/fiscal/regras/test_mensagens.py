"""Reads what each rule says about its failing document, and tries the value that it says would be right."""

import re

import pytest
from lxml import etree

from separador.fiscal.regras.ibge import municipio_da_uf, municipio_de_exemplo, municipio_existe
from separador.fiscal.regras.ie import UFS, ie_de_exemplo, ie_valida
from separador.fiscal.regras.motor import catalogo, verificar
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.nucleo.erro import Erro
from tests.unidade.fiscal.mensagens.test_todos_os_tipos import INGLES
from tests.unidade.fiscal.regras.bases import NS, documento
from tests.unidade.fiscal.regras.casos import CASOS, Caso
from tests.unidade.fiscal.regras.test_casos import _contexto

LUGAR = re.compile(r"^.+ \((tag|atributo) ([\w()]+)(?:, em ([\w/()]+))?\): ")
EXEMPLO = re.compile(r"Por exemplo: (?:«([^«»]+)»|<(\w+)>([^<>]+)</\w+>)\.$")


def errado(caso: Caso) -> etree._Element:
    return documento(caso.tipo, *caso.variante, *caso.falha, depois=caso.depois)


def erros(raiz: etree._Element, caso: Caso) -> list[Erro]:
    return verificar(raiz, caso.tipo, _contexto(raiz, caso))


def no_lugar(raiz: etree._Element, caminho: str) -> etree._Element:
    """Returns the element of a path as the messages write it: `CTe/infCte/autXML(2)`."""
    no = raiz
    for passo in caminho.split("/")[1:]:
        nome, _, numero = passo.rstrip(")").partition("(")
        no = no.findall(f"{{{NS}}}{nome}")[int(numero or 1) - 1]
    return no


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", CASOS, ids=lambda c: f"{c.regra}-{c.tipo}")
def test_cada_regra_diz_campo_lugar_valor_e_o_certo(caso: Caso) -> None:
    raiz = errado(caso)
    for erro in erros(raiz, caso):
        dito = erro.mensagem
        lugar = LUGAR.match(dito)
        assert lugar is not None, dito
        pai = no_lugar(raiz, lugar[3]) if lugar[3] else raiz
        assert erro.tag == lugar[2].partition("(")[0]
        assert "O certo: " in dito
        assert not re.search(r"[\[\^$\\]|«»\.| \.|\.\.", dito.replace("R$", "").replace("o valor vazio («»)", ""))
        assert not INGLES.search(re.sub(r"«[^»]*»|<[^>]*>[^<]*</[^>]*>", "", dito)), dito
        if lugar[1] == "atributo":
            assert f"o valor «{pai.get(lugar[2])}»" in dito
        elif "falta esta tag" not in dito:
            no = no_lugar(raiz, f"{lugar[3]}/{lugar[2]}" if lugar[3] else lugar[2])
            assert len(no) or "o valor" in dito or not (no.text or "").strip()
            if 0 < len(no.text or "") <= 60 and not len(no):
                assert f"o valor «{no.text}»" in dito
        assert erro.o_que_fazer.endswith((".", "FISCAL"))


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", CASOS, ids=lambda c: f"{c.regra}-{c.tipo}")
def test_o_exemplo_de_cada_regra_serve(caso: Caso) -> None:
    """What is said to be right is put in the place of what was wrong: the rule has nothing more to say there."""
    raiz = errado(caso)
    antes = erros(raiz, caso)
    for erro in antes[:1]:
        lugar, exemplo = LUGAR.match(erro.mensagem), EXEMPLO.search(erro.mensagem)
        assert lugar is not None
        if exemplo is None:
            continue
        pai = no_lugar(raiz, lugar[3]) if lugar[3] else raiz
        valor = (exemplo[1] or exemplo[3]).replace("&amp;", "&")
        if lugar[1] == "atributo":
            pai.set(lugar[2], valor)
        elif exemplo[2] is not None or "falta esta tag" in erro.mensagem:
            nova = etree.SubElement(pai, f"{{{NS}}}{lugar[2]}")
            if lugar[2] == "infCTeSupl":
                nova = etree.SubElement(nova, f"{{{NS}}}qrCodCTe")
            nova.text = valor
        else:
            no_lugar(raiz, f"{lugar[3]}/{lugar[2]}").text = valor
        depois = [e for e in erros(raiz, caso) if e.regra == erro.regra]
        outra_tag = "falta esta tag" in erro.mensagem and depois and depois[0].tag != erro.tag
        assert len(depois) < len(antes) or outra_tag, (erro.mensagem, depois)


@pytest.mark.requisito("USO-01")
def test_quase_toda_regra_sobre_um_valor_da_um_exemplo() -> None:
    """Without one are only rules after which another tag has to change, or this one has to go."""
    sem: set[str] = set()
    for caso in CASOS:
        for erro in erros(errado(caso), caso):
            if "o valor" in erro.mensagem and EXEMPLO.search(erro.mensagem) is None:
                sem.add(erro.codigo)
    assert sem == SEM_EXEMPLO


SEM_EXEMPLO = {
    "251",
    "269",
    "460",
    "461",
    "462",
    "463",
    "510",
    "527",
    "543",
    "586",
    "667",
    "714",
    "721",
    "732",
    "733",
    "745",
    "760",
    "815",
    "827",
    "853",
    "855",
    "874",
    "875",
    "886",
    "887",
    "897",
    "907",
}


@pytest.mark.requisito("USO-01")
def test_ha_um_municipio_e_uma_inscricao_de_exemplo_de_cada_uf() -> None:
    assert set(CODIGO_UF) == UFS
    for uf in UFS:
        assert ie_valida(uf, ie_de_exemplo(uf))
        assert municipio_existe(municipio_de_exemplo(uf))
        assert municipio_da_uf(municipio_de_exemplo(uf), uf)
    assert ie_de_exemplo("EX") == municipio_de_exemplo("") == ""


def test_toda_regra_diz_o_certo_numa_frase() -> None:
    for regra in catalogo():
        assert regra.descricao.endswith(".")
        assert regra.descricao[0].isupper()
