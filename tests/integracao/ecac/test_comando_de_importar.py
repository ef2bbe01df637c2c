"""Tests what `ecac importar --json` says by the socket and while the service is off, and days in other zones."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.ecac.cli import ecac, importar
from separador.cli.base import chamada
from separador.cli.base.chamada import Chamada
from separador.nucleo import fuso
from separador.programa import grupo
from separador.simulador.serpro import contribuintes
from tests.apoio.instalacao import pasta_rapida
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.apoio.serpro_local import SerproEmFio


@pytest.fixture
def instalacao(tmp_path: Path) -> Iterator[InstalacaoEcac]:
    cenario = contribuintes.gerar(2, 4, 2, hoje=date(2026, 11, 20))
    with (
        pasta_rapida(tmp_path) as pasta,
        SerproEmFio(pasta / "serpro", cenario, agora=lambda: AGORA) as serpro,
        InstalacaoEcac(pasta / "instalacao", cenario, serpro) as feita,
    ):
        feita.soltar_guias(cenario.documentos)
        yield feita


def _importar(instalacao: InstalacaoEcac, codigo: int) -> dict[str, Any]:
    qual = ["--config", str(instalacao.config)] if chamada.atual() is None else []
    feito = CliRunner().invoke(grupo, [*qual, "ecac", "importar", "--json"], catch_exceptions=False)
    assert feito.exit_code == codigo, feito.output
    lido: dict[str, Any] = json.loads(feito.stdout)
    return lido


def _pelo_soquete(monkeypatch: pytest.MonkeyPatch, instalacao: InstalacaoEcac) -> None:
    monkeypatch.setattr(chamada, "_em_curso", [Chamada(os.geteuid(), "ana", instalacao.config)])
    monkeypatch.setattr(importar, "quem_detem", lambda _: object())


@pytest.mark.requisito("ECAC-09")
def test_pelo_soquete_vem_a_lista(instalacao: InstalacaoEcac, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service carries the order out while the command waits."""
    _pelo_soquete(monkeypatch, instalacao)

    def cumprir(_: float) -> None:
        (numero,) = (r["id"] for r in instalacao.banco.todas("SELECT id FROM tarefa"))
        instalacao.importar(numero)
        assert tabela_de_pedidos.por_id(instalacao.banco, numero) is not None

    monkeypatch.setattr(importar.time, "sleep", cumprir)
    feito = _importar(instalacao, 0)
    assert feito["concluida"] is True
    assert len(feito["empresas"]) == 2
    assert {e["situacao"] for e in feito["empresas"]} <= {"consultada", "sem movimento"}


@pytest.mark.requisito("ECAC-09")
@pytest.mark.parametrize("ligado", [True, False])
def test_o_que_o_servico_faz_depois_e_dito_em_json(
    instalacao: InstalacaoEcac, monkeypatch: pytest.MonkeyPatch, ligado: bool
) -> None:
    if ligado:
        _pelo_soquete(monkeypatch, instalacao)
        monkeypatch.setattr(importar, "PELO_SOQUETE_S", 0)
    feito = _importar(instalacao, 3)
    assert feito["concluida"] is False
    assert ("segue no serviço" if ligado else "O serviço está desligado") in feito["mensagem"]
    ditas = {(e["situacao"], e["falhou"], e["detalhe"]) for e in feito["empresas"]}
    assert ditas == {("na próxima importação", False, feito["mensagem"])}
    assert len(feito["empresas"]) == 2


@pytest.mark.requisito("ECAC-09", "PROC-06")
def test_o_dia_do_fim_e_o_de_brasilia() -> None:
    """The last second of the 20th in Brasília is the 21st in Noronha; the access ends on the 20th."""
    fim = datetime(2026, 11, 21, 2, 59, 59, tzinfo=UTC).isoformat()
    fuso.usar("America/Noronha")
    try:
        assert ecac._dia_do_fim(fim) == "20/11/2026"
    finally:
        fuso.usar(fuso.FUSO_PADRAO)
    assert ecac._dia_do_fim(None) == ""
