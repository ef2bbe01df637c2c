"""Tests which copies stay."""

from datetime import UTC, datetime, timedelta

import pytest

from separador.capacidades.copias.dominio.poda import Regra, ficam

pytestmark = pytest.mark.requisito("OPS-08")
HOJE = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
UM_ANO = [HOJE - timedelta(hours=12 * n) for n in range(730)]


def test_sem_regra_nada_sai() -> None:
    assert ficam(UM_ANO, Regra()) == set(UM_ANO)


def test_diaria_semanal_e_mensal() -> None:
    ficando = ficam(UM_ANO, Regra(diaria=7, semanal=4, mensal=3))
    dias = {i.date() for i in ficando}
    assert len([i for i in ficando if HOJE - i < timedelta(days=7)]) == 7
    assert {(i.year, i.month) for i in ficando} == {(2026, 11), (2026, 10), (2026, 9)}
    assert len(dias) == len(ficando), "de cada dia fica uma só"
    assert HOJE in ficando
    assert len(ficando) <= 7 + 4 + 3


def test_as_mais_novas_ficam_sempre_e_a_ultima_mesmo_sem_n() -> None:
    assert ficam(UM_ANO, Regra(para_sempre=5)) == set(UM_ANO[:5])
    assert UM_ANO[0] in ficam(UM_ANO, Regra(mensal=1))


def test_os_que_tem_copia_contam_e_nao_os_do_calendario() -> None:
    """After weeks without copies the last days that had one still count."""
    poucas = [HOJE, HOJE - timedelta(days=40), HOJE - timedelta(days=80)]
    assert ficam(poucas, Regra(diaria=3)) == set(poucas)
