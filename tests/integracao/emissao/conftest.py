"""Makes installations that issue: registries, a route of loads, a local SEFAZ at the other end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.emissao import EMISSAO, ROTAS_COM_CARGA, gravar_cadastros
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_em_rede import InstalacaoEmRede


@pytest.fixture
def fazer(tmp_path: Path) -> Iterator[Callable[..., InstalacaoEmRede]]:
    feitas: list[InstalacaoEmRede] = []
    with pasta_rapida(tmp_path) as pasta:

        def uma(cadastros: dict[str, Any] | None = None, **opcoes: Any) -> InstalacaoEmRede:
            gravar_cadastros(pasta / "config" / "cadastros", cadastros)
            opcoes = {"rotas": ROTAS_COM_CARGA, "emissao": EMISSAO | {"cadastros": "config/cadastros"}} | opcoes
            feitas.append(InstalacaoEmRede(pasta, **opcoes))
            return feitas[-1]

        yield uma
        for instalacao in feitas:
            instalacao.__exit__(None, None, None)


@pytest.fixture
def instalacao(fazer: Callable[..., InstalacaoEmRede]) -> InstalacaoEmRede:
    return fazer()
