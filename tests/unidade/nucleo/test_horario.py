"""Tests when the daily import is due."""

from datetime import datetime, time, timedelta, timezone

import pytest

from separador.nucleo.horario import devida, vez

BRASILIA = timezone(timedelta(hours=-3))
SEIS_E_MEIA = time(6, 30)


def _as(hora: int, minuto: int = 0, dia: int = 20) -> datetime:
    return datetime(2026, 11, dia, hora, minuto, tzinfo=BRASILIA)


@pytest.mark.parametrize(
    ("agora", "slot"),
    [
        (_as(6, 30), _as(6, 30)),
        (_as(6, 29), _as(22, 30, dia=19)),
        (_as(10, 29), _as(6, 30)),
        (_as(10, 30), _as(10, 30)),
        (_as(23, 59), _as(22, 30)),
        (_as(0, 0), _as(22, 30, dia=19)),
    ],
)
def test_a_vez_mais_nova(agora: datetime, slot: datetime) -> None:
    assert vez(agora, SEIS_E_MEIA, 14400) == slot


@pytest.mark.requisito("ECAC-02")
def test_devida_uma_vez_por_horario_depois_do_atraso() -> None:
    antes = _as(22, 31, dia=19)
    assert not devida(_as(6, 29), antes, SEIS_E_MEIA, 14400, 0)
    assert devida(_as(6, 30), antes, SEIS_E_MEIA, 14400, 0)
    assert not devida(_as(6, 35), antes, SEIS_E_MEIA, 14400, 600)
    assert devida(_as(6, 40), antes, SEIS_E_MEIA, 14400, 600)
    assert not devida(_as(9, 0), _as(6, 41), SEIS_E_MEIA, 14400, 600)
    assert devida(_as(9, 0), None, SEIS_E_MEIA, 14400, 600)


def test_repetir_maior_que_o_dia_roda_uma_vez() -> None:
    assert vez(_as(6, 29), SEIS_E_MEIA, 86400 * 3) == _as(6, 30, dia=19)
