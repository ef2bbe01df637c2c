"""Gives each test one installation in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.apoio.instalacao import Instalacao, pasta_rapida


@pytest.fixture
def fazer_instalacao(tmp_path: Path) -> Iterator[Callable[..., Instalacao]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:
        yield lambda **opcoes: pilha.enter_context(Instalacao(pasta, **opcoes))


@pytest.fixture
def instalacao(fazer_instalacao: Callable[..., Instalacao]) -> Instalacao:
    return fazer_instalacao()
