"""Tests the door of every JSON that somebody else wrote."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.nucleo.texto.enumeracao import enumerar
from separador.nucleo.texto.json_lido import JsonInvalidoError, TextoPartidoError, ler_json

PARTIDOS = [
    b'{"motivo":"\\ud83d cortado"}', b'{"\\uDC00":""}', b'["a", {"b": ["\\ud800"]}]', b'"\\ude00\\ud83d"',
    b'{"motivo":"\xed\xa0\x80"}',
]  # fmt: skip


@pytest.mark.requisito("BORDA-19")
@pytest.mark.parametrize("dados", PARTIDOS)
def test_meio_caractere_e_recusado_em_qualquer_lugar(dados: bytes) -> None:
    with pytest.raises(JsonInvalidoError):
        ler_json(dados)


@pytest.mark.requisito("BORDA-19")
def test_o_erro_diz_que_texto_esta_cortado() -> None:
    with pytest.raises(TextoPartidoError, match=r"cortado no meio de um caractere \(\\ud83d\)"):
        ler_json(PARTIDOS[0])


@pytest.mark.requisito("BORDA-19")
@pytest.mark.parametrize("codificacao", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_le_as_codificacoes_de_json(codificacao: str) -> None:
    valor = {"motivo": "ação 🚚", "n": 1}
    assert ler_json(json.dumps(valor, ensure_ascii=False).encode(codificacao)) == valor
    assert ler_json(json.dumps(valor).encode(codificacao)) == valor, "o par inteiro, escapado, é um caractere"
    assert ler_json(b'"\\\\ud83d"') == "\\ud83d", "uma barra escrita não é um escape"


@pytest.mark.requisito("BORDA-19")
@pytest.mark.parametrize(
    "dados", [b"", b"{", b"[" * 200_000, b'{"a":' * 50_000, b"9" * 5000, b"\xff\xfe\x00", b'{"a":"\xe7"}']
)
def test_o_que_nao_e_json(dados: bytes) -> None:
    with pytest.raises(JsonInvalidoError):
        ler_json(dados)


@pytest.mark.requisito("BORDA-19")
@given(st.text(st.characters(min_codepoint=0xD000, max_codepoint=0xE100, exclude_categories=()), max_size=5))
def test_o_que_entra_pode_ser_gravado(texto: str) -> None:
    try:
        lido = ler_json(json.dumps({texto: [texto]}))
    except TextoPartidoError:
        return
    json.dumps(lido, ensure_ascii=False).encode()


@pytest.mark.requisito("BORDA-24")
def test_enumeracao_e_limitada() -> None:
    assert enumerar(["b", "a"]) == "a, b"
    muitos = enumerar([f"campo{i:06d}" for i in range(100_000)])
    assert muitos.endswith("campo000009 e mais 99.990")
    assert len(enumerar(["x" * 8_000_000])) == 60
