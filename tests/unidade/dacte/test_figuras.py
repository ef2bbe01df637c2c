"""Tests that the manual's pictures show what the printer prints today."""

import pytest

from tests.apoio import figuras


@pytest.mark.requisito("DACTE-08")
@pytest.mark.parametrize("nome", figuras.FIGURAS)
def test_as_figuras_sao_de_hoje(nome: str) -> None:
    """Make them anew with `python -m tests.apoio.figuras`, and look at them."""
    ditos = dict(linha.split("\t") for linha in figuras.RESUMOS.read_text(encoding="utf-8").splitlines())
    assert ditos[nome] == figuras.resumo(figuras.FIGURAS[nome]())
    assert (figuras.PASTA / f"dacte-{nome}.png").read_bytes().startswith(b"\x89PNG")
