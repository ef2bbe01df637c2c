"""Tests content made to keep the service busy: the look at a file's end costs time linear in its length."""

import pytest

from separador.nucleo.arquivo_completo import conteudo_fechado

MUITOS = 25_000
"""So many comments fit in what is looked at. With any backtracking, a few dozen take longer than a day."""


@pytest.mark.parametrize("fim", [b"", b"<!DOCTYPE x>", b"<1", b"<!-- ", b"<?x "])
@pytest.mark.parametrize("pedaco", [b"<!-- a -->", b"<!---->", b"<?a b?>", b" <?a?><!-- b -->\n"])
def test_A_comentarios_sem_fim_antes_da_raiz_nao_prendem_o_servico(pedaco: bytes, fim: bytes) -> None:
    assert conteudo_fechado(pedaco * MUITOS + fim) is not True


@pytest.mark.parametrize("pedaco", [b"<!-- a -->", b"<?a b?>", b"<!-- <x> -->", b" <?a?><!-- b -->\n"])
def test_A_comentarios_antes_e_depois_da_raiz_nao_a_escondem(pedaco: bytes) -> None:
    assert conteudo_fechado(pedaco * 50 + b"<a>x</a>" + pedaco * 50) is True
    assert conteudo_fechado(pedaco * 50 + b"<a>x" + pedaco * 50) is False
