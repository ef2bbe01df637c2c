"""Tests 5,000 companies: events are asked in lots of 1,000, and payments only of the companies that moved."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from separador.capacidades.ecac.banco import empresas
from separador.simulador.serpro import contribuintes
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.apoio.serpro_local import SerproEmFio

HOJE = date(2026, 11, 20)
QUANTAS = 5000


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as rapida:
        yield rapida


@pytest.mark.longo
@pytest.mark.requisito("ECAC-07")
@pytest.mark.timeout(600)
def test_cinco_mil_empresas(pasta: Path) -> None:
    cenario = contribuintes.gerar(QUANTAS, QUANTAS, 12, hoje=HOJE)
    ontem = HOJE - timedelta(days=45)
    with SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro, InstalacaoEcac(
        pasta / "instalacao", cenario, serpro
    ) as instalacao:  # fmt: skip
        with instalacao.banco.transacao():  # all of them were asked about before anything of this was paid
            for c in cenario.contribuintes:
                empresas.consultada(
                    instalacao.banco, c.ni, quando="2026-10-05T12:00:00.000+00:00", dia=ontem.isoformat(),
                    desde="2026-01-01", proxima_em="2026-10-06T12:00:00.000+00:00",
                )  # fmt: skip
        instalacao.soltar_guias(cenario.documentos)
        assert len(instalacao.guias()) == QUANTAS
        fim = instalacao.importar()
        assert fim["estado"] == "concluída", fim["mensagem"]
        assert instalacao.estados()["paga"] == 12
        assert [len(c.contribuinte.split(",")) for c in serpro.chamadas("SOLICEVENTOSPJ132")] == [1000] * 5
        assert len({c.contribuinte for c in serpro.chamadas("PAGAMENTOS71")}) == 12
