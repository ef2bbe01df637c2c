"""Runs a spread sample of the deaths of the commands of copies. `make quedas` runs all of them."""

import os
import shutil
from pathlib import Path

import pytest

from tests.apoio.amostra import do_dia
from tests.falhas import copias_mortas

PONTOS = 5


@pytest.mark.timeout(300)
@pytest.mark.requisito("OPS-08", "OPS-09", "OPS-11")
@pytest.mark.parametrize("cenario", do_dia(copias_mortas.CENARIOS, 3))
def test_morte_em_chamadas_que_mudam_o_disco(tmp_path: Path, cenario: str) -> None:
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("falta o programa strace (pacote Debian strace)")
        pytest.skip("sem o programa strace (pacote Debian strace) as quedas NÃO foram testadas")
    palco = copias_mortas.Palco(tmp_path, cenario)
    todos = palco.gravar()
    assert len(todos) > 20
    resultados = list(copias_mortas.jogar(palco, todos, PONTOS))
    assert len(resultados) == PONTOS
    assert [(r.ponto, r.faltas) for r in resultados if r.faltas] == []
