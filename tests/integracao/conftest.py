"""Gives one installation per test, in this process."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.instalacao import Instalacao, pasta_rapida


@pytest.fixture
def fazer_instalacao(tmp_path: Path) -> Iterator[Callable[..., Instalacao]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:
        yield lambda **opcoes: pilha.enter_context(Instalacao(pasta, **opcoes))


@pytest.fixture
def instalacao(fazer_instalacao: Callable[..., Instalacao]) -> Instalacao:
    return fazer_instalacao()


@pytest.fixture
def uninfe(fazer_instalacao: Callable[..., Instalacao], rotas_uninfe: list[dict[str, Any]]) -> Instalacao:
    return fazer_instalacao(perfil_nomes="uninfe", rotas=rotas_uninfe)


@pytest.fixture
def rotas_uninfe() -> list[dict[str, Any]]:
    """Returns routes on the folders of a UniNFe installation."""
    return [
        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "Envio", "destino": "sefaz",
         "arquivo": ["-cte.xml", "-ped-eve.xml"], "autorizados": "Enviados/Autorizados"},
        {"id": 2, "ativo": True, "regra": "cte-retorno", "origem": "da-sefaz", "destino": "Retorno",
         "arquivo": [".xml", ".err"]},
        {"id": 3, "ativo": True, "regra": "pedido", "origem": "Pedidos", "destino": "Retorno", "arquivo": ".json"},
        {"id": 5, "ativo": True, "regra": "cte-validar", "origem": "Validar", "destino": "Validar-Validado",
         "arquivo": ".xml"},
    ]  # fmt: skip


@pytest.fixture
def outra_pasta() -> Iterator[Path]:
    """Returns a folder on another device than the test's."""
    memoria = Path("/dev/shm")
    if not os.access(memoria, os.W_OK):
        pytest.skip("PULADO: este teste precisa de /dev/shm como outro dispositivo")
    with tempfile.TemporaryDirectory(prefix="separador-outro-", dir=memoria) as pasta:
        yield Path(pasta)


@pytest.fixture(autouse=True)
def _mascara() -> Iterator[None]:
    """Gives the umask back: the service, run in this process, sets its own."""
    mascara = os.umask(0o022)
    os.umask(mascara)
    yield
    os.umask(mascara)
