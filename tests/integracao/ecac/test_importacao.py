"""Tests the import against the local SERPRO: guides settled, receipts filed, ledger and budget."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import Cenario
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as rapida:
        yield rapida


def _cenario(empresas: int = 3, guias: int = 12, pagas: int = 7) -> Cenario:
    return contribuintes.gerar(empresas, guias, pagas, hoje=HOJE)


@pytest.fixture
def cenario() -> Cenario:
    return _cenario()


@pytest.fixture
def serpro(pasta: Path, cenario: Cenario) -> Iterator[SerproEmFio]:
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as um:
        yield um


@pytest.mark.requisito("ECAC-03", "ECAC-04", "ECAC-05")
def test_do_csv_ao_comprovante_arquivado(pasta: Path, cenario: Cenario, serpro: SerproEmFio) -> None:
    with InstalacaoEcac(pasta / "instalacao", cenario, serpro) as instalacao:
        instalacao.soltar_guias(cenario.documentos)
        assert instalacao.desfecho("guias.csv") == "entregue"
        fim = instalacao.importar()
        assert fim["estado"] == "concluída", (fim["mensagem"], instalacao.diario.linhas[-5:])
        pagas = [d for d in cenario.documentos if d.arrecadacao is not None]
        assert instalacao.estados() == {"paga": len(pagas), "consultada": len(cenario.documentos) - len(pagas)}
        assert instalacao.ocorrencias() == []
        for d in pagas:
            guia = instalacao.guia(d.numero)
            tipo = "DAS" if d.tipo == "09" else "DARF"
            caminho = pasta / "instalacao" / "out" / "ecac" / d.ni / f"{d.arrecadacao:%Y/%m}" / f"{tipo}-{d.numero}.pdf"
            comprovante = instalacao.banco.uma("SELECT * FROM ecac_comprovante WHERE id = ?", guia["comprovante_id"])
            assert comprovante is not None
            assert hashlib.sha256(caminho.read_bytes()).hexdigest() == comprovante["sha256"]
            assert guia["arrecadacao"] == d.arrecadacao.isoformat()
        assert len(instalacao.comprovantes()) == len(pagas)
