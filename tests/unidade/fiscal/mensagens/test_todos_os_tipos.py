"""Makes wrong values for every simple type of the official schemas, and reads what is said about each."""

import re
from collections.abc import Iterator
from typing import cast

import pytest
from lxml import etree

from separador.fiscal.mensagens.achados import Achado, Tradutor
from separador.fiscal.mensagens.automato import automato
from separador.fiscal.mensagens.dicionario import Dicionario
from separador.fiscal.mensagens.padroes import PADROES
from separador.fiscal.mensagens.tipo_simples import TipoSimples
from separador.fiscal.mensagens.valor import exemplo, serve
from separador.fiscal.nomes import CTE
from separador.nucleo.texto.letras import nomear
from tests.unidade.fiscal.mensagens.tipos_do_esquema import (
    XS,
    Conjunto,
    TipoDoEsquema,
    conjuntos,
    padroes,
)

INGLES = re.compile(
    r"\b(the|is|not|value|expected|element|attribute|facet|pattern|length|accepted|allowed|valid|invalid|missing|"
    r"type|content|of|and|only|start|document)\b",
    re.IGNORECASE,
)
ERRADOS = (
    "",
    "?",
    "A—B",
    "SA\u0303O",
    "LINHA 1\nLINHA 2",
    "A\tB",
    " A ",
    "-1",
    "1,5",
    "31/12/2026",
    "x" * 2100,
    "\u20ac",
)


@pytest.fixture(scope="module")
def todos() -> list[Conjunto]:
    return conjuntos()


def com_valor(tipo: TipoDoEsquema, valor: str) -> etree._Element:
    no = etree.Element(f"{{{CTE}}}{tipo.elemento}", None, {None: CTE})
    no.text = valor
    return no


def ditos(tipo: TipoDoEsquema, valor: str, juiz: etree.XMLSchema, dicionario: Dicionario) -> Iterator[str]:
    """Yields what is said about a value that libxml2 refuses; nothing when it takes it."""
    no = com_valor(tipo, valor)
    if juiz.validate(no):
        return
    elemento = etree.Element(f"{XS}element", {"name": tipo.elemento})
    elemento.append(etree.fromstring(etree.tostring(tipo.no, with_tail=False)))
    dicionario.elementos[tipo.elemento] = elemento
    achados = list(cast("list[Achado]", list(juiz.error_log)))
    for erro in Tradutor(no, dicionario, "215", "XSD").traduzir(achados):
        yield f"{erro.mensagem} {erro.o_que_fazer}"


@pytest.mark.requisito("USO-01")
def test_todo_padrao_dos_esquemas_tem_frase_e_exemplo() -> None:
    assert padroes() == set(PADROES)
    for padrao, (frase, exemplo_dele) in PADROES.items():
        passeio = automato(padrao).percorrer(exemplo_dele)
        assert passeio.aceita, padrao
        assert passeio.lidas == len(exemplo_dele), padrao
        assert re.fullmatch(padrao, exemplo_dele), padrao
        assert frase
        assert not re.search(r"[\[\^$\\]", frase)


@pytest.mark.requisito("USO-01")
def test_o_caminhante_concorda_com_a_expressao_regular() -> None:
    """Every example, with each of its letters changed, left out or doubled, is judged alike by both."""
    for padrao in PADROES:
        modelo = re.compile(padrao)
        for valor in mutacoes(PADROES[padrao].exemplo):
            passeio = automato(padrao).percorrer(valor)
            assert (passeio.lidas == len(valor) and passeio.aceita) == bool(modelo.fullmatch(valor)), (padrao, valor)


def mutacoes(valor: str) -> Iterator[str]:
    yield valor
    for i in range(len(valor)):
        yield valor[:i] + valor[i + 1 :]
        yield valor[:i] + valor[i] * 2 + valor[i + 1 :]
        for letra in ("0", "9", "A", "z", ".", " ", "—"):
            yield valor[:i] + letra + valor[i + 1 :]


@pytest.mark.requisito("USO-01")
def test_o_exemplo_de_cada_tipo_e_aceito_pelo_esquema(todos: list[Conjunto]) -> None:
    maus = []
    for dicionario, tipos, juiz in todos:
        for tipo in tipos:
            dado = exemplo(dicionario.simples(tipo.no))
            if not juiz.validate(com_valor(tipo, dado)):
                maus.append((tipo.arquivo, tipo.nome, dado))
    assert maus == []


@pytest.mark.requisito("USO-01")
def test_valores_errados_de_cada_tipo_sao_ditos_em_portugues(todos: list[Conjunto]) -> None:
    """Every simple type of the package has a value here that libxml2 refuses, and each refusal is read."""
    ditos_por_tipo: dict[str, int] = {}
    for dicionario, tipos, juiz in todos:
        for tipo in tipos:
            for valor in (*ERRADOS, *mutacoes_do_exemplo(dicionario.simples(tipo.no))):
                for dito in ditos(tipo, valor, juiz, dicionario):
                    ditos_por_tipo[tipo.elemento] = ditos_por_tipo.get(tipo.elemento, 0) + 1
                    conferir(dito, valor, tipo)
    assert len(ditos_por_tipo) > 540
    assert {t.nome for c in todos for t in c.tipos if t.elemento not in ditos_por_tipo} == set()


def mutacoes_do_exemplo(tipo: TipoSimples) -> Iterator[str]:
    dado = exemplo(tipo)
    yield dado[:-1]
    yield f"{dado}0"
    yield dado[: len(dado) // 2] + "—" + dado[len(dado) // 2 + 1 :]


def conferir(dito: str, valor: str, tipo: TipoDoEsquema) -> None:
    """Checks one message: no pattern, no English, the value, the letter, what is right."""
    onde = (tipo.arquivo, tipo.nome, valor, dito)
    visto = dito.replace(valor, "") if valor else dito
    assert not re.search(r"[\[\^$\\]", visto), onde
    assert not INGLES.search(visto), onde
    assert "«" in dito, onde
    assert "O certo: " in dito, onde
    assert "não é um valor do leiaute" not in dito, onde
    if "—" in valor and "sempre «" not in dito:
        assert nomear("—") in dito, onde
        assert f"na posição {valor.index('—') + 1}" in dito, onde


@pytest.mark.requisito("USO-01")
def test_o_que_serve_aqui_serve_para_o_esquema(todos: list[Conjunto]) -> None:
    """Whatever is suggested as right was judged by `serve`: it never takes what libxml2 refuses."""
    for dicionario, tipos, juiz in todos:
        for tipo in tipos:
            simples = dicionario.simples(tipo.no)
            for valor in (*ERRADOS, *mutacoes_do_exemplo(simples)):
                if serve(valor, simples):
                    assert juiz.validate(com_valor(tipo, valor)), (tipo.arquivo, tipo.nome, valor)
