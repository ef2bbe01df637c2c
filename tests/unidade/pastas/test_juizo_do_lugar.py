"""Tests the verdicts on folders and on the way to them: values in, verdict out."""

import os
import stat
from typing import Any

import pytest

from separador.pastas.lugar.juizo import Identidade, Passo, alheia, ligacoes_valem, trocada

pytestmark = pytest.mark.requisito("BORDA-01")
NOS, OUTRO = 1000, 1001


def _visto(modo: int = 0o750, *, tipo: int = stat.S_IFDIR, dono: int = NOS, disco: int = 7) -> os.stat_result:
    return os.stat_result((tipo | modo, 1, disco, 2, dono, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("mudado", "esperado"),
    [
        ({}, None),
        ({"modo": 0o2750}, None),
        ({"modo": 0o700}, None),
        ({"tipo": stat.S_IFLNK}, "é um link"),
        ({"tipo": stat.S_IFREG}, "é um arquivo"),
        ({"tipo": stat.S_IFIFO}, "não é uma pasta"),
        ({"dono": OUTRO}, "é de outro usuário"),
        ({"dono": 0}, "é de outro usuário"),
        ({"modo": 0o770}, "outros podem gravar nela (modo 0770)"),
        ({"modo": 0o757}, "outros podem gravar nela (modo 0757)"),
        ({"disco": 8}, "está em outro disco"),
    ],
)
def test_pasta_que_e_so_nossa(mudado: dict[str, Any], esperado: str | None) -> None:
    assert alheia(_visto(**mudado), 7, (NOS,), rede=False) == esperado


def test_na_rede_dono_e_modo_sao_do_servidor() -> None:
    assert alheia(_visto(0o777, dono=OUTRO), 7, (NOS,), rede=True) is None
    assert alheia(_visto(tipo=stat.S_IFLNK), 7, (NOS,), rede=True) == "é um link"
    assert alheia(_visto(disco=8), 7, (NOS,), rede=True) == "está em outro disco"


@pytest.mark.parametrize(
    ("passo", "vale"),
    [
        (Passo(0, 0o755, 0), True),
        (Passo(NOS, 0o755, OUTRO), True),
        (Passo(OUTRO, 0o755, 0), False),
        (Passo(0, 0o775, 0), False),
        (Passo(0, 0o777, NOS), False),
        (Passo(0, 0o1777, NOS), True),
        (Passo(0, 0o1777, NOS, ligacao=True), False),
        (Passo(0, 0o755, OUTRO, ligacao=True), True),
        (Passo(0, 0o1777, OUTRO), False),
        (Passo(OUTRO, 0o1777, NOS), False),
        (Passo(OUTRO, 0o777, OUTRO, rede=True), True),
    ],
)
def test_ligacoes_so_onde_ninguem_mais_as_poria(passo: Passo, vale: bool) -> None:
    assert ligacoes_valem([passo], NOS) is vale
    assert ligacoes_valem([Passo(0, 0o755, 0), passo, Passo(0, 0o755, 0)], NOS) is vale


def test_trocada_e_outra_pasta_na_mesma_raiz() -> None:
    antes = Identidade((7, 1), (7, 2))
    assert not trocada(None, antes, numeros_mudam=False)
    assert not trocada(antes, antes, numeros_mudam=False)
    assert trocada(antes, Identidade((7, 1), (7, 3)), numeros_mudam=False)
    voltou = Identidade((8, 1), (8, 2))
    assert not trocada(antes, voltou, numeros_mudam=False), "o compartilhamento voltou com outro número"
    assert not trocada(antes, Identidade((7, 1), (7, 3)), numeros_mudam=True)
