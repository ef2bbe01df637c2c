"""What a command imports: listed and bounded, because every module is read and run at each start of it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.cli.base import leitura
from tests.apoio.maquina import Maquina

CAROS = {
    *("lxml", "cryptography", "sqlite_utils", "xlsxwriter", "structlog", "asyncio", "ssl", "ruamel", "multiprocessing"),
    *("nfelib", "signxml", "fpdf", "pypdf", "httpx2", "watchdog", "argon2", "http", "email"),
}
"""What no daily command needs."""
MODULOS = {
    ("--ajuda",): 350,
    ("situacao",): 325,
    ("falhas",): 295,
    ("cte", "listar"): 320,
    ("cte", "ver", "1" * 44): 305,
    ("rastrear", "15"): 305,
    ("localizar", "15"): 305,
    ("estatisticas",): 300,
    ("carga", "listar"): 300,
    ("carga", "ver", "C1"): 300,
}
"""Command → the most modules that it may import, those of the interpreter included: a twentieth more than it does."""
KB = 12_900
"""The most that the files of these modules may hold."""
CAROS_NA_PARTIDA = {
    *("nfelib", "fpdf", "pypdf", "PIL", "httpx2", "xlsxwriter", "ruamel", "argon2", "xmlschema", "smtplib", "http"),
}
"""What a start waits for nowhere: printing, sheets, the network, mail, checks against the official schemas."""
SEM_CARGAS = {"separador.capacidades.emissao.dominio.valores", "separador.configuracao.emissao.cadastros"}
"""What only a route that issues loads."""
MODULOS_NA_PARTIDA, KB_NA_PARTIDA = 935, 43_000
DE_QUEM_DESENVOLVE = {"rich", "pygments"}
"""The log's library imports them where they are; an installation has none of them."""
_DEPOIS = """
import atexit, json, os, sys
def dizer():
    arquivos = {getattr(m, "__file__", None) for m in sys.modules.values()}
    tamanho = sum(os.path.getsize(a) for a in arquivos if a and os.path.exists(a))
    print(json.dumps({"modulos": sorted(sys.modules), "kb": tamanho // 1024}), file=sys.stderr)
atexit.register(dizer)
from separador.programa import main
main()
"""


@pytest.fixture(scope="module")
def maquina(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maquina]:
    """Its configuration has the key of the loads, as the shipped one does."""
    with Maquina(tmp_path_factory.mktemp("importa"), emissao={"modelo_conhecimento": "ELETRÔNICO"}) as m:
        abrir(m.dados).close()
        yield m


@pytest.mark.requisito("DES-05")
@pytest.mark.parametrize("comando", MODULOS, ids=" ".join)
def test_um_comando_do_dia_importa_pouco(maquina: Maquina, comando: tuple[str, ...]) -> None:
    feito = subprocess.run(
        [sys.executable, "-c", _DEPOIS, "--config", str(maquina.config), *comando],
        env=maquina.env,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    dito = json.loads(feito.stderr.splitlines()[-1])
    importados = {m.partition(".")[0] for m in dito["modulos"]}
    assert "separador" in importados
    assert importados & CAROS == set()
    assert len(dito["modulos"]) <= MODULOS[comando]
    assert dito["kb"] <= KB


@pytest.mark.requisito("DES-05")
def test_a_partida_importa_o_que_e_preciso(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        comando = [sys.executable, "-c", _DEPOIS, "--config", str(m.config), "executar"]
        servico = subprocess.Popen(
            comando,
            env=m.env,
            cwd=Path(__file__).parents[3],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            m.esperar(lambda: leitura.servico_vivo(m.dados, datetime.now(UTC)).ativo, 60)
            servico.terminate()
            _, erros = servico.communicate(timeout=90)
        finally:
            servico.kill()
    dito = json.loads(next(linha for linha in erros.splitlines() if linha.startswith('{"modulos"')))
    raizes = [m.partition(".")[0] for m in dito["modulos"]]
    assert set(raizes) & CAROS_NA_PARTIDA == set()
    assert [m for m in dito["modulos"] if m.startswith("separador.capacidades.dacte.papel")] == []
    assert SEM_CARGAS.isdisjoint(dito["modulos"])
    assert sum(r not in DE_QUEM_DESENVOLVE for r in raizes) <= MODULOS_NA_PARTIDA
    assert dito["kb"] <= KB_NA_PARTIDA
