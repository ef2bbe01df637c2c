"""Tests `config` and `rotas` as an operator uses them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.cli.ajuste_systemd import escrever_ajuste
from separador.configuracao import Configuracao, carregar
from separador.pedidos import ajuste as faltas
from separador.programa import grupo

EXEMPLO = Path(__file__).parents[3] / "config" / "separador.yaml"


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    alvo = tmp_path / "config" / "separador.yaml"
    alvo.parent.mkdir()
    alvo.write_bytes(EXEMPLO.read_bytes())
    return alvo


def _lida(arquivo: Path) -> Configuracao:
    lida = carregar(arquivo)
    assert isinstance(lida, Configuracao)
    return lida


def rodar(arquivo: Path, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(arquivo), *argumentos], catch_exceptions=False)


def test_conferir_texto_e_json(arquivo: Path) -> None:
    texto = rodar(arquivo, "config", "conferir")
    assert texto.exit_code == 0
    assert "sem erros" in texto.output
    assert "(padrão)" in texto.output
    dados = json.loads(rodar(arquivo, "config", "conferir", "--json").stdout)
    assert dados["erros"] == []
    assert {"chave", "valor", "origem", "linha"} == set(dados["valores"][0])


def test_conferir_com_erro_sai_2_com_uma_mensagem_por_erro(arquivo: Path) -> None:
    arquivo.write_text("tempo_leitura: 0\nambient: x\n", encoding="utf-8")
    saida = rodar(arquivo, "config", "conferir")
    assert saida.exit_code == 2
    assert len(saida.stderr.strip().splitlines()) == 2
    em_json = rodar(arquivo, "config", "conferir", "--json")
    assert em_json.exit_code == 2
    assert [e["linha"] for e in json.loads(em_json.stdout)["erros"]] == [1, 2]


@pytest.mark.parametrize("comando", [("rotas", "listar"), ("config", "definir", "dados", "x"), ("log",), ("executar",)])
def test_sem_arquivo_de_configuracao_sai_2(tmp_path: Path, comando: tuple[str, ...]) -> None:
    saida = rodar(tmp_path / "nada.yaml", *comando)
    assert saida.exit_code == 2
    assert "não existe; crie um com: separador init" in saida.stderr


@pytest.mark.requisito("SEP-03")
def test_definir(arquivo: Path) -> None:
    assert rodar(arquivo, "config", "definir", "tempo_leitura", "3").exit_code == 0
    assert b"\ntempo_leitura: 3\n" in arquivo.read_bytes()
    recusa = rodar(arquivo, "config", "definir", "tempo_leitura", "0")
    assert recusa.exit_code == 1
    assert "Nada foi mudado." in recusa.stderr
    assert b"\ntempo_leitura: 3\n" in arquivo.read_bytes()


@pytest.mark.requisito("USO-08")
def test_o_que_pede_init_systemd_e_reinicio_e_dito_por_quem_mudou(
    arquivo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unidades = tmp_path / "unidades"
    ajuste = unidades / "separador.service.d" / "pastas.conf"
    ajuste.parent.mkdir(parents=True)
    escrever_ajuste(_lida(arquivo), ajuste.parent)
    monkeypatch.setattr(faltas, "PASTAS_DE_UNIDADES", (unidades,))
    nova = ("rotas", "incluir", "--regra", "mover", "--arquivo", ".txt", "--origem", str(tmp_path / "de"))
    monkeypatch.setattr(faltas, "do_systemd", lambda _: True)
    assert "init --systemd" not in rodar(arquivo, "rotas", "ativar", "1").output
    dito = rodar(arquivo, *nova, "--destino", str(tmp_path / "outro lugar"))
    assert dito.exit_code == 0
    assert f"escrever em {tmp_path / 'de'}, {tmp_path / 'outro lugar'}. Falta: sudo separador init --sys" in dito.output
    escrever_ajuste(_lida(arquivo), ajuste.parent)
    assert "init --systemd" not in rodar(arquivo, "rotas", "ativar", "7").output
    assert "separador reiniciar" in rodar(arquivo, "config", "definir", "dados", "var").output
    assert "reiniciar" not in rodar(arquivo, "config", "definir", "tempo_leitura", "3").output
    monkeypatch.setattr(faltas, "do_systemd", lambda _: False)
    assert "init --systemd" not in rodar(arquivo, "rotas", "alterar", "7", "--destino", str(tmp_path / "c")).output


@pytest.mark.requisito("SEP-01")
def test_listar(arquivo: Path) -> None:
    assert "cte-envio" in rodar(arquivo, "rotas", "listar").output
    rotas = json.loads(rodar(arquivo, "rotas", "listar", "--json").stdout)
    assert [r["id"] for r in rotas] == [1, 2, 3, 4, 5, 6]
    assert rotas[0]["arquivo"] == ["-cte.xml", "-ped-eve.xml"]
    assert rotas[0]["origem"] == str(arquivo.parent.parent / "inbox" / "cte")


@pytest.mark.requisito("SEP-01")
def test_ciclo_de_uma_rota(arquivo: Path) -> None:
    incluir = ("rotas", "incluir", "--regra", "mover", "--origem", "a", "--destino", "b", "--arquivo", ".csv")
    saida = rodar(arquivo, *incluir, "--arquivo", "TSV", "--inativa", "--prazo-coleta", "60")
    assert (saida.exit_code, "Rota 7 incluída." in saida.output) == (0, True)
    assert rodar(arquivo, "rotas", "ativar", "7").exit_code == 0
    assert rodar(arquivo, "rotas", "alterar", "7", "--destino", "c", "--retirar", "prazo_coleta").exit_code == 0
    nova = json.loads(rodar(arquivo, "rotas", "listar", "--json").stdout)[6]
    assert (nova["ativo"], nova["arquivo"], nova["prazo_coleta"]) == (True, [".csv", ".tsv"], None)
    assert nova["destino"].endswith("/c")
    assert rodar(arquivo, *incluir).exit_code == 1
    assert rodar(arquivo, "rotas", "desativar", "7").exit_code == 0
    assert rodar(arquivo, "rotas", "desativar", "77").exit_code == 1
    assert rodar(arquivo, "rotas", "alterar", "7").exit_code == 2


@pytest.mark.requisito("SEP-01")
def test_ids_do_banco_contam(arquivo: Path) -> None:
    dados = arquivo.parent.parent / "var"
    dados.mkdir()
    with closing(sqlite3.connect(dados / "separador.db")) as banco, banco:
        banco.execute("CREATE TABLE rota (id INTEGER PRIMARY KEY, assinatura TEXT NOT NULL)")
        banco.execute("INSERT INTO rota VALUES (30, 'mover /antiga .x')")
    saida = rodar(arquivo, "rotas", "incluir", "--regra", "mover", "--origem", "a", "--destino", "b", "--arquivo", "x")
    assert "Rota 31 incluída." in saida.output


def test_banco_ilegivel_e_dito(arquivo: Path) -> None:
    dados = arquivo.parent.parent / "var"
    dados.mkdir()
    (dados / "separador.db").write_bytes(b"isto nao e um banco" * 100)
    saida = rodar(arquivo, "rotas", "listar")
    assert saida.exit_code == 1
    assert "separador verificar" in saida.stderr


@pytest.mark.requisito("SEP-06")
def test_testar_diz_a_rota_e_o_motivo(arquivo: Path) -> None:
    saida = rodar(arquivo, "rotas", "testar", "123-CTE.xml", "--origem", "inbox/cte")
    assert saida.exit_code == 0
    assert "rota 1 (cte-envio)" in saida.output
    resposta = json.loads(rodar(arquivo, "rotas", "testar", "123-cte.xml", "--json").stdout)
    assert [r["rota"] for r in resposta] == [1, 2, None, None, 5, None]


@pytest.mark.parametrize(
    ("nome", "trecho"), [("a.doc", "nenhuma regra"), ("a-cte.xml.tmp", "nome temporário"), ("Thumbs.db", "de sistema")]
)
def test_testar_nome_que_ninguem_toma(arquivo: Path, nome: str, trecho: str) -> None:
    saida = rodar(arquivo, "rotas", "testar", nome)
    assert saida.exit_code == 1
    assert trecho in saida.output
    assert "Nenhuma rota tomaria" in saida.output


def test_testar_rota_inativa_e_origem_sem_rota(arquivo: Path) -> None:
    rodar(arquivo, "rotas", "desativar", "4")
    assert "inativa" in rodar(arquivo, "rotas", "testar", "a.txt").output
    assert rodar(arquivo, "rotas", "testar", "a.txt", "--origem", "/nao").exit_code == 1
