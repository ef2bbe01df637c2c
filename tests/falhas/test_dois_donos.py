"""Freezes the owner of a folder at disk calls, and lets another installation take over: nothing lost, nothing twice."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apoio.amostra import do_dia
from tests.falhas.test_quedas_amostra import strace

__all__ = ["strace"]
pytestmark = [pytest.mark.requisito("FRO-03", "FRO-04"), pytest.mark.usefixtures("strace")]
AMOSTRA = {("mesmo disco", "mover"): 2, ("outro disco", "cte"): 2}
"""Are the points of every day. `make quedas` plays all, with each scenario on both devices."""
PRAZO_DE_UM_PONTO_S = 60
RAIZ = Path(__file__).parents[2]


@pytest.fixture
def lugares(disco: str, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Gives the place of the data and the place of the folders."""
    if not os.access("/dev/shm", os.W_OK):
        pytest.skip("PULADO: este teste precisa de /dev/shm")
    with tempfile.TemporaryDirectory(prefix="separador-dois-", dir="/dev/shm") as memoria:
        comum = Path(memoria) if disco == "mesmo disco" else tmp_path
        yield Path(memoria) / "dados", comum / "comum"


def _conferir(lugares: tuple[Path, Path], cenario: str, *quantos: str) -> None:
    feito = subprocess.run(
        [sys.executable, "-m", "tests.falhas.dois_donos", *map(str, lugares), cenario, *quantos],
        capture_output=True,
        text=True,
        cwd=RAIZ,
    )
    linhas = [json.loads(linha) for linha in feito.stdout.splitlines()]
    assert linhas, feito.stderr[-2000:]
    fim = linhas.pop()
    assert [li for li in linhas if li[2]] == [], feito.stderr[-2000:]
    assert (feito.returncode, fim["faltas"], fim["pontos"]) == (0, 0, len(linhas))
    assert fim["gravados"] > 60, "a gravação não viu a rota inteira"
    assert fim["em_quarentena"] <= fim["pontos"] // 10, "o que não se sabe é a exceção"


@pytest.mark.timeout((max(AMOSTRA.values()) + 2) * PRAZO_DE_UM_PONTO_S)
@pytest.mark.parametrize(("disco", "cenario"), do_dia(AMOSTRA, 2))
def test_amostra_de_pontos(lugares: tuple[Path, Path], disco: str, cenario: str) -> None:
    _conferir(lugares, cenario, str(AMOSTRA[disco, cenario]))
