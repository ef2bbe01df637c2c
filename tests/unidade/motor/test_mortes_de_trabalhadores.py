"""Tests how deaths of workers that no file explains are counted, and how a worker says that it goes on."""

import pytest

from separador.motor.trabalho.andamento import INTERVALO_S, DeVezEmQuando
from separador.motor.trabalho.mortes import (
    CALMA_S,
    ESPERA_S,
    JANELA_S,
    SAUDAVEL,
    SEGUIDAS,
    Mortes,
    com_o_tempo,
    depois_de_um_grupo,
    depois_de_uma,
)
from separador.motor.trabalho.vez import Vez


def mortas(*instantes: float) -> Mortes:
    m = SAUDAVEL
    for s in instantes:
        m = depois_de_uma(m, s)
    return m


@pytest.mark.requisito("BORDA-10")
def test_tres_mortes_seguidas_param_o_envio_por_um_tempo() -> None:
    assert not mortas(1.0, 2.0).doente
    m = mortas(1.0, 2.0, 3.0)
    assert m.seguidas == SEGUIDAS
    assert m.doente
    assert m.parado(3.0 + ESPERA_S - 0.1)
    assert not m.parado(3.0 + ESPERA_S)
    de_novo = depois_de_uma(m, 3.0 + ESPERA_S)
    assert de_novo.parado(4.0 + ESPERA_S), "depois da espera, uma só morte basta"


@pytest.mark.requisito("BORDA-10")
def test_mortes_longe_umas_das_outras_nao_se_somam() -> None:
    assert mortas(0.0, JANELA_S + 1, 2 * JANELA_S + 2, 3 * JANELA_S + 3) == Mortes(1, 3 * JANELA_S + 3)


@pytest.mark.requisito("BORDA-10")
def test_um_grupo_respondido_ou_um_tempo_de_calma_acaba_com_a_conta() -> None:
    m = mortas(1.0, 2.0, 3.0)
    assert depois_de_um_grupo(m) == SAUDAVEL
    calmo = 3.0 + ESPERA_S + CALMA_S + 0.1
    assert com_o_tempo(m, calmo, ha_pronto=False) is m, "sem processo pronto nada passou"
    assert com_o_tempo(m, calmo - 1, ha_pronto=True) is m
    assert com_o_tempo(m, calmo, ha_pronto=True) == SAUDAVEL


@pytest.mark.requisito("BORDA-09")
def test_sinal_de_vida_no_maximo_um_por_intervalo() -> None:
    agora = [0.0]
    ditos: list[float] = []
    vivo = DeVezEmQuando(lambda: ditos.append(agora[0]), lambda: agora[0])
    for n in range(40):
        agora[0] = n * INTERVALO_S / 4
        vivo()
    assert ditos == [n * INTERVALO_S for n in range(1, 10)]


@pytest.mark.requisito("BORDA-08", "BORDA-10")
def test_cada_vez_e_de_um_so() -> None:
    vez = Vez()
    do_trabalhador = vez.ponta_do_trabalhador()
    for numero in (1, 2, 3):
        vez.dar(numero)
    assert do_trabalhador.tomar() == 1
    do_trabalhador.lendo(1)
    assert vez.retirar() == {2, 3}, "o que não foi começado volta"
    vez.dar(4)
    assert do_trabalhador.tomar() == 4, "e quem trabalha não o vê mais"
    assert vez.lidos() == {1}, "o 4 foi tomado, e nada dele foi aberto"
    assert vez.lidos() == set()
    vez.fechar()
