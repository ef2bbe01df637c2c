"""Runs a spread sample of the kill test, and a small marathon, with the suite. `make quedas` runs the whole test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apoio.amostra import do_dia
from tests.falhas import conferente, maratona
from tests.falhas.quedas import Placar, Tarefa, correr_tudo
from tests.falhas.quedas_lugar import pasta_rapida

PONTOS = 4
RECAIDAS = 2
PRAZO_DE_UM_PONTO_S = 60
"""Bounds one point: a death, its recoveries and the comparisons. A quiet machine takes 1.5 s. The bound of a test grows
with its points, so that a busy machine does not fail it."""


@pytest.fixture
def lugar(tmp_path: Path) -> Path:
    """Returns a folder in memory when there is some. A killed process loses nothing that it wrote there either."""
    memoria = pasta_rapida()
    if memoria is None:
        return tmp_path
    rapida = Path(memoria) / f"separador-{os.getpid()}-{tmp_path.name}"
    rapida.mkdir()
    return rapida


@pytest.fixture(autouse=True)
def _limpar(lugar: Path) -> Iterator[None]:
    yield
    shutil.rmtree(lugar, ignore_errors=True)


@pytest.fixture(scope="module")
def strace() -> None:
    """Demands Debian's strace. Without it the test fails in CI, and is skipped elsewhere."""
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("falta o programa strace (pacote Debian strace)")
        pytest.skip("sem o programa strace (pacote Debian strace) as quedas NÃO foram testadas")


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(PONTOS * PRAZO_DE_UM_PONTO_S)
@pytest.mark.parametrize("trabalhadores", [0, pytest.param(1, marks=pytest.mark.longo)])
def test_queda_em_chamadas_que_mudam_o_disco(lugar: Path, trabalhadores: int) -> None:
    """One CT-e, one event and one return are killed at points spread over the whole path. Each has one outcome.

    With a worker the points of the service are nearly the same ones.
    """
    tarefa = Tarefa("um-de-cada", trabalhadores, PONTOS if trabalhadores == 0 else PONTOS // 2, trabalhador=False)
    placares = correr_tudo([tarefa], lugar, 1, print)
    _certos(placares, PONTOS if trabalhadores == 0 else PONTOS // 2)


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(PONTOS // 2 * PRAZO_DE_UM_PONTO_S)
@pytest.mark.requisito("SEFAZ-04")
def test_queda_na_transmissao_com_a_sefaz_contando(lugar: Path) -> None:
    """One CT-e goes to SEFAZ and back, killed at points over the whole path. It is received and authorised once."""
    placares = correr_tudo([Tarefa("rede", 0, PONTOS // 2)], lugar, 1, print)
    _certos(placares, PONTOS // 2)


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(PONTOS // 2 * PRAZO_DE_UM_PONTO_S)
@pytest.mark.requisito("CARGA-01")
def test_queda_no_caminho_de_uma_carga(lugar: Path) -> None:
    """A load of five documents is killed at points over the whole path. Each document has its number, once."""
    placares = correr_tudo([Tarefa("carga", 0, PONTOS // 2)], lugar, 1, print)
    _certos(placares, PONTOS // 2)


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(PONTOS // 2 * PRAZO_DE_UM_PONTO_S)
@pytest.mark.requisito("CARGA-03")
@pytest.mark.parametrize("cenario", do_dia(("cte-refeito", "carga-refeita", "especies-refeitas"), 3))
def test_queda_enquanto_um_cte_e_refeito(lugar: Path, cenario: str) -> None:
    """Documents are built anew, by file and by order. Each keeps its number, and goes out once, as corrected."""
    placares = correr_tudo([Tarefa(cenario, 0, PONTOS // 2)], lugar, 1, print)
    _certos(placares, PONTOS // 2)


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(RECAIDAS * PRAZO_DE_UM_PONTO_S)
def test_queda_tambem_durante_a_retomada(lugar: Path) -> None:
    """The run that recovers is killed as well."""
    placares = correr_tudo([Tarefa("retorno", 0, 1, recaidas=1)], lugar, 1, print)
    _certos(placares, RECAIDAS)


def _certos(placares: list[Placar], pontos: int) -> None:
    assert [r for p in placares for r in p.ruins] == []
    assert sum(p.pontos for p in placares) == pontos
    assert sum(p.perdidos for p in placares) <= 1, "a gravação não corresponde ao que correu"


@pytest.mark.requisito("SEP-08")
def test_maratona_pequena_com_quatro_quedas(lugar: Path) -> None:
    """300 files, four kills: the ledger balances."""
    andamento = maratona.correr(lugar / "instalacao", maratona.Plano(300, intervalo_s=1.2, mortes=4), mostrar_s=None)
    balanco = conferente.conferir(lugar / "instalacao", rastreados=5)
    assert balanco.certo, conferente.mostrar(balanco)
    assert andamento.mortes >= 4
