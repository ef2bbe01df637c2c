"""Tests the staging of a receipt after a death in the middle of its writing."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.pastas import saude

PDF = b"%PDF-1.4\nrecibo\n%%EOF\n"


@pytest.mark.requisito("ECAC-05")
def test_o_resto_de_uma_morte_sai_com_o_comprovante(tmp_path: Path) -> None:
    raiz, reserva = tmp_path / "out", tmp_path / "reserva"
    raiz.mkdir()
    saude.inicializar(raiz, "marca", datetime.now(UTC), "e-CAC")
    resumo = hashlib.sha256(PDF).hexdigest()
    canto = pasta_de_comprovantes.canto(raiz)
    canto.mkdir(parents=True)
    (canto / f"{resumo}.0123456789abcdef").write_bytes(PDF[:9])
    (canto / f"{resumo[::-1]}.0123456789abcdef").write_bytes(b"de outro")
    assert pasta_de_comprovantes.encenar(raiz, reserva, PDF) == resumo
    assert pasta_de_comprovantes.por_no_lugar(raiz, reserva, resumo, "1/2026/06/DAS-1.pdf")
    assert (raiz / "1/2026/06/DAS-1.pdf").read_bytes() == PDF
    assert [p.name for p in canto.iterdir()] == [f"{resumo[::-1]}.0123456789abcdef"], "only its own"
