"""Tests which file is read, whether it changed, and where the password is."""

from pathlib import Path

import pytest

from separador.configuracao.busca import assinatura, localizar
from separador.configuracao.gravacao import gravar
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.configuracao.tipos import MeioSenha, OrigemSenha


def test_ordem_de_procura(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sistema = tmp_path / "etc.yaml"
    local = Path("config/separador.yaml")
    assert localizar(None, {}, do_sistema=sistema) == local  # none of them exists: the one that init would create
    sistema.touch()
    assert localizar(None, {}, do_sistema=sistema) == sistema
    (tmp_path / "config").mkdir()
    local.touch()
    assert localizar(None, {}, do_sistema=sistema) == local
    assert localizar(None, {"SEPARADOR_CONFIG": "/x/y.yaml"}, do_sistema=sistema) == Path("/x/y.yaml")
    assert localizar(Path("z.yaml"), {"SEPARADOR_CONFIG": "/x/y.yaml"}, do_sistema=sistema) == Path("z.yaml")


@pytest.mark.requisito("SEP-01")
def test_mudanca_do_arquivo_e_percebida(tmp_path: Path) -> None:
    alvo = tmp_path / "a.yaml"
    assert assinatura(alvo) is None
    gravar(alvo, b"a: 1\n")
    primeira = assinatura(alvo)
    assert primeira == assinatura(alvo)
    gravar(alvo, b"a: 2\n")
    assert assinatura(alvo) != primeira


def test_senha_de_cada_meio(tmp_path: Path) -> None:
    (tmp_path / "senha").write_bytes("çenha\r\n".encode())
    assert ler_senha(None, {}) is None
    assert ler_senha(OrigemSenha(MeioSenha.ENV, "S"), {"S": "abc"}) == b"abc"
    assert ler_senha(OrigemSenha(MeioSenha.ARQUIVO, str(tmp_path / "senha")), {}) == "çenha".encode()
    assert ler_senha(OrigemSenha(MeioSenha.CREDENCIAL, "senha"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) is not None


@pytest.mark.parametrize(
    ("origem", "trecho"),
    [
        (OrigemSenha(MeioSenha.ENV, "S"), "variável de ambiente S"),
        (OrigemSenha(MeioSenha.ARQUIVO, "/nao/existe"), "/nao/existe"),
        (OrigemSenha(MeioSenha.CREDENCIAL, "c"), "systemd"),
        (OrigemSenha(MeioSenha.ARQUIVO, "/dev/zero"), "grande demais"),
    ],
)
def test_senha_que_falta_diz_onde(origem: OrigemSenha, trecho: str) -> None:
    with pytest.raises(SenhaAusenteError, match=trecho):
        ler_senha(origem, {})
