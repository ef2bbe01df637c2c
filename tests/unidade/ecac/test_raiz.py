"""Tests how the root of a receipt is recorded, and found again by an installation that was copied or moved."""

from pathlib import Path

import pytest

from separador.capacidades.ecac.dominio.raiz import achada, anotada, arquivo

DADOS, RAIZ = Path("/srv/loja/var"), Path("/srv/loja/outbox/ecac")


@pytest.mark.requisito("ECAC-05")
def test_uma_copia_acha_os_seus() -> None:
    dita = anotada(DADOS, RAIZ)
    assert dita == "../outbox/ecac"
    assert achada(DADOS, dita) == RAIZ
    copiado = arquivo(Path("/mnt/copia/var"), dita, "1/2026/01/DARF-2.pdf")
    assert copiado == "/mnt/copia/outbox/ecac/1/2026/01/DARF-2.pdf"


@pytest.mark.requisito("ECAC-05")
def test_o_que_nao_vem_com_a_copia_fica_como_e() -> None:
    longe = Path("/mnt/servidor/ecac")
    assert anotada(DADOS, longe) == str(longe)
    assert achada(Path("/mnt/copia/var"), str(longe)) == longe


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("raiz", [DADOS / "ecac", DADOS, DADOS.parent])
def test_o_que_se_anota_se_acha(raiz: Path) -> None:
    assert achada(DADOS, anotada(DADOS, raiz)) == raiz
