"""Gives one installation per test, in this process, with a SEFAZ of its own on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_em_rede import InstalacaoEmRede


@pytest.fixture
def fazer_instalacao(tmp_path: Path) -> Iterator[Callable[..., InstalacaoEmRede]]:
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:

        def fazer(*falhas: dict[str, Any], **opcoes: Any) -> InstalacaoEmRede:
            return pilha.enter_context(InstalacaoEmRede(pasta, *falhas, **opcoes))

        yield fazer


@pytest.fixture
def instalacao(fazer_instalacao: Callable[..., InstalacaoEmRede]) -> InstalacaoEmRede:
    return fazer_instalacao()
