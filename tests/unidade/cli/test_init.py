"""Tests what `init` creates, and what it refuses to create again."""

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.banco.conexao import abrir
from separador.banco.rotas import marcar, marcas
from separador.cli.ajuste_systemd import texto_do_ajuste
from separador.configuracao import Configuracao, carregar
from separador.pastas.posse import instalacao
from separador.pastas.posse.instalacao import Quem
from separador.pastas.saude import inicializar, ler_marca
from separador.pedidos.ajuste import pastas_do_servico
from separador.programa import grupo


def rodar(arquivo: Path, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(arquivo), *argumentos], catch_exceptions=False)


def escrever(arquivo: Path, *rotas: str) -> None:
    arquivo.write_text("rotas:\n" + "".join(f"  - {{{r}}}\n" for r in rotas), encoding="utf-8")


def _quem(dados: Path) -> Quem:
    nossa = instalacao.ler(dados)
    assert nossa is not None
    return instalacao.quem(nossa)


UMA = "id: 1, regra: mover, origem: entrada, destino: saida, arquivo: .txt"


@pytest.mark.requisito("SEP-02")
def test_sem_configuracao_cria_a_de_exemplo_e_as_pastas(tmp_path: Path) -> None:
    arquivo = tmp_path / "config" / "separador.yaml"
    saida = rodar(arquivo, "init")
    assert saida.exit_code == 0
    assert ler_marca(tmp_path / "inbox" / "cte") is not None
    assert ler_marca(tmp_path / "outbox" / "wms") is not None
    assert (tmp_path / "var").is_dir()
    assert "Para ligar a SEFAZ local, o serviço e o painel neste terminal: separador simulador executar" in saida.output
    assert rodar(arquivo, "init").exit_code == 0
    arquivo.write_text(arquivo.read_text("utf-8").replace("ambiente: simulado", "ambiente: homologacao"), "utf-8")
    assert "Pronto. Para ligar: separador iniciar" in rodar(arquivo, "init").output


def test_configuracao_fora_de_uma_pasta_config_ancora_na_propria_pasta(tmp_path: Path) -> None:
    assert rodar(tmp_path / "x" / "meu.yaml", "init").exit_code == 0
    assert (tmp_path / "x" / "inbox" / "cte").is_dir()


@pytest.mark.requisito("SEP-01", "SEP-02")
def test_so_rotas_ativas_e_so_a_pedida(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    inativa = "id: 2, ativo: false, regra: mover, origem: e2, destino: s2, arquivo: .txt"
    escrever(arquivo, UMA, inativa, "id: 3, regra: mover, origem: e3, destino: s3, arquivo: .txt")
    assert rodar(arquivo, "init", "--rota", "3").exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == ["e3", "s3", "var"]
    assert rodar(arquivo, "init", "--rota", "2").exit_code == 1
    assert rodar(arquivo, "init").exit_code == 0
    assert not (tmp_path / "e2").exists()


@pytest.mark.requisito("SEP-02")
def test_pasta_conhecida_que_sumiu_so_com_a_palavra_do_administrador(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    escrever(arquivo, UMA)
    assert rodar(arquivo, "init").exit_code == 0
    original = ler_marca(tmp_path / "entrada")
    assert original is not None
    with closing(abrir(tmp_path / "var")) as banco, banco.transacao():
        marcar(banco, str(tmp_path / "entrada"), original.uuid)
    shutil.rmtree(tmp_path / "entrada" / ".separador")
    recusa = rodar(arquivo, "init")
    assert recusa.exit_code == 1
    assert "separador init --rota 1" in recusa.stderr
    assert not (tmp_path / "entrada" / ".separador").exists()
    assert rodar(arquivo, "init", "--rota", "1").exit_code == 0
    refeita = ler_marca(tmp_path / "entrada")
    assert refeita is not None
    assert refeita.uuid == original.uuid


@pytest.mark.requisito("SEP-02")
def test_pasta_trocada_de_proposito_e_anotada(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    escrever(arquivo, UMA)
    rodar(arquivo, "init")
    with closing(abrir(tmp_path / "var")) as banco, banco.transacao():
        marcar(banco, str(tmp_path / "entrada"), "u1")
    shutil.rmtree(tmp_path / "entrada")
    nova = inicializar(tmp_path / "entrada", "u9", datetime(2026, 1, 1, tzinfo=UTC), "rota 7", _quem(tmp_path / "var"))
    assert rodar(arquivo, "init").exit_code == 1
    assert rodar(arquivo, "init", "--rota", "1").exit_code == 0
    with closing(abrir(tmp_path / "var")) as banco:
        assert marcas(banco)[str(tmp_path / "entrada")] == nova.uuid == "u9"


@pytest.mark.requisito("SEP-02")
def test_pasta_que_nao_pode_ser_criada_e_uma_falha_clara(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    escrever(arquivo, UMA, "id: 2, regra: mover, origem: e2, destino: s2, arquivo: .txt")
    (tmp_path / "entrada").write_text("", encoding="utf-8")
    saida = rodar(arquivo, "init")
    assert saida.exit_code == 1
    assert "Rota 1:" in saida.stderr
    assert (tmp_path / "e2").is_dir()


def test_ajuste_do_systemd(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    dados = "/var/lib/separador"
    arquivo.write_text(
        f"dados: {dados}\nrotas:\n"
        '  - {regra: mover, origem: "/srv/com espaço", destino: "/srv/50%/x", arquivo: .txt}\n'
        "  - {regra: mover, ativo: false, origem: /srv/50%, destino: /home/wms/saida, arquivo: .txt}\n"
        f"  - {{regra: mover, origem: {dados}/../separador-x, destino: /srv/b, arquivo: .txt}}\n",
        encoding="utf-8",
    )
    lida = carregar(arquivo)
    assert isinstance(lida, Configuracao)
    pastas = pastas_do_servico(lida)
    esperadas = ["/home/wms/saida", "/srv/50%", "/srv/b", "/srv/com espaço", "/var/lib/separador-x"]
    assert [str(p) for p in pastas] == esperadas
    texto = texto_do_ajuste(lida, pastas)
    assert 'ReadWritePaths=-"/srv/com espaço"\n' in texto
    assert "ReadWritePaths=-/srv/50%%\n" in texto
    assert texto.endswith("ProtectHome=read-only\n")
    assert "\nExecStart=\nExecStart=" in texto


def test_init_systemd_escreve_o_ajuste_e_diz_o_proximo_passo(tmp_path: Path) -> None:
    arquivo = tmp_path / "a.yaml"
    escrever(arquivo, UMA)
    saida = rodar(arquivo, "init", "--systemd", "--destino", str(tmp_path / "ajuste"))
    assert saida.exit_code == 0
    assert "systemctl daemon-reload" in saida.output
    assert f"ReadWritePaths=-{tmp_path}/entrada" in (tmp_path / "ajuste" / "pastas.conf").read_text(encoding="utf-8")
    (tmp_path / "arquivo").write_text("", encoding="utf-8")
    assert rodar(arquivo, "init", "--systemd", "--destino", str(tmp_path / "arquivo")).exit_code == 1
