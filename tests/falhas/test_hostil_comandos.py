"""Tests that commands with odd arguments answer in their own words, never with an unexpected error."""

import shutil
from pathlib import Path

import pytest

from tests.apoio.maquina import Maquina

IMENSO = "9" * 30


@pytest.fixture(scope="module")
def maquina(tmp_path_factory: pytest.TempPathFactory) -> Maquina:
    m = Maquina(tmp_path_factory.mktemp("hostil"), com_certificado=False)
    assert m.uma_vez().returncode == 0
    return m


@pytest.mark.parametrize(
    "args",
    [("cte", "listar", "--limite", IMENSO), ("falhas", "dispensar", IMENSO, "--motivo", "x"), ("log", "-n", IMENSO)],
)
def test_numero_imenso_nao_e_erro_inesperado(maquina: Maquina, args: tuple[str, ...]) -> None:
    feito = maquina.cli(*args)
    assert "inesperado" not in feito.stderr
    assert not list(Path(maquina.dados / "incidentes").glob("*"))


@pytest.mark.requisito("SEP-02")
def test_init_de_pasta_que_existe_sem_marca_nao_diz_que_a_criou(maquina: Maquina) -> None:
    shutil.rmtree(maquina.destino(4) / ".separador")
    feito = maquina.exigir("init", "--rota", "4")
    assert "outbox/geral já existia; a marca foi posta." in feito.stdout
