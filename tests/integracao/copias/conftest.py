"""Gives an installation, a folder for copies on a real disk, and the commands on them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.pastas import faixas
from separador.programa import grupo
from tests.apoio.instalacao import SENHA, Instalacao

Rodar = Callable[..., Result]


@pytest.fixture
def destino(tmp_path: Path) -> Path:
    return tmp_path / "copias"


@pytest.fixture
def rodar(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> Rodar:
    """Runs a command of `separador` on the installation, and demands its exit code."""
    monkeypatch.setenv("SEPARADOR_SENHA", SENHA)

    def correr(*args: object, codigo: int = 0, config: Path | None = None) -> Result:
        try:
            feito = CliRunner().invoke(grupo, ["--config", str(config or instalacao.config), *map(str, args)])
        finally:
            faixas.usar(None)
        assert feito.exit_code == codigo, f"{args}: {feito.exit_code}\n{feito.output}\n{feito.exception!r}"
        return feito

    return correr
