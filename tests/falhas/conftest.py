"""Gives each test one installation in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.apoio.casa_de_teste import CasaDeTeste, pasta_rapida


@pytest.fixture
def fazer_casa(tmp_path: Path) -> Iterator[Callable[..., CasaDeTeste]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:
        yield lambda **opcoes: pilha.enter_context(CasaDeTeste(pasta, **opcoes))


@pytest.fixture
def casa(fazer_casa: Callable[..., CasaDeTeste]) -> CasaDeTeste:
    return fazer_casa()
