"""Tests that a rule that asks for a group finds nothing without it: not calling it hides no finding."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from lxml import etree

from separador.demonstracao import exportacoes, outros_modelos
from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.motor import catalogo
from separador.fiscal.regras.visao import Visao
from separador.nucleo.tipo import Tipo

AGORA = datetime(2026, 11, 21, 6, tzinfo=UTC)
CONTEXTO = ContextoRegras("2", AGORA)
BASES = {
    Tipo.CTE: exportacoes.cte(1, agora=AGORA).dados,
    Tipo.CTE_SIMP: outros_modelos.cte_simp(1, agora=AGORA).dados,
    Tipo.CTE_OS: outros_modelos.cte_os(1, agora=AGORA).dados,
    Tipo.GTVE: outros_modelos.gtve(1, agora=AGORA).dados,
}


def _variacoes(raiz: etree._Element) -> Iterator[etree._Element]:
    """Yields the document with each of the first levels gone, and with each kind of service, document and emission."""
    yield raiz
    for caminho in ("*", "*/*", "*/*/*"):
        for indice in range(len(raiz.findall(caminho))):
            outra = copy.deepcopy(raiz)
            no = outra.findall(caminho)[indice]
            pai = no.getparent()
            assert pai is not None
            pai.remove(no)
            yield outra
    for nome in ("tpServ", "tpCTe", "tpEmis", "modal"):
        for valor in "0123456789":
            outra = copy.deepcopy(raiz)
            for no in outra.iter(f"{{*}}{nome}"):
                no.text = valor if nome != "modal" else f"0{valor}"
            yield outra


@pytest.mark.parametrize("tipo", BASES)
def test_sem_o_grupo_a_regra_nada_diz(tipo: Tipo) -> None:
    regras = [r for r in catalogo() if r.exige and tipo in r.tipos]
    assert regras
    for raiz in _variacoes(etree.fromstring(BASES[tipo])):
        visao = Visao(raiz, tipo, CONTEXTO)
        for regra in regras:
            if regra.exige not in visao.presentes:
                assert regra.verificar is not None
                assert not regra.verificar(visao), regra.id
