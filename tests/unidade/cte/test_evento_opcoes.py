"""Tests that options, help and fields of the events' commands come from the table of events."""

import json

import click
import pytest
from click.testing import CliRunner

from separador.capacidades.cte.cli import evento_opcoes
from separador.fiscal.evento.campos import Grupo, informaveis
from separador.fiscal.evento.tabela import EVENTOS, EventoFiscal
from separador.programa import grupo

POR_EVENTO = pytest.mark.parametrize("evento", EVENTOS, ids=lambda e: e.nome)


@pytest.mark.requisito("SEFAZ-02")
@POR_EVENTO
def test_cada_campo_da_tabela_e_opcao_ou_lista_do_arquivo(evento: EventoFiscal) -> None:
    ajuda = CliRunner().invoke(grupo, ["cte", "evento", evento.nome, "--ajuda"], terminal_width=400)
    assert ajuda.exit_code == 0, ajuda.output
    for item in informaveis(evento.do_pedido):
        if isinstance(item, Grupo) and not item.opcao:
            assert f"Só com --dados: {item.nome} (lista de:" in ajuda.output
        else:
            assert f"--{evento_opcoes.nome_da_opcao(item.nome)} " in ajuda.output


@POR_EVENTO
def test_campos_em_json(evento: EventoFiscal) -> None:
    dito = CliRunner().invoke(grupo, ["cte", "evento", "campos", evento.nome, "--json"])
    corpo = json.loads(dito.output)
    assert (corpo["evento"], corpo["tp_evento"], corpo["maior_sequencia"]) == (evento.nome, evento.tp, evento.max_seq)
    nomes = [c["nome"] for c in corpo["campos"]]
    assert {i.nome for i in informaveis(evento.do_pedido)} <= set(nomes)
    assert len(nomes) == len(set(nomes))
    assert all(c["texto"] for c in corpo["campos"])


def test_campos_na_tela_e_evento_que_nao_existe() -> None:
    assert "gtvs[].especies[].tipo" in CliRunner().invoke(grupo, ["cte", "evento", "campos", "gtv"]).output
    assert CliRunner().invoke(grupo, ["cte", "evento", "campos", "epec"]).exit_code == 2


@pytest.mark.parametrize(
    ("dita", "lida"),
    [
        ("compl/xObs=A=B", {"grupo": "compl", "campo": "xObs", "valor": "A=B"}),
        ("infQ/tpMed/2=KG", {"grupo": "infQ", "campo": "tpMed", "item": "2", "valor": "KG"}),
    ],
)
def test_uma_correcao_por_opcao(dita: str, lida: dict[str, str]) -> None:
    assert evento_opcoes._correcao(dita) == lida


@pytest.mark.parametrize("dita", ["compl/xObs", "compl=x", "a/b/c/d=x", "/xObs=x", ""])
def test_correcao_sem_forma(dita: str) -> None:
    with pytest.raises(click.BadParameter):
        evento_opcoes._correcao(dita)
