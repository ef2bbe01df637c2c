"""Tests the staging of a receipt: after a death in the middle of its writing, and by a former version."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.capacidades.ecac.servico.pasta_de_comprovantes import Lugar
from separador.pastas import saude
from tests.apoio.posse import QUEM

PDF = b"%PDF-1.4\nrecibo\n%%EOF\n"


@pytest.mark.requisito("ECAC-05")
def test_o_resto_de_uma_morte_sai_com_o_comprovante(tmp_path: Path) -> None:
    raiz, reserva = tmp_path / "out", tmp_path / "reserva"
    raiz.mkdir()
    saude.inicializar(raiz, "marca", datetime.now(UTC), "e-CAC", QUEM)
    resumo = hashlib.sha256(PDF).hexdigest()
    lugar = Lugar(raiz, reserva, QUEM.instalacao)
    canto = lugar.canto()
    canto.mkdir(parents=True)
    (canto / f"{resumo}.0123456789abcdef").write_bytes(PDF[:9])
    (canto / f"{resumo[::-1]}.0123456789abcdef").write_bytes(b"de outro")
    assert pasta_de_comprovantes.encenar(lugar, PDF) == resumo
    assert pasta_de_comprovantes.por_no_lugar(lugar, resumo, "1/2026/06/DAS-1.pdf")
    assert (raiz / "1/2026/06/DAS-1.pdf").read_bytes() == PDF
    assert [p.name for p in canto.iterdir()] == [f"{resumo[::-1]}.0123456789abcdef"], "only its own"


@pytest.mark.requisito("ECAC-05")
def test_o_comprovante_que_a_versao_anterior_encenou_e_posto_no_lugar(tmp_path: Path) -> None:
    raiz = tmp_path / "out"
    raiz.mkdir()
    saude.inicializar(raiz, "marca", datetime.now(UTC), "e-CAC", QUEM)
    resumo = hashlib.sha256(PDF).hexdigest()
    lugar = Lugar(raiz, tmp_path / "reserva", QUEM.instalacao)
    assert lugar.canto() == raiz / ".separador" / f"{QUEM.instalacao}-1" / "comprovantes"
    anterior = raiz / ".separador/recibos"
    anterior.mkdir(mode=0o750)
    (anterior / resumo).write_bytes(PDF)
    assert pasta_de_comprovantes.por_no_lugar(lugar, resumo, "1/2026/06/DAS-1.pdf")
    assert (raiz / "1/2026/06/DAS-1.pdf").read_bytes() == PDF
    assert [*anterior.iterdir(), *lugar.canto().iterdir()] == []
