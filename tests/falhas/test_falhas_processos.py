"""Tests the real processes: two services, signals, workers that die."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.motor.trabalho import trabalhadores
from tests.apoio.instalacao import Instalacao
from tests.apoio.maquina import Maquina
from tests.apoio.posse import restos

# A document that contains this text ends any process that prepares it. It stands in for a bug in a C library.
ARMADILHA = """
import os, separador.capacidades.cte.arquivos.leitura as o
_iniciar = o.iniciar
def iniciar(dados, contexto):
    if b'MATA QUEM LE' in dados:
        os._exit(139)
    return _iniciar(dados, contexto)
o.iniciar = iniciar
"""


def veneno(agora: datetime, numero: int = 99) -> bytes:
    return ex.cte(numero, agora=agora, variante="uma-nota").dados.replace(b"CARGA SECA", b"MATA QUEM LE")


def desfechos(dados: Path) -> dict[str, str | None]:
    with closing(sqlite3.connect(dados / "separador.db")) as conexao:
        return {os.fsdecode(n): d for n, d in conexao.execute("SELECT nome, desfecho FROM arquivo")}


@pytest.fixture
def sitio(tmp_path: Path) -> Path:
    """Returns a folder for PYTHONPATH. Its sitecustomize sets the trap in every process of the service."""
    pasta = tmp_path / "sitio"
    pasta.mkdir()
    (pasta / "sitecustomize.py").write_text(
        "import builtins, sys\n_importar = builtins.__import__\n"
        "def espreitar(nome, *a, **k):\n"
        "    modulo = _importar(nome, *a, **k)\n"
        "    o = sys.modules.get('separador.motor.trabalho.etapas')\n"
        "    if hasattr(o, 'aquecer'):\n"  # its last name: it is whole
        "        builtins.__import__ = _importar\n"
        f"        exec({ARMADILHA!r}, {{}})\n"
        "    return modulo\n"
        "builtins.__import__ = espreitar\n"
    )
    return pasta


@pytest.mark.requisito("SEP-04")
def test_segundo_servico_na_mesma_pasta_sai_com_4(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        m.executar()
        feito = m.cli("uma-vez")
        assert feito.returncode == 4
        assert "já está em uso" in feito.stderr
        assert "Traceback" not in feito.stderr
        assert m.cli("executar").returncode == 4
        assert m.parar() == 0
        assert m.cli("uma-vez").returncode == 0


@pytest.mark.requisito("SEP-04", "SEP-08")
def test_SIGTERM_termina_o_que_tem_em_maos_e_o_resto_segue_na_proxima(tmp_path: Path) -> None:
    agora = datetime.now(UTC)
    with Maquina(tmp_path) as m:
        m.executar()
        for n in range(1, 301):
            e = ex.cte(n, agora=agora, variante="uma-nota")
            (m.origem(1) / os.fsdecode(e.nome)).write_bytes(e.dados)
        m.esperar(lambda: m.saida(1), 30, "nada saiu")
        assert m.parar(30) == 0
        feitos = len(m.saida(1))
        com_desfecho = sum(d == "entregue" for d in desfechos(m.dados).values())
        assert feitos == com_desfecho, "o que saiu está registrado como saído"
        assert "serviço encerrado" in m.fim_do_log(5)
        m.uma_vez()
        assert len(m.saida(1)) == 300
        assert set(desfechos(m.dados).values()) == {"entregue"}


@pytest.mark.requisito("SEP-04")
def test_segundo_sinal_sai_na_hora(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        servico = m.executar()
        os.kill(servico.pid, signal.SIGSTOP)
        os.kill(servico.pid, signal.SIGTERM)
        os.kill(servico.pid, signal.SIGINT)
        os.kill(servico.pid, signal.SIGCONT)
        assert servico.wait(30) in {0, -signal.SIGTERM, -signal.SIGINT}


@pytest.mark.requisito("SEP-04")
def test_morto_de_repente_volta_sozinho_sem_limpeza(tmp_path: Path) -> None:
    agora = datetime.now(UTC)
    with Maquina(tmp_path) as m:
        m.executar()
        for n in range(1, 101):
            e = ex.cte(n, agora=agora, variante="uma-nota")
            (m.origem(1) / os.fsdecode(e.nome)).write_bytes(e.dados)
        m.esperar(lambda: m.saida(1), 30, "nada saiu")
        m.matar()
        m.uma_vez()
        assert len(m.saida(1)) == 100
        assert list(desfechos(m.dados).values()) == ["entregue"] * 100
        assert restos(m.origem(1)) == []


@pytest.mark.requisito("SEP-04", "SEP-08")
def test_documento_que_derruba_o_proprio_servico_vai_a_quarentena(tmp_path: Path, sitio: Path) -> None:
    """With `trabalhadores: 0`, each start dies on the document. The third time it is set aside; the others pass."""
    agora = datetime.now(UTC)
    with Maquina(tmp_path, trabalhadores=0) as m:
        (m.origem(1) / "veneno-cte.xml").write_bytes(veneno(agora))
        for n in range(1, 4):
            e = ex.cte(n, agora=agora, variante="uma-nota")
            (m.origem(1) / os.fsdecode(e.nome)).write_bytes(e.dados)
        env = {"PYTHONPATH": os.pathsep.join([str(sitio), os.environ.get("PYTHONPATH", "")])}
        codigos = [m.cli("uma-vez", env=env).returncode for _ in range(4)]
        assert codigos[0] == 139, "a armadilha não está armada"
        assert codigos[-1] == 1, codigos
        assert desfechos(m.dados)["veneno-cte.xml"] == "quarentena"
        assert len(m.saida(1)) == 3
        assert [p.name.partition("_")[2] for p in (m.dados / "quarentena").iterdir()] == ["veneno-cte.xml"]


@pytest.mark.requisito("SEP-04", "SEP-08")
def test_trabalhador_que_morre_custa_so_o_seu_grupo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one worker process, the document kills it each time, and it is replaced each time. All the others are
    delivered."""
    with Instalacao(tmp_path, trabalhadores=1, aberta=False) as instalacao:
        instalacao.ponteiros.agora = datetime.now(UTC)
        monkeypatch.setattr(trabalhadores, "viver", _vida_com_armadilha)
        instalacao.abrir()
        instalacao.por(1, "veneno-cte.xml", veneno(instalacao.agora))
        for n in range(1, 6):
            e = ex.cte(n, agora=instalacao.agora, variante="uma-nota")
            instalacao.por(1, e.nome, e.dados)
        instalacao.rodar_com_processos(lambda: instalacao.ciclo.nada_a_mover() and len(instalacao.nomes(1)) == 5)
        assert instalacao.desfecho("veneno-cte.xml") == "quarentena"
        assert instalacao.falhas() == ["SEP-QUARENTENA"]
        mortes = [x for x in instalacao.diario.linhas if x.get("acao") == "processo de trabalho"]
        assert len(mortes) >= 2


def _vida_com_armadilha(*args: object) -> None:
    exec(ARMADILHA, {})
    _vida_original(*args)


_vida_original: Callable[..., None] = trabalhadores.viver


@pytest.mark.requisito("BORDA-10")
def test_servico_e_trabalhadores_deixam_a_pasta_de_onde_foram_iniciados(tmp_path: Path) -> None:
    """That folder may be one that the workers' user cannot enter: then each of them would die at its start."""
    with Maquina(tmp_path, trabalhadores=1) as m:
        servico = m.executar()
        m.soltar(4, "a.txt", b"1")
        m.esperar(lambda: m.saida(4) == ["a.txt"], 30, "o arquivo não saiu")
        assert os.readlink(f"/proc/{servico.pid}/cwd") == "/"
        filhos = Path(f"/proc/{servico.pid}/task/{servico.pid}/children").read_text().split()
        netos = [n for f in filhos for n in Path(f"/proc/{f}/task/{f}/children").read_text().split()]
        assert {os.readlink(f"/proc/{n}/cwd") for n in netos} == {"/"}
        m.gravar_config(tempo_leitura=2)
        m.esperar(lambda: "configuração nova em uso" in m.fim_do_log(20), 10, "a configuração não foi relida")


@pytest.mark.requisito("SEP-04")
def test_configuracao_errada_sai_com_2_e_uma_linha_por_erro(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.gravar_config(tempo_leitur=3, trabalhadores=-1)
    feito = m.cli("uma-vez")
    assert feito.returncode == 2
    assert "tempo_leitura" in feito.stderr, "o nome mais próximo"
    assert "Traceback" not in feito.stderr + feito.stdout


@pytest.mark.requisito("SEP-10")
def test_log_em_json_no_arquivo_e_no_diario(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    e = ex.cte(1, agora=datetime.now(UTC), variante="uma-nota")
    m.soltar(1, e.nome, e.dados)
    feito = m.uma_vez()
    for texto in (feito.stdout, (m.dados / "log" / "separador.log").read_text("utf-8")):
        linhas = [json.loads(linha) for linha in texto.splitlines()]
        (entregue,) = [x for x in linhas if x["acao"] == "entregue"]
        assert entregue["chave"] == e.chave
        assert entregue["arquivo"] == os.fsdecode(e.nome)
        assert entregue["id"]
        assert entregue["quando"].endswith("+00:00")
