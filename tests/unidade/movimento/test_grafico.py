"""Bars stay in their drawing, are as high as what they count, and say it in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.movimento.telas import grafico
from separador.capacidades.movimento.telas.grafico import barras, deitadas

pytestmark = pytest.mark.requisito("PAINEL-01")
LEGENDA = (("autorizado", "autorizados"), ("rejeitado", "rejeitados"))
valor = st.integers(0, 10**9)


@given(st.lists(st.tuples(valor, valor), max_size=40))
def test_as_barras_cabem_e_crescem_com_o_que_contam(pares: list[tuple[int, int]]) -> None:
    feito = barras("Documentos por dia", LEGENDA, [(f"dia {i}", f"{i}", par) for i, par in enumerate(pares)])
    assert len(feito.colunas) == len(pares)
    for coluna in feito.colunas:
        assert feito.esquerda <= coluna.x
        assert coluna.x + coluna.largura <= grafico.LARGURA
        for faixa in coluna.faixas:
            assert faixa.y >= 0
            assert faixa.y + faixa.altura <= feito.chao + 0.2
    alturas = [sum(f.altura for f in c.faixas) for c in feito.colunas]
    for (a, b), (c, d), um, outro in zip(pares, pares[1:], alturas, alturas[1:], strict=False):
        if (a + b) > 2 * (c + d) and a + b > 0:
            assert um >= outro - 4.1


def test_o_que_e_pouco_se_ve_e_o_que_e_nada_nao() -> None:
    feito = barras("x", LEGENDA, [("a", "a", (1_000_000, 1)), ("b", "b", (0, 0))])
    assert [len(c.faixas) for c in feito.colunas] == [2, 0]
    assert feito.colunas[0].faixas[1].altura > 0
    assert [c.dito for c in feito.colunas] == ["a: autorizados 1000000, rejeitados 1", "b: 0"]


@pytest.mark.parametrize(
    ("maior", "marcas"),
    [(0, ["0", "1"]), (1, ["0", "1"]), (3, ["0", "1", "2", "3", "4"]), (7, ["0", "2", "4", "6", "8"]),
     (4_500, ["0", "1 mil", "2 mil", "3 mil", "4 mil", "5 mil"]),
     (900, ["0", "250", "500", "750", "1 mil"]), (1_500_000, ["0", "500 mil", "1 mi", "1,5 mi", "2 mi"])],
)  # fmt: skip
def test_o_eixo_tem_numeros_redondos(maior: int, marcas: list[str]) -> None:
    assert [texto for _, texto in barras("x", LEGENDA[:1], [("a", "a", (maior,))]).marcas] == marcas


def test_de_muitas_barras_so_algumas_tem_nome() -> None:
    feito = barras("x", LEGENDA[:1], [(f"{i}", f"{i}", (1,)) for i in range(90)])
    assert 0 < sum(c.nome != "" for c in feito.colunas) <= 12


@pytest.mark.parametrize(
    "linhas",
    [[], [("209", 1)], [("209", 10**9), ("PRAZO-RETORNO", 1)], [("a" * 60, 10 - i) for i in range(10)]],
)
def test_as_deitadas_cabem_com_nome_e_numero(linhas: list[tuple[str, int]]) -> None:
    feito = deitadas("Recusas mais comuns", "rejeitado", [(nome, nome, n) for nome, n in linhas])
    assert len(feito.barras) == len(linhas)
    for barra, (_, n) in zip(feito.barras, linhas, strict=True):
        assert 0 < barra.largura <= feito.largura - feito.esquerda - 100
        assert barra.y + feito.grossura <= feito.altura
        assert len(barra.nome) <= 16
        assert barra.numero == f"{n:,}".replace(",", ".")
