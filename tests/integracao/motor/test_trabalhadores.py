"""Tests real worker processes: slow groups, groups not begun, progress, deaths that no file explains.

The clock is the test's. In a worker, a file whose text begins with `ESPERA` waits for the file that it names, and one
that begins with `DEVAGAR` is copied block by block, as the file that it names grows.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from separador.motor.trabalho import trabalhadores
from tests.apoio.instalacao import Instalacao, pasta_rapida

ROTAS = tuple(
    {"id": n, "ativo": True, "regra": "mover", "origem": f"inbox/r{n}", "destino": f"outbox/r{n}", "arquivo": ".txt"}
    for n in (1, 2, 3)
)

ARMADILHA = """
import os, time, separador.motor.trabalho.etapas as e, separador.motor.trabalho.andamento as a
from separador.pastas import gravacao as g
a.INTERVALO_S = 0.0
_copiar, _gravar = e.copiar, g.escrever
def copiar(arquivo, vivo):
    with open(arquivo.caminho, 'rb') as aberto:
        texto = aberto.read(4096)
    if texto.startswith(b'ESPERA '):
        while not os.path.exists(texto[7:].strip()):
            time.sleep(0.01)
    if texto.startswith(b'MORRE'):
        os._exit(9)
    passos.clear()
    if texto.startswith(b'DEVAGAR '):
        passos.append(texto[8:].split(b'\\n')[0])
    return _copiar(arquivo, vivo)
passos = []
def escrever(fd, dados):
    if passos:
        passos.append(0)
        while os.path.getsize(passos[0]) < len(passos) - 1:
            time.sleep(0.005)
    _gravar(fd, dados)
e.copiar, g.escrever = copiar, escrever
"""


def _viver(*args: object) -> None:
    exec(ARMADILHA, {})
    _viver_de_verdade(*args)


def _viver_nao(*_: object) -> None:
    os._exit(1)


def _viver_sem_abrir(*args: object) -> None:
    """Dies with a group in hand, before the first file is opened."""
    exec("import os, separador.motor.trabalho.processo as p\np.encenar = lambda *a, **k: os._exit(1)", {})
    _viver_de_verdade(*args)


_viver_de_verdade: Callable[..., None] = trabalhadores.viver


@pytest.fixture
def com_processos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Instalacao]]:
    feitas: list[Instalacao] = []
    with pasta_rapida(tmp_path) as pasta:

        def fazer(viver: Callable[..., None] = _viver, quantos: int = 1) -> Instalacao:
            monkeypatch.setattr(trabalhadores, "viver", viver)
            feitas.append(Instalacao(pasta, rotas=ROTAS, empresas=(), trabalhadores=quantos))
            return feitas[-1]

        yield fazer
        for instalacao in feitas:
            instalacao.fechar()


def os_de(instalacao: Instalacao) -> trabalhadores.Trabalhadores:
    feitos = instalacao.ciclo.despacho.trabalhadores
    assert isinstance(feitos, trabalhadores.Trabalhadores)
    return feitos


@pytest.mark.requisito("BORDA-08")
def test_grupo_lento_nao_segura_as_outras_rotas_nem_com_um_so_processo(
    com_processos: Callable[..., Instalacao], tmp_path: Path
) -> None:
    instalacao = com_processos()
    instalacao.por(1, "lento.txt", f"ESPERA {tmp_path}/solta".encode())
    instalacao.rodar_com_processos(lambda: bool(instalacao.ciclo.despacho.em_andamento))
    for n in range(5):  # some of them wait behind the slow one in the same worker, until it is seen to be slow
        instalacao.por(2, f"a{n}.txt", b"2")
        instalacao.por(3, f"b{n}.txt", b"3")
    instalacao.rodar_com_processos(lambda: len(instalacao.nomes(2)) == 5 and len(instalacao.nomes(3)) == 5)
    instalacao.por(1, "depois.txt", b"1")
    for _ in range(20):
        instalacao.ciclo.passo()
        instalacao.ponteiros.passar(0.3)
    assert instalacao.nomes(1) == [], "dentro da rota a ordem fica"
    assert (instalacao.origem(1) / "depois.txt").exists(), "nada se toma de uma rota que está presa"
    (tmp_path / "solta").touch()
    instalacao.rodar_com_processos(lambda: len(instalacao.nomes(1)) == 2)
    instalacao.rodar_com_processos(lambda: len(os_de(instalacao).fios()) == 1)
    assert instalacao.falhas() == []
    assert not [x for x in instalacao.diario.linhas if x.get("acao") == "processo de trabalho"]


@pytest.mark.requisito("BORDA-08")
def test_muitas_rotas_lentas_ainda_deixam_um_processo(com_processos: Callable[..., Instalacao], tmp_path: Path) -> None:
    instalacao = com_processos()
    for rota in (1, 2):
        instalacao.por(rota, "lento.txt", f"ESPERA {tmp_path}/solta".encode())
    instalacao.rodar_com_processos(lambda: len(os_de(instalacao).lentas()) == 2)
    instalacao.por(3, "x.txt", b"3")
    instalacao.rodar_com_processos(lambda: instalacao.nomes(3) == ["x.txt"])
    (tmp_path / "solta").touch()
    instalacao.rodar_com_processos(lambda: instalacao.nomes(1) == instalacao.nomes(2) == ["lento.txt"])


@pytest.mark.requisito("BORDA-08", "BORDA-10")
def test_quem_espera_atras_de_um_que_mata_nao_e_culpado(com_processos: Callable[..., Instalacao]) -> None:
    instalacao = com_processos()
    instalacao.por(1, "mata.txt", b"MORRE")
    instalacao.por(2, "bom.txt", b"2")
    instalacao.rodar_com_processos(lambda: instalacao.falhas() == ["SEP-QUARENTENA"] and instalacao.nomes(2) != [])
    assert instalacao.arquivo("bom.txt")["tentativas"] == 0
    assert instalacao.desfecho("mata.txt") == "quarentena"
    (fazer,) = instalacao.banco.todas("SELECT o_que_fazer FROM falha WHERE codigo = 'SEP-QUARENTENA'")
    assert "incidente" not in fazer["o_que_fazer"], "não há incidente a guardar"


@pytest.mark.longo
@pytest.mark.requisito("BORDA-09")
def test_copia_de_muitas_horas_chega_e_as_outras_rotas_passam(
    com_processos: Callable[..., Instalacao], tmp_path: Path
) -> None:
    """Each block takes more than half of the time that a worker may be silent: in all 6,000 s, by the test's clock."""
    cano = tmp_path / "passos"
    cano.touch()
    instalacao = com_processos()
    grande = f"DEVAGAR {cano}\n".encode().ljust(1 << 20, b".") + os.urandom(1 << 20) * 59
    instalacao.por(1, "grande.txt", grande)
    instalacao.rodar_com_processos(lambda: bool(instalacao.ciclo.despacho.em_andamento))
    lento = os_de(instalacao)._trabalhadores[0]
    instalacao.rodar_com_processos(lambda: [o.pronto for o in os_de(instalacao)._trabalhadores] == [True, True])
    for n in range(60):
        instalacao.ponteiros.passar(100)
        cano.write_bytes(b"." * (n + 1))
        if n % 20 == 0:
            instalacao.por(2, f"{n}.txt", b"pequeno")
            instalacao.rodar_com_processos(lambda n=n: f"{n}.txt" in instalacao.nomes(2))  # type: ignore[misc]
            assert instalacao.nomes(1) == []
        if n < 59:
            instalacao.rodar_com_processos(lambda: lento.vivo_s >= instalacao.ponteiros.monotonico_s - 10)
    instalacao.rodar_com_processos(lambda: instalacao.nomes(1) == ["grande.txt"])
    assert instalacao.ler(1, "grande.txt") == grande
    assert not [x for x in instalacao.diario.linhas if x.get("acao") == "processo de trabalho"]


@pytest.mark.requisito("BORDA-09")
def test_silencio_alem_do_prazo_ainda_e_falta(com_processos: Callable[..., Instalacao], tmp_path: Path) -> None:
    instalacao = com_processos()
    instalacao.por(1, "mudo.txt", f"ESPERA {tmp_path}/solta".encode())
    instalacao.rodar_com_processos(lambda: bool(os_de(instalacao).lentas()))
    instalacao.ponteiros.passar(181)
    instalacao.rodar_com_processos(lambda: bool(instalacao.banco.todas("SELECT 1 FROM arquivo")))
    assert instalacao.arquivo("mudo.txt")["tentativas"] == 1
    (tmp_path / "solta").touch()
    instalacao.rodar_com_processos(lambda: instalacao.nomes(1) == ["mudo.txt"])


@pytest.mark.requisito("BORDA-10")
@pytest.mark.parametrize("viver", [_viver_nao, _viver_sem_abrir])
def test_processos_que_morrem_sem_abrir_arquivo_param_a_tomada_e_ninguem_vai_a_quarentena(
    com_processos: Callable[..., Instalacao], monkeypatch: pytest.MonkeyPatch, viver: Callable[..., None]
) -> None:
    instalacao = com_processos(viver)
    for n in range(5):
        instalacao.por(1, f"{n}.txt", b"1")
    instalacao.rodar_com_processos(lambda: instalacao.falhas() == ["SEP-TRABALHADORES"])
    assert os_de(instalacao).parado
    instalacao.por(2, "novo.txt", b"2")
    for _ in range(10):
        instalacao.ciclo.passo()
        instalacao.ponteiros.passar(1.1)
    assert (instalacao.origem(2) / "novo.txt").exists(), "parado, nada mais se toma"
    assert instalacao.ciclo.nada_a_mover(), "uma-vez não espera para sempre"
    monkeypatch.setattr(trabalhadores, "viver", _viver)
    instalacao.ponteiros.passar(31)
    instalacao.rodar_com_processos(lambda: len(instalacao.nomes(1)) == 5 and instalacao.nomes(2) == ["novo.txt"])
    assert instalacao.falhas() == []
    assert {r["tentativas"] for r in instalacao.banco.todas("SELECT tentativas FROM arquivo")} == {0}


@pytest.mark.requisito("BORDA-10")
def test_processo_sem_arquivo_que_morre_e_trocado(com_processos: Callable[..., Instalacao]) -> None:
    instalacao = com_processos(quantos=2)
    instalacao.rodar_com_processos(lambda: all(o.pronto for o in os_de(instalacao)._trabalhadores))
    antes = {o.processo.pid for o in os_de(instalacao)._trabalhadores}
    um = os_de(instalacao)._trabalhadores[0].processo
    assert um.pid is not None
    os.kill(um.pid, signal.SIGKILL)
    um.join()
    instalacao.rodar_com_processos(lambda: um.pid not in {o.processo.pid for o in os_de(instalacao)._trabalhadores})
    assert len({o.processo.pid for o in os_de(instalacao)._trabalhadores} & antes) == 1
    instalacao.por(1, "a.txt", b"1")
    instalacao.rodar_com_processos(lambda: instalacao.nomes(1) == ["a.txt"])
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-01")
@pytest.mark.parametrize("lado", ["origem", "destino"])
def test_pasta_refeita_e_aceita_tambem_pelos_processos(
    com_processos: Callable[..., Instalacao], tmp_path: Path, lado: str
) -> None:
    """The loop saw `.separador` missing, then another one. A worker sees neither, and knows folders for one group."""
    instalacao = com_processos()
    instalacao.por(1, "antes.txt", b"1")
    instalacao.rodar_com_processos(lambda: instalacao.nomes(1) == ["antes.txt"])
    (pid,) = [o.processo.pid for o in os_de(instalacao)._trabalhadores]
    propria = getattr(instalacao, lado)(1) / ".separador"
    propria.rename(propria.with_name(".x"))
    instalacao.rodar_com_processos(lambda: instalacao.falhas() == ["SEP-MARCA-SUMIU"])
    subprocess.run(["cp", "-a", propria.with_name(".x"), propria], check=True)
    instalacao.rodar_com_processos(lambda: instalacao.falhas() == [])
    for n in range(3):
        instalacao.por(1, f"{n}.txt", b"2")
    instalacao.rodar_com_processos(lambda: len(instalacao.nomes(1)) == 4)
    assert instalacao.falhas() == []
    assert [o.processo.pid for o in os_de(instalacao)._trabalhadores] == [pid]
