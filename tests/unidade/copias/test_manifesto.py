"""Tests the text of a manifest: what it keeps, and that a cut or changed one is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.copias.dominio.manifesto import Fatos, Guardado, Manifesto, caminho_bom, escrever, ler

FATOS = Fatos(
    "a1", "2026-11-30T17:00:00.000Z", "0.1.0", "/var/lib/separador", relativa=False, ocultos=("avisos.webhook",),
    externos={"externos/1-ca.pem": "/etc/ca.pem"}, documentos={"CANCELADO": 2},
)  # fmt: skip
NOME = st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), min_size=1).map("/".join)
GUARDADO = st.builds(
    Guardado, st.just("0" * 64), st.integers(0, 2**60), st.integers(-(2**62), 2**62), avulso=st.booleans()
)


@pytest.mark.requisito("OPS-08")
@given(st.dictionaries(NOME.filter(caminho_bom), GUARDADO))
def test_o_manifesto_volta_igual(arquivos: dict[str, Guardado]) -> None:
    m = Manifesto(FATOS, arquivos)
    assert ler(escrever(m)) == m


def test_um_nome_de_bytes_quaisquer_volta_igual() -> None:
    m = Manifesto(FATOS, {b"dados/arquivo/\xff\n x.xml".decode("utf-8", "surrogateescape"): Guardado("f", 1, 2, False)})
    assert ler(escrever(m)) == m


@pytest.mark.requisito("OPS-09")
def test_cortado_ou_mudado_em_qualquer_lugar_nao_e_manifesto() -> None:
    inteiro = escrever(Manifesto(FATOS, {"dados/separador.db": Guardado("0" * 64, 10, 20, True)}))
    assert ler(inteiro) is not None
    for i in range(len(inteiro)):
        assert ler(inteiro[:i]) is None
        assert ler(inteiro[:i] + bytes([inteiro[i] ^ 1]) + inteiro[i + 1 :]) is None


@pytest.mark.parametrize("nome", ["../x", "a/../b", "/etc/passwd", "a//b", "", "a/./b", "a\0b"])
def test_um_caminho_que_sai_da_pasta_nao_entra(nome: str) -> None:
    assert ler(escrever(Manifesto(FATOS, {nome: Guardado("0", 1, 1, False)}))) is None
    assert ler(escrever(Manifesto(replace(FATOS, dados=nome), {}))) is None
