"""Tests every fault in a random order. What the client calls right must be right, and both ledgers must agree."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from separador.capacidades.ecac.arquivos import comprovantes
from separador.capacidades.ecac.integra.cliente import Cliente
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Ok, Recusado
from separador.capacidades.ecac.integra.valores import Filtro, Partes
from separador.simulador.serpro.cenario import Falha
from separador.simulador.serpro.falhas import TODAS
from tests.apoio.serpro_local import SerproEmFio
from tests.integracao.ecac.conftest import DARF, DAS, EMPRESA, Caderno

LENTAS = {"demora", "lenta"}  # tested on their own
VAZIAS = {"dados-vazio", "dados-nulo", "dados-colchetes", "204"}
SERVICOS = ("PAGAMENTOS71", "COMPARRECADACAO72", "CONSDECLARACAO13", "GERARDAS12", "AUTENTICAR")


@pytest.mark.requisito("ECAC-04", "ECAC-05", "ECAC-07")
@pytest.mark.parametrize("semente", range(3))
def test_tudo_o_que_pode_dar_errado(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno, semente: int
) -> None:
    sorteio = random.Random(semente)
    falhas = [(faz, servico) for faz in sorted(TODAS - LENTAS) for servico in SERVICOS]
    sorteio.shuffle(falhas)
    perguntas: list[Callable[[], Any]] = [
        lambda: cliente.pagamentos(partes, Filtro()),
        lambda: cliente.comprovante(partes, sorteio.choice((DARF, DAS))),
        lambda: cliente.indice_das(partes, 2026),
        lambda: cliente.gerar_das(partes, "202604"),
    ]
    vistos: set[type] = set()
    for faz, servico in falhas[:90]:
        serpro.falhas(Falha(faz, servico))
        if servico == "AUTENTICAR":
            serpro.arquivo.esquecer_tokens()
        for perguntar in sorteio.sample(perguntas, 2):
            r = perguntar()
            vistos.add(type(r))
            if isinstance(r, Ok):
                _conferir(r.valor, faz)
        serpro.sem_falhas()
        cliente.esquecer()
    assert vistos >= {Ok, Recusado, Indisponivel, Desconhecido}
    _conferir_livros(serpro, caderno)


def _conferir(valor: Any, faz: str) -> None:
    if isinstance(valor, tuple) and valor and hasattr(valor[0], "canonico"):
        assert {p.canonico for p in valor} == {DARF.lstrip("0"), DAS.lstrip("0")}
    elif valor == ():
        assert faz in VAZIAS, "nothing is taken for empty that is not said to be"
    elif hasattr(valor, "pdf") and not hasattr(valor, "tipo"):
        motivo = comprovantes.conferir(valor.pdf, EMPRESA, valor.numero)
        assert motivo is None or faz == "pdf-de-outro"


def _conferir_livros(serpro: SerproEmFio, caderno: Caderno) -> None:
    """Checks that each request is once on both sides. One without answer may only be charged in our ledger."""
    deles = {c.etiqueta: c for c in serpro.chamadas() if c.caminho != "/authenticate"}
    nossas = {c.etiqueta: c for c in caderno.chamadas}
    assert set(deles) == set(nossas)
    assert len(nossas) == len(caderno.chamadas)
    for etiqueta, nossa in nossas.items():
        dela = deles[etiqueta]
        assert nossa.cobrada == dela.cobrada or (nossa.cobrada and nossa.http is None), (nossa, dela)
        assert nossa.http in (dela.http, None)
