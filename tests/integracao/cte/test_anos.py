"""A database of years: a million documents. What is asked daily costs what it costs in a small one; minutes to run."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from separador.banco.conexao import ARQUIVO
from separador.capacidades.cte.banco import lista
from separador.capacidades.cte.banco.lista import Filtro
from separador.capacidades.movimento import banco as resumo
from tests.apoio.banco_de_anos import ABERTOS, encher
from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.longo, pytest.mark.timeout(3600)]
QUANTOS = 1_000_000
PASSOS = 20_000
MEMORIA_MB = 150
_COM_MEMORIA = """
import runpy, sys
sys.argv[0] = "separador"
try:
    runpy.run_module("separador", run_name="__main__")
finally:
    # Not ru_maxrss: that begins with what the test's own process had when it started this one.
    pico = next(linha for linha in open("/proc/self/status") if linha.startswith("VmHWM"))
    print(int(pico.split()[1]) // 1024, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def maquina(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maquina]:
    with Maquina(tmp_path_factory.mktemp("milhao")) as m:
        encher(m.dados, QUANTOS)
        yield m


@pytest.fixture
def banco(maquina: Maquina) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{maquina.dados / ARQUIVO}?mode=ro", uri=True)) as c:
        c.row_factory = sqlite3.Row
        yield c


@pytest.mark.requisito("DES-06", "USO-04")
@pytest.mark.parametrize(
    "filtro",
    [
        Filtro(),
        Filtro(situacao="AUTORIZADO PELA SEFAZ"),
        Filtro(situacao="REJEITADO PELA SEFAZ"),
        Filtro(numero="15"),
        Filtro(tomador="20000000000107"),
        Filtro(carga="C100"),
        Filtro(de="2021-03-01T00:00:00.000Z", ate="2021-09-01T00:00:00.000Z"),
    ],
)
def test_uma_pagina_custa_o_mesmo_num_milhao(banco: sqlite3.Connection, filtro: Filtro) -> None:
    """Among them one that finds about 500,000."""
    dezenas = [0]

    def mais() -> int:
        dezenas[0] += 1
        return 0

    banco.set_progress_handler(mais, 10)
    pagina = lista.pagina(banco, filtro, 50)
    banco.set_progress_handler(None, 0)
    assert pagina.linhas
    assert dezenas[0] * 10 <= PASSOS


@pytest.mark.requisito("DES-06")
@pytest.mark.parametrize("saida", ["--json", "--csv"])
def test_tudo_sai_aos_poucos(maquina: Maquina, saida: str) -> None:
    comando = [sys.executable, "-c", _COM_MEMORIA, "--config", str(maquina.config), "cte", "listar", saida]
    with subprocess.Popen(comando, env=maquina.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as feito:
        assert feito.stdout is not None
        assert feito.stderr is not None
        linhas = sum(1 for _ in feito.stdout)
        memoria = int(feito.stderr.read().split()[-1])
    assert linhas >= QUANTOS
    assert memoria <= MEMORIA_MB


@pytest.mark.requisito("USO-06")
def test_o_passado_contado_por_um_comando_morto_muitas_vezes_e_exato(maquina: Maquina) -> None:
    with closing(sqlite3.connect(maquina.dados / ARQUIVO)) as c:
        c.execute("DELETE FROM resumo")
        for fonte, tabela in (("documento", "historico"), ("arquivo", "arquivo")):
            c.execute(
                f"UPDATE resumo_fonte SET feito = 0, ate = n, passado = n FROM (SELECT max(id) AS n FROM {tabela})"
                " WHERE fonte = ?",
                (fonte,),
            )
        c.commit()
    comando = [*maquina.comando, "estatisticas", "refazer"]
    mortes = 0
    for espera_s in (1.0, 1.5, 2.0, 2.5):
        morto = subprocess.Popen(comando, env=maquina.env, stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(espera_s)
        if morto.poll() is None:
            os.killpg(morto.pid, signal.SIGKILL)
            mortes += 1
        morto.wait()
    assert mortes
    subprocess.run(comando, env=maquina.env, stdout=subprocess.DEVNULL, check=True)
    with closing(sqlite3.connect(maquina.dados / ARQUIVO)) as c:
        assert not resumo.passado(c).falta
        contados = dict(c.execute("SELECT desfecho, sum(quantos) FROM resumo GROUP BY desfecho"))
    assert contados == {"autorizado": QUANTOS, "entregue": QUANTOS - ABERTOS}
