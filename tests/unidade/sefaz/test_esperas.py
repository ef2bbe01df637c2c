"""Tests retry times: they are durations, they grow, and chance spreads them."""

from datetime import timedelta

import pytest

from separador.capacidades.sefaz.dominio.esperas import BLOQUEIO_CONSUMO, reenvio


def test_esperas_sao_duracoes_e_nao_numeros() -> None:
    assert timedelta(hours=1) == BLOQUEIO_CONSUMO
    assert isinstance(reenvio(0, 0.0), timedelta)


@pytest.mark.parametrize(("tentativas", "minimo_s"), [(0, 60), (1, 120), (2, 300), (3, 600), (4, 900), (50, 900)])
def test_reenvio_cresce_e_se_espalha(tentativas: int, minimo_s: int) -> None:
    assert reenvio(tentativas, 0.0) == timedelta(seconds=minimo_s)
    assert reenvio(tentativas, 0.999) < timedelta(seconds=minimo_s * 1.2)
    assert reenvio(tentativas, 0.5) > reenvio(tentativas, 0.1)
