"""Tests the zone in which people read times."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from separador.cli.base.leitura import hora_local, inicio_do_dia
from separador.configuracao import Conferida, Invalida
from separador.configuracao.carregamento import interpretar
from separador.motor.log.texto import humano
from separador.nucleo import fuso

INSTANTE = datetime(2026, 11, 30, 1, 30, 15, tzinfo=UTC)


@pytest.fixture
def em_manaus() -> Iterator[None]:
    fuso.usar("America/Manaus")
    yield
    fuso.usar(fuso.FUSO_PADRAO)


@pytest.mark.requisito("USO-03")
def test_sem_a_chave_as_horas_sao_as_de_brasilia() -> None:
    assert hora_local(INSTANTE.isoformat()) == "29/11/2026 22:30:15"
    assert inicio_do_dia(INSTANTE) == datetime(2026, 11, 29, 3, tzinfo=UTC)
    assert humano({"quando": INSTANTE.isoformat(), "mensagem": "m"}) == "2026-11-29 22:30:15  m"


@pytest.mark.requisito("USO-03")
@pytest.mark.usefixtures("em_manaus")
def test_outro_fuso_mostra_a_diferenca() -> None:
    assert hora_local(INSTANTE.isoformat()) == "29/11/2026 21:30:15 (UTC-04:00)"
    assert hora_local(INSTANTE.isoformat(), milesimos=True) == "29/11/2026 21:30:15,000 (UTC-04:00)"
    assert inicio_do_dia(INSTANTE) == datetime(2026, 11, 29, 4, tzinfo=UTC)


@pytest.mark.requisito("USO-03")
def test_a_chave_fuso(tmp_path_factory: pytest.TempPathFactory) -> None:
    arquivo = tmp_path_factory.mktemp("c") / "separador.yaml"
    boa = interpretar(b"fuso: America/Rio_Branco\n", arquivo)
    assert isinstance(boa, Conferida)
    assert boa.configuracao.fuso == "America/Rio_Branco"
    sem = interpretar(b"tempo_leitura: 5\n", arquivo)
    assert isinstance(sem, Conferida)
    assert sem.configuracao.fuso == "America/Sao_Paulo"


@pytest.mark.requisito("USO-03")
@pytest.mark.parametrize("nome", ["Brasil", "../../etc/passwd", "America", "/etc/localtime"])
def test_um_fuso_que_nao_existe_e_recusado(nome: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    arquivo = tmp_path_factory.mktemp("c") / "separador.yaml"
    lida = interpretar(f"fuso: {nome}\n".encode(), arquivo)
    assert isinstance(lida, Invalida)
    assert f'"{nome}" não é um fuso; um destes serve: America/Sao_Paulo' in str(lida.erros[0])
