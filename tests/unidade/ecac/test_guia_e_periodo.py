"""Tests states of a guide, and periods as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.dominio.guia import TRANSICOES, Estado, Fato, Periodo, ler_periodo, mes, transitar

pytestmark = pytest.mark.requisito("ECAC-04")


def test_o_caminho_de_uma_guia() -> None:
    estado = Estado.ABERTA
    for fato in (Fato.CONSULTA_VAZIA, Fato.CONSULTA_VAZIA, Fato.PAGAMENTO, Fato.COMPROVANTE):
        estado = transitar(estado, fato)
    assert estado is Estado.PAGA
    assert estado.baixada


def test_o_comprovante_solto_na_pasta_baixa_sozinho() -> None:
    assert transitar(Estado.ABERTA, Fato.COMPROVANTE) is Estado.PAGA


@given(st.lists(st.sampled_from([f for f in Fato if f is not Fato.REABERTURA])), st.sampled_from(Estado))
def test_so_uma_pessoa_desfaz_uma_baixa(fatos: list[Fato], inicio: Estado) -> None:
    estado = inicio
    for fato in fatos:
        seguinte = transitar(estado, fato)
        assert not estado.baixada or seguinte.baixada
        estado = seguinte


@given(st.sampled_from(Estado), st.integers(0, 50))
def test_ausencia_de_pagamento_nunca_baixa_nem_desfaz(inicio: Estado, vezes: int) -> None:
    estado = inicio
    for _ in range(vezes):
        estado = transitar(estado, Fato.CONSULTA_VAZIA)
    assert estado.baixada == inicio.baixada


def test_a_tabela_de_transicoes_e_a_que_o_banco_guarda() -> None:
    assert (Estado.PAGA, Estado.CONSULTADA) not in TRANSICOES
    assert (Estado.PAGA, Estado.ABERTA) in TRANSICOES


@pytest.mark.parametrize(
    ("texto", "inicio", "fim"),
    [
        ("05/2026", date(2026, 5, 1), date(2026, 5, 31)),
        ("202602", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("Maio/2026", date(2026, 5, 1), date(2026, 5, 31)),
        ("março de 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("Marco/2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("31/05/2026", date(2026, 5, 31), date(2026, 5, 31)),
        ("2026-05-31", date(2026, 5, 31), date(2026, 5, 31)),
        ("20260531", date(2026, 5, 31), date(2026, 5, 31)),
        ("1T/2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("4º trimestre 2025", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026-T2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periodos(texto: str, inicio: date, fim: date) -> None:
    assert ler_periodo(f" {texto} ") == Periodo(inicio, fim)


@pytest.mark.parametrize("texto", ["", "13/2026", "31/02/2026", "5T/2026", "ontem", "0000", "202613", "00000000"])
def test_o_que_nao_e_periodo(texto: str) -> None:
    assert ler_periodo(texto) is None


@given(st.text(max_size=20))
def test_qualquer_texto_e_periodo_ou_nada(texto: str) -> None:
    lido = ler_periodo(texto)
    assert lido is None or lido.inicio <= lido.fim


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_o_mes_se_escreve_e_se_le(ano: int, numero: int) -> None:
    assert ler_periodo(str(mes(ano, numero))) == mes(ano, numero)
