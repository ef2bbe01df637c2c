"""Gives one installation per test, in this process, with a SEFAZ of its own on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.casa_de_rede import CasaDeRede
from tests.apoio.casa_de_teste import pasta_rapida


@pytest.fixture
def fazer_casa(tmp_path: Path) -> Iterator[Callable[..., CasaDeRede]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:

        def fazer(*falhas: dict[str, Any], **opcoes: Any) -> CasaDeRede:
            return pilha.enter_context(CasaDeRede(pasta, *falhas, **opcoes))

        yield fazer


@pytest.fixture
def casa(fazer_casa: Callable[..., CasaDeRede]) -> CasaDeRede:
    return fazer_casa()
