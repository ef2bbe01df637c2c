"""Tests how a password is read out of a text file."""

import pytest

from separador.nucleo.texto.senha import senha_do_texto


@pytest.mark.requisito("BORDA-23")
@pytest.mark.parametrize("fim", ["", "\n", "\r\n"])
@pytest.mark.parametrize("codificacao", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("senha", ["segredo1", "ação 1ç", "x", " com espaço "])
def test_em_qualquer_codificacao_de_windows(codificacao: str, senha: str, fim: str) -> None:
    assert senha_do_texto((senha + fim).encode(codificacao)) == senha.encode()


@pytest.mark.requisito("BORDA-23")
@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b""])
def test_vazia(bom: bytes) -> None:
    assert senha_do_texto(bom) == b""


@pytest.mark.requisito("BORDA-23")
def test_so_o_ultimo_fim_de_linha_sai() -> None:
    assert senha_do_texto(b"a\n\n") == b"a\n"
    assert senha_do_texto(b"\xff\xfe\xff") == b"\xff\xfe\xff", "não é texto: fica como veio"
