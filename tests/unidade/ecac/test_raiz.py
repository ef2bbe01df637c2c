"""Tests how the root of a receipt is recorded, and found again by an installation that was copied or moved."""

from pathlib import Path

import pytest

from separador.capacidades.ecac.dominio.raiz import Bases

BASES = Bases(Path("/srv/loja/var"), Path("/srv/loja"))
RAIZ = Path("/srv/loja/outbox/ecac")


@pytest.mark.requisito("ECAC-05")
def test_uma_copia_acha_os_seus() -> None:
    dita = BASES.anotada(RAIZ)
    assert BASES.achada(dita) == RAIZ
    copiado = Bases(Path("/mnt/copia/var"), Path("/mnt/copia")).arquivo(dita, "1/2026/01/DARF-2.pdf")
    assert copiado == "/mnt/copia/outbox/ecac/1/2026/01/DARF-2.pdf"


@pytest.mark.requisito("ECAC-05")
def test_so_os_dados_mudam_de_lugar_e_o_destino_fica() -> None:
    depois = Bases(Path("/mnt/disco/var"), BASES.instalacao)
    assert depois.achada(BASES.anotada(RAIZ)) == RAIZ
    vizinho = Path("/srv/ecac")
    assert depois.achada(BASES.anotada(vizinho)) == vizinho
    dentro = BASES.dados / "ecac"
    assert depois.achada(BASES.anotada(dentro)) == Path("/mnt/disco/var/ecac")


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("longe", ["/mnt/servidor/ecac", "/srv/ecac", "/srv/loja2/ecac"])
def test_o_que_nao_vem_com_a_copia_fica_como_e(longe: str) -> None:
    assert BASES.anotada(Path(longe)) == longe
    assert Bases(Path("/mnt/copia/var"), Path("/mnt/copia")).achada(longe) == Path(longe)


@pytest.mark.requisito("ECAC-05")
def test_a_raiz_do_disco_nao_e_pasta_de_instalacao() -> None:
    assert Bases(Path("/var/lib/separador"), Path("/")).anotada(RAIZ) == str(RAIZ)


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("raiz", [BASES.dados / "ecac", BASES.dados, BASES.instalacao, RAIZ, Path("/mnt/x")])
def test_o_que_se_anota_se_acha(raiz: Path) -> None:
    assert BASES.achada(BASES.anotada(raiz)) == raiz
