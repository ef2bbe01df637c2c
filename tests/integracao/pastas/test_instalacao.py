"""Tests the identity of an installation: `dados/instalacao.json`, a data folder that was moved or copied."""

import json
import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.acesso.banco import auditoria
from separador.banco import procedencia
from separador.banco.conexao import abrir
from separador.motor import principal
from separador.pastas.posse import instalacao
from separador.pastas.posse.marca import ler_marca
from separador.programa import grupo

pytestmark = pytest.mark.requisito("FRO-01")
AGORA = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def _config(raiz: Path, nome: str, *, destino: str = "saida") -> Path:
    pasta = raiz / nome
    pasta.mkdir()
    arquivo = pasta / "s.yaml"
    arquivo.write_text(
        f"dados: var\ntrabalhadores: 0\nreserva_disco_mb: 0\nrotas:\n"
        f"  - {{id: 1, regra: mover, origem: entrada, destino: {destino}, arquivo: .txt}}\n",
        encoding="utf-8",
    )
    return arquivo


def _rodar(arquivo: Path, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(arquivo), *argumentos], catch_exceptions=False)


def test_criada_uma_vez(tmp_path: Path) -> None:
    assert instalacao.ler(tmp_path) is None
    feita = instalacao.adotar(tmp_path, AGORA)
    assert instalacao.adotar(tmp_path, AGORA) == feita == instalacao.ler(tmp_path)
    assert instalacao.diferenca(tmp_path, feita) is None
    assert [p.name for p in tmp_path.iterdir()] == ["instalacao.json"]


def test_outro_lugar_e_outra_maquina(tmp_path: Path) -> None:
    feita = instalacao.adotar(tmp_path, AGORA)
    assert instalacao.diferenca(tmp_path, replace(feita, maquina="outra")) == "outra máquina"
    assert instalacao.diferenca(tmp_path, replace(feita, inode=1)) is not None
    assert instalacao.diferenca(tmp_path, replace(feita, dispositivo=1)) is None, "o disco é o mesmo, com outro número"
    assert instalacao.diferenca(tmp_path, replace(feita, dispositivo=1, sistema="x")) is not None
    assert instalacao.diferenca(tmp_path, replace(feita, maquina="")) is None, "onde não há machine-id"


_SEM_FIM = '{"id": "a", "maquina": "", "dispositivo": 1e999, "sistema": "", "inode": 1, "criada_em": ""}'


@pytest.mark.parametrize("texto", ["", "{}", "[]", '{"id": "../x"}', "\xff", "[" * 9000, _SEM_FIM])
def test_arquivo_ilegivel_nao_e_refeito(tmp_path: Path, texto: str) -> None:
    (tmp_path / "instalacao.json").write_bytes(texto.encode("latin-1"))
    with pytest.raises(instalacao.Ilegivel):
        instalacao.adotar(tmp_path, AGORA)


def test_copia_dos_dados_nao_parte(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    original = instalacao.ler(tmp_path / "a/var")
    assert original is not None
    subprocess.run(["cp", "-a", tmp_path / "a/var", tmp_path / "copia"], check=True)
    shutil.rmtree(tmp_path / "a/var")
    (tmp_path / "copia").rename(tmp_path / "a/var")
    assert principal.uma_vez(arquivo) == 2
    dito = capfd.readouterr().err
    assert len(dito.splitlines()) == 1
    assert "--mesma-instalacao" in dito
    assert "--nova-instalacao" in dito
    recusa = _rodar(arquivo, "init")
    assert (recusa.exit_code, "--mesma-instalacao" in recusa.stderr) == (2, True)
    assert _rodar(arquivo, "init", "--mesma-instalacao").exit_code == 0
    agora = instalacao.ler(tmp_path / "a/var")
    assert agora is not None
    assert agora.id == original.id
    assert _rodar(arquivo, "init").exit_code == 0
    assert principal.uma_vez(arquivo) == 0


def test_instalacao_nova_de_uma_copia_nao_tem_as_pastas_da_original(tmp_path: Path) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    assert _rodar(arquivo, "init", "--nova-instalacao").exit_code == 0
    recusa = _rodar(arquivo, "init")
    assert recusa.exit_code == 1
    assert "--assumir" in recusa.stderr
    assert principal.uma_vez(arquivo) == 1


def test_o_banco_copiado_passa_a_ser_da_nova_instalacao(tmp_path: Path) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    assert principal.uma_vez(arquivo) == 0
    assert _rodar(arquivo, "init", "--nova-instalacao").exit_code == 0
    nova = instalacao.ler(tmp_path / "a/var")
    assert nova is not None
    with closing(abrir(tmp_path / "a/var")) as banco:
        assert procedencia.dono(banco) == nova.id
        feita = next(linha for linha in auditoria.listar(banco) if linha["acao"] == "nova instalação")
    assert feita["alvo"] == nova.id
    assert feita["detalhe"].startswith("cópia da instalação ")
    assert principal.uma_vez(arquivo) == 1, "as pastas são da original; o banco não é recusado"


def test_instalacao_ilegivel_nao_parte(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    (tmp_path / "a/var/instalacao.json").write_text("nada")
    assert principal.uma_vez(arquivo) == 2
    assert "instalacao.json" in capfd.readouterr().err
    assert _rodar(arquivo, "init").exit_code == 2


def test_mesma_instalacao_com_o_arquivo_ilegivel_vem_do_banco(tmp_path: Path) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    original = instalacao.ler(tmp_path / "a/var")
    assert principal.uma_vez(arquivo) == 0
    (tmp_path / "a/var/instalacao.json").write_text("nada")
    assert _rodar(arquivo, "init", "--mesma-instalacao").exit_code == 0
    agora = instalacao.ler(tmp_path / "a/var")
    assert agora is not None
    assert original is not None
    assert agora.id == original.id
    assert principal.uma_vez(arquivo) == 0, "o banco e as pastas continuam dela"


def test_mesma_instalacao_com_arquivo_e_banco_sem_id_ganha_um(tmp_path: Path) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    (tmp_path / "a/var/instalacao.json").write_text("nada")
    assert _rodar(arquivo, "init", "--mesma-instalacao").exit_code == 0
    assert instalacao.ler(tmp_path / "a/var") is not None


def test_a_forma_anterior_e_adotada_uma_vez(tmp_path: Path) -> None:
    dono = tmp_path.stat()
    maquina = Path("/etc/machine-id").read_text("ascii").strip() if Path("/etc/machine-id").exists() else ""
    anterior = {"id": "0123456789abcdef", "maquina": maquina, "dispositivo": f"{dono.st_dev}:{dono.st_ino}"}
    (tmp_path / "instalacao.json").write_text(json.dumps(anterior))
    feita = instalacao.adotar(tmp_path, AGORA)
    assert (feita.id, feita.inode) == ("0123456789abcdef", dono.st_ino)
    assert instalacao.diferenca(tmp_path, feita) is None
    assert "inode" in json.loads((tmp_path / "instalacao.json").read_bytes())
    escrita = (tmp_path / "instalacao.json").read_bytes()
    assert instalacao.adotar(tmp_path, AGORA) == feita
    assert (tmp_path / "instalacao.json").read_bytes() == escrita


@pytest.mark.parametrize(("campo", "valor"), [("maquina", "outra"), ("dispositivo", "1:2")])
def test_a_forma_anterior_de_outro_lugar_nao_e_adotada(tmp_path: Path, campo: str, valor: str) -> None:
    dono = tmp_path.stat()
    anterior = {"id": "aa", "maquina": "", "dispositivo": f"{dono.st_dev}:{dono.st_ino}", campo: valor}
    (tmp_path / "instalacao.json").write_text(json.dumps(anterior))
    if campo == "maquina" and not Path("/etc/machine-id").exists():
        pytest.skip("PULADO: esta máquina não tem machine-id")
    feita = instalacao.adotar(tmp_path, AGORA)
    assert instalacao.diferenca(tmp_path, feita) is not None
    assert "inode" not in json.loads((tmp_path / "instalacao.json").read_bytes())


def test_dados_de_versao_anterior_ganham_a_identificacao_na_partida(tmp_path: Path) -> None:
    arquivo = _config(tmp_path, "a")
    assert principal.uma_vez(arquivo) == 0
    feita = instalacao.ler(tmp_path / "a/var")
    assert feita is not None
    marca = ler_marca(tmp_path / "a/entrada")
    assert marca is not None
    assert marca.instalacao == feita.id


def test_confirmar_com_o_servico_ligado_e_recusado(tmp_path: Path) -> None:
    from separador.motor import trava

    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    posse = trava.tomar(tmp_path / "a/var", agora=AGORA)
    assert isinstance(posse, trava.Trava)
    with posse:
        assert _rodar(arquivo, "init", "--nova-instalacao").exit_code == 4


def test_segundo_init_na_pasta_de_outra_sai_com_um_e_diz(tmp_path: Path) -> None:
    a, b = (_config(tmp_path, n, destino=str(tmp_path / "comum")) for n in "ab")
    assert _rodar(a, "init").exit_code == 0
    antes = (tmp_path / "comum/.separador/marca").read_bytes()
    for argumentos in (["init"], ["init", "--rota", "1"], ["init"]):
        recusa = _rodar(b, *argumentos)
        assert recusa.exit_code == 1
        assert "A pasta é de outra instalação" in recusa.stderr
        assert "separador init --rota 1 --assumir" in recusa.stderr
    assert (tmp_path / "comum/.separador/marca").read_bytes() == antes
    assert len(list((tmp_path / "comum/.separador").iterdir())) == 2
    verificado = _rodar(b, "verificar", "--json")
    achados = [c for c in json.loads(verificado.stdout) if "comum" in str(c)]
    assert any("outra instalação" in str(c) for c in achados)


def test_producao_ao_lado_da_homologacao_num_destino_e_recusada(tmp_path: Path) -> None:
    for nome, ambiente in (("p", "producao"), ("h", "homologacao")):
        arquivo = _config(tmp_path, nome, destino=str(tmp_path / "comum"))
        arquivo.write_text(f"ambiente: {ambiente}\n" + arquivo.read_text(), encoding="utf-8")
        assert _rodar(arquivo, "init").exit_code == (0 if nome == "p" else 1)


@pytest.mark.parametrize(
    "opcoes",
    [
        ("--mesma-instalacao", "--nova-instalacao"),
        ("--nova-instalacao", "--mesma-instalacao"),
        ("--mesma-instalacao", "--rota", "1"),
        ("--nova-instalacao", "--rota", "1"),
        ("--nova-instalacao", "--rota", "1", "--assumir"),
        ("--nova-instalacao", "--secao", "x", "--assumir"),
        ("--mesma-instalacao", "--assumir"),
        ("--mesma-instalacao", "--secao", "x"),
        ("--mesma-instalacao", "--systemd"),
        ("--nova-instalacao", "--systemd", "--destino", "x"),
    ],
)
def test_confirmar_a_instalacao_vale_sozinho(tmp_path: Path, opcoes: tuple[str, ...]) -> None:
    arquivo = _config(tmp_path, "a")
    assert _rodar(arquivo, "init").exit_code == 0
    antes = (tmp_path / "a/var/instalacao.json").read_bytes()
    recusa = _rodar(arquivo, "init", *opcoes)
    assert recusa.exit_code == 2
    assert "não valem juntas" in recusa.stderr or "vale sozinha" in recusa.stderr
    assert (tmp_path / "a/var/instalacao.json").read_bytes() == antes
