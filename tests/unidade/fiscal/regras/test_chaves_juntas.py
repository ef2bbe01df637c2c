"""Tests that many keys judged together give the result of each judged alone."""

import random
from datetime import UTC, datetime

import pytest

from separador.fiscal.regras.documentos_id import CTE, GTVE, NFE, Especie, motivo_chave, todas_validas
from separador.nucleo.chave import compor

AGORA = datetime(2026, 11, 21, tzinfo=UTC)


def _chave(numero: int, cnpj: str = "12ABC34501DE35") -> str:
    codigo = f"{numero * 48_271 % 100_000_000:08d}"
    return compor(
        uf="35", aamm="2611", cnpj=cnpj, modelo="55", serie=1, numero=numero, tp_emis="1", codigo=codigo
    )  # fmt: skip


BOAS = [_chave(n) for n in range(1, 300)] + [_chave(n, "99887766000105") for n in range(1, 300)]


def _motivos(chaves: list[str], especie: Especie = NFE) -> set[str]:
    return {motivo_chave(c, especie, AGORA) for c in chaves} - {""}


def test_boas_juntas_e_uma_a_uma() -> None:
    assert not _motivos(BOAS)
    assert todas_validas(BOAS, NFE, AGORA)
    assert not todas_validas(BOAS, CTE, AGORA)
    assert not todas_validas(BOAS, GTVE, AGORA)


def test_um_caractere_trocado_em_qualquer_lugar_aparece() -> None:
    sorteio = random.Random(44)
    for _ in range(3_000):
        chaves = sorteio.sample(BOAS, 5)
        onde, lugar = sorteio.randrange(5), sorteio.randrange(44)
        velha = chaves[onde]
        chaves[onde] = velha[:lugar] + sorteio.choice("0123456789AZ") + velha[lugar + 1 :]
        if todas_validas(chaves, NFE, AGORA):
            assert not _motivos(chaves)
        elif chaves[onde] != velha:
            assert motivo_chave(chaves[onde], NFE, AGORA) or not chaves[onde].isdigit()


@pytest.mark.parametrize(
    "chaves",
    [
        [""],
        [BOAS[0][:43], BOAS[0][43] + BOAS[1]],  # 88 characters, cut at the wrong place
        [BOAS[0] + BOAS[1]],
        [BOAS[0] + "\n"],
        [BOAS[0][:43] + "٣"],
        ["Ω" * 44],
    ],
)
def test_o_que_nao_e_chave_nunca_passa_junto(chaves: list[str]) -> None:
    assert not todas_validas(chaves, NFE, AGORA)
