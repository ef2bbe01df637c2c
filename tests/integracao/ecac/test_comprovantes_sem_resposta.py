"""Tests receipts whose destination is on a device that hangs: each was paid for, so it is kept, and filed once."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.capacidades.ecac.servico.pasta_de_comprovantes import Lugar
from separador.pastas import faixas, saude
from separador.pastas.erros import SemResposta
from tests.apoio.faixas import Trava, discos
from tests.apoio.posse import QUEM

pytestmark = pytest.mark.requisito("BORDA-06", "ECAC-05")

PDF = b"%PDF-1.4\nrecibo\n%%EOF\n"
RESUMO = hashlib.sha256(PDF).hexdigest()
CAMINHO = "1/2026/06/DAS-1.pdf"


@pytest.fixture
def raiz(tmp_path: Path) -> Iterator[Path]:
    pasta = tmp_path / "out"
    pasta.mkdir()
    (tmp_path / "var").mkdir()
    saude.inicializar(pasta, "marca", datetime.now(UTC), "e-CAC", QUEM)
    with discos(tmp_path / "var", {pasta: "a"}):
        yield pasta


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
def test_encenar_pendurado_guarda_na_reserva(
    raiz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, depois: bool
) -> None:
    reserva = tmp_path / "var/recibos"
    lugar = Lugar(raiz, reserva, QUEM.instalacao)
    trava = Trava(pasta_de_comprovantes._no_canto, depois=depois)
    monkeypatch.setattr(pasta_de_comprovantes, "_no_canto", trava)
    assert pasta_de_comprovantes.encenar(lugar, PDF) == RESUMO
    assert (reserva / RESUMO).read_bytes() == PDF, "o que foi pago está guardado"
    trava.soltar()
    assert pasta_de_comprovantes.por_no_lugar(lugar, RESUMO, CAMINHO)
    assert (raiz / CAMINHO).read_bytes() == PDF
    assert list(reserva.iterdir()) == []
    assert list(lugar.canto().iterdir()) == []


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
def test_por_no_lugar_tarde_e_uma_vez_so(
    raiz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, depois: bool
) -> None:
    """Somebody takes the receipt that came late. Done again, it is not filed a second time."""
    reserva = tmp_path / "var/recibos"
    lugar = Lugar(raiz, reserva, QUEM.instalacao)
    reserva.mkdir(parents=True)
    pasta_de_comprovantes.encenar(lugar, PDF)
    trava = Trava(pasta_de_comprovantes.mover_sem_sobrepor, depois=depois)
    monkeypatch.setattr(pasta_de_comprovantes, "mover_sem_sobrepor", trava)
    por = pasta_de_comprovantes.por_no_lugar
    with pytest.raises(SemResposta):
        faixas.fazer(raiz, por, lugar, RESUMO, CAMINHO)
    trava.soltar()
    assert (raiz / CAMINHO).read_bytes() == PDF
    (raiz / CAMINHO).unlink()
    assert faixas.fazer(raiz, por, lugar, RESUMO, CAMINHO)
    assert not (raiz / CAMINHO).exists()


def test_a_varredura_nao_espera(raiz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trava = Trava(pasta_de_comprovantes._varrer, depois=False)
    monkeypatch.setattr(pasta_de_comprovantes, "_varrer", trava)
    pasta_de_comprovantes.varrer(Lugar(raiz, tmp_path / "var/recibos", QUEM.instalacao).canto(), [])
    assert trava.preso.is_set()
    trava.soltar()
