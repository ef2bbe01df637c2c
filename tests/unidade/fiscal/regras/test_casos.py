"""Tests every rule that is checked: one document passes, and one fails with that rule's cStat and no other."""

import pytest
from lxml import etree

from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.modelo import EstadoRegra
from separador.fiscal.regras.motor import catalogo, verificar
from separador.nucleo.tipo import DOCUMENTOS, Tipo
from tests.unidade.fiscal.regras.bases import CONTEXTO, documento
from tests.unidade.fiscal.regras.casos import CASOS, Caso

VERIFICADAS = {(r.id, t): r for r in catalogo() if r.estado is EstadoRegra.VERIFICADA for t in r.tipos}


def _contexto(raiz: etree._Element, caso: Caso) -> ContextoRegras:
    """Takes the environment from the document, except for the rule that compares it with the configuration."""
    if VERIFICADAS[caso.regra, caso.tipo].cstat == "252":
        return CONTEXTO
    return ContextoRegras(next(raiz.iter("{*}tpAmb")).text or "", CONTEXTO.agora)


@pytest.mark.parametrize("tipo", sorted(DOCUMENTOS))
def test_documento_base_passa_em_todas(tipo: Tipo) -> None:
    assert verificar(documento(tipo), tipo, CONTEXTO) == []


@pytest.mark.parametrize("caso", CASOS, ids=lambda c: f"{c.regra}-{c.tipo}")
def test_regra_aceita_e_recusa(caso: Caso) -> None:
    certo = documento(caso.tipo, *caso.variante)
    assert verificar(certo, caso.tipo, _contexto(certo, caso)) == []
    errado = documento(caso.tipo, *caso.variante, *caso.falha, depois=caso.depois)
    erros = verificar(errado, caso.tipo, _contexto(errado, caso))
    assert {(e.regra, e.codigo) for e in erros} == {(caso.regra, VERIFICADAS[caso.regra, caso.tipo].cstat)}
    for erro in erros:
        assert erro.linha == 1
        assert erro.tag
        assert erro.mensagem
        assert erro.o_que_fazer


def test_toda_regra_verificada_tem_os_dois_documentos() -> None:
    assert {(c.regra, c.tipo) for c in CASOS} == VERIFICADAS.keys()
