"""Tests the ledger of NSU after each answer."""

from datetime import UTC, datetime, timedelta

import pytest

from separador.capacidades.distribuicao.dominio import ESPERA, FALTAS_POR_LOTE, POUCO_DEPOIS, Andamento, andar, faltas

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def depois(cstat: str, ult: int | None, maximo: int | None, atual: int = 10, horas: int = 1) -> Andamento:
    return andar(cstat, ult, maximo, atual=atual, agora=AGORA, intervalo=timedelta(hours=horas))


@pytest.mark.requisito("SEFAZ-07")
def test_enquanto_ha_mais_pergunta_logo() -> None:
    assert depois("138", 60, 200) == Andamento(60, 200, None)


@pytest.mark.requisito("SEFAZ-07")
def test_no_fim_espera_o_intervalo() -> None:
    assert depois("138", 200, 200, horas=3) == Andamento(200, 200, AGORA + timedelta(hours=3))


@pytest.mark.requisito("SEFAZ-07")
def test_137_e_656_esperam_uma_hora() -> None:
    assert depois("137", 200, 200) == Andamento(200, 200, AGORA + ESPERA)
    assert depois("656", 200, 200) == Andamento(None, None, AGORA + ESPERA, "SEP-CONSUMO-INDEVIDO")


def test_o_livro_nunca_volta() -> None:
    assert depois("138", 9, 200).falha == "SEP-DIST-NSU"
    assert depois("138", None, None).ult_nsu is None


def test_achou_sem_andar_nao_pergunta_sem_parar() -> None:
    """The same number comes again, with more to come. An hour's rest follows, not a loop."""
    assert depois("138", 10, 200).proxima_em == AGORA + ESPERA


@pytest.mark.parametrize("cstat", ["589", "252", "280", "4321"])
def test_o_que_nao_se_conhece_espera_e_aparece(cstat: str) -> None:
    assert depois(cstat, 60, 200) == Andamento(None, None, AGORA + ESPERA, "SEP-DIST-RECUSADA")


def test_parada_tenta_pouco_depois() -> None:
    assert depois("108", None, None) == Andamento(None, None, AGORA + POUCO_DEPOIS)


def test_faltas_entre_os_que_vieram() -> None:
    assert faltas(10, [11, 13, 16], 16) == [12, 14, 15]
    assert faltas(10, [13], 60) == [11, 12]
    assert faltas(0, [500, 502], 502) == [501]
    assert faltas(10, [], 60) == []
    assert len(faltas(10, [100_000], 100_000)) == FALTAS_POR_LOTE
