"""Tests hashing, codes, and the file of a session."""

import os
from pathlib import Path

import pytest

from separador.acesso import senhas, sessao
from separador.acesso.senhas import Custo, Senhas

BARATO = Custo(1, 64, 1)


@pytest.mark.requisito("PROC-04")
def test_a_senha_so_fica_resumida_com_argon2id() -> None:
    s = Senhas(BARATO)
    a, b = s.resumir("cavalo bateria"), s.resumir("cavalo bateria")
    assert a.startswith("$argon2id$")
    assert a != b
    assert "cavalo" not in a
    assert s.confere(a, "cavalo bateria")
    assert not s.confere(a, "cavalo Bateria")
    assert s.confere(s.resumir("a\u0301gua de coco"), "água de coco")


def test_o_custo_normal_e_o_da_rfc_9106() -> None:
    caro = Senhas().resumir("cavalo bateria")
    assert "m=65536,t=3,p=4" in caro
    assert Senhas(BARATO).desatualizado(caro)
    assert Senhas(BARATO).confere(caro, "cavalo bateria")


def test_sem_usuario_o_trabalho_e_o_mesmo_e_a_resposta_e_nao() -> None:
    s = Senhas(BARATO)
    assert not s.confere(None, "qualquer")
    assert not s.confere(None, "qualquer")
    assert not s.confere("isto não é um resumo", "qualquer")


@pytest.mark.requisito("PROC-04")
def test_codigo_para_pessoas() -> None:
    codigo = senhas.novo_codigo()
    assert len(codigo.replace("-", "")) == 32
    assert not set(codigo) & set("IO01")
    assert senhas.novo_codigo() != codigo
    resumo = senhas.resumo_do_codigo(codigo)
    assert codigo not in resumo
    assert senhas.resumo_do_codigo(f" {codigo.lower().replace('-', ' ')} ") == resumo
    assert senhas.resumo_do_codigo(senhas.novo_codigo()) != resumo


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    return sessao.caminho(tmp_path / "var", {"XDG_STATE_HOME": str(tmp_path / "estado")})


@pytest.mark.requisito("PROC-04")
def test_o_arquivo_da_sessao_e_so_da_conta(arquivo: Path) -> None:
    assert sessao.ler(arquivo) is None
    ficha = sessao.nova_ficha()
    sessao.gravar(arquivo, ficha)
    assert arquivo.stat().st_mode & 0o777 == 0o600
    assert arquivo.parent.stat().st_mode & 0o777 == 0o700
    assert sessao.ler(arquivo) == ficha
    sessao.gravar(arquivo, "outra")
    assert sessao.ler(arquivo) == "outra"
    sessao.apagar(arquivo)
    sessao.apagar(arquivo)
    assert sessao.ler(arquivo) is None


@pytest.mark.parametrize("modo", [0o640, 0o604, 0o660, 0o644])
def test_arquivo_que_outros_leem_nao_vale(arquivo: Path, modo: int) -> None:
    sessao.gravar(arquivo, "ficha")
    arquivo.chmod(modo)
    with pytest.raises(sessao.SessaoInseguraError, match="não é só seu"):
        sessao.ler(arquivo)


def test_atalho_e_fifo_nao_sao_seguidos(arquivo: Path) -> None:
    arquivo.parent.mkdir(parents=True)
    alvo = arquivo.with_name("alvo")
    alvo.write_text("ficha")
    alvo.chmod(0o600)
    arquivo.symlink_to(alvo)
    with pytest.raises(OSError):
        sessao.ler(arquivo)
    arquivo.unlink()
    os.mkfifo(arquivo, 0o600)
    with pytest.raises(sessao.SessaoInseguraError):
        sessao.ler(arquivo)


@pytest.mark.skipif(os.geteuid() != 0, reason="só root muda o dono de um arquivo")
def test_arquivo_de_outra_conta_nao_vale(arquivo: Path) -> None:
    sessao.gravar(arquivo, "ficha")
    os.chown(arquivo, 65534, 65534)
    with pytest.raises(sessao.SessaoInseguraError):
        sessao.ler(arquivo)


def test_cada_instalacao_tem_a_sua(tmp_path: Path) -> None:
    ambiente = {"XDG_STATE_HOME": str(tmp_path)}
    assert sessao.caminho(tmp_path / "a", ambiente) != sessao.caminho(tmp_path / "b", ambiente)
    assert sessao.caminho(tmp_path / "a", {"XDG_STATE_HOME": "relativo"}).is_absolute()
