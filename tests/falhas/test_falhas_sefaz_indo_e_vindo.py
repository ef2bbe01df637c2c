"""Tests the real service, in its own process, while SEFAZ stops and comes back, and while the service is stopped."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao import exportacoes
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmProcesso

FORA_DO_AR_S = 3.0


@pytest.fixture
def sefaz(tmp_path: Path) -> Iterator[SefazEmProcesso]:
    with SefazEmProcesso(tmp_path / "sefaz", atraso_ms=20) as local:
        yield local


def _maquina(pasta: Path, sefaz: SefazEmProcesso, **opcoes: Any) -> Maquina:
    secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca), "prazo_conexao": 5, "prazo_resposta": 20, "em_voo": 16}
    return Maquina(pasta, ambiente="simulado", sefaz=secao, **opcoes)


def _soltar(m: Maquina, quantos: int, de: int = 1) -> list[str]:
    agora = datetime.now(UTC)
    exportados = [exportacoes.cte(n, agora=agora, variante="uma-nota") for n in range(de, de + quantos)]
    for e in exportados:
        m.soltar(1, e.nome, e.dados)
    return [e.chave for e in exportados]


def _contar(m: Maquina, sql: str) -> int:
    with closing(sqlite3.connect(f"file:{m.dados / 'separador.db'}?mode=ro", uri=True)) as banco:
        return int(banco.execute(sql).fetchone()[0])


def _autorizados(m: Maquina) -> int:
    return _contar(m, "SELECT count(*) FROM documento WHERE situacao = 'AUTORIZADO PELA SEFAZ'")


def _conferir(m: Maquina, sefaz: SefazEmProcesso, chaves: list[str]) -> None:
    """Compares SEFAZ's ledger and ours, chave by chave, through the public commands."""
    deles = {d["chave"]: (d["nprot"], d["autorizacoes"]) for d in sefaz.razao()["documentos"]}
    nossos = {d["chave"]: (d["protocolo"], 1) for d in m.json("cte", "listar")}
    assert set(nossos) == set(chaves)
    assert nossos == deles
    nomes = m.saida(2)
    assert sum(n.endswith("-procCTe.xml") for n in nomes) == len(chaves)
    assert sum(n.endswith("-pro-rec.xml") for n in nomes) == len(chaves)
    assert m.json("falhas") == []


@pytest.mark.requisito("SEFAZ-01", "SEFAZ-06", "SEP-04")
def test_uma_vez_espera_pelas_chamadas_em_andamento(tmp_path: Path, sefaz: SefazEmProcesso) -> None:
    with _maquina(tmp_path / "instalacao", sefaz) as m:
        chaves = _soltar(m, 12)
        m.exigir("uma-vez")
        _conferir(m, sefaz, chaves)
        passos = [p["passo"] for p in m.json("rastrear", chaves[0])["passos"]]
        assert {"transmitido", "resposta da SEFAZ"} <= set(passos)


@pytest.mark.requisito("SEFAZ-04", "SEFAZ-06")
def test_parada_em_ordem_ouve_as_respostas_que_faltam(tmp_path: Path) -> None:
    """SIGTERM comes with calls in flight. Their answers are heard, and nothing is consulted afterwards."""
    with SefazEmProcesso(tmp_path / "sefaz", atraso_ms=1500) as sefaz, _maquina(tmp_path / "instalacao", sefaz) as m:
        m.executar()
        chaves = _soltar(m, 8)
        m.esperar(lambda: _contar(m, "SELECT count(*) FROM transmissao WHERE estado = 'enviando'") > 0)
        assert m.parar() == 0
        em_aberto = _contar(m, "SELECT count(*) FROM transmissao WHERE estado IN ('enviando', 'respondida')")
        assert em_aberto == 0
        m.executar()
        m.esperar(lambda: _autorizados(m) == len(chaves))
        m.parar()
        _conferir(m, sefaz, chaves)
        assert "consulta" not in sefaz.razao()["chamadas"]


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_quarenta_documentos_e_a_sefaz_indo_e_vindo(tmp_path: Path, sefaz: SefazEmProcesso) -> None:
    _indo_e_vindo(tmp_path, sefaz, 40, quedas=1)


@pytest.mark.longo
@pytest.mark.timeout(900)
@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_dois_mil_documentos_e_a_sefaz_indo_e_vindo(tmp_path: Path, sefaz: SefazEmProcesso) -> None:
    _indo_e_vindo(tmp_path, sefaz, 2000, quedas=8)


def _indo_e_vindo(tmp_path: Path, sefaz: SefazEmProcesso, quantos: int, *, quedas: int) -> None:
    with _maquina(tmp_path / "instalacao", sefaz, trabalhadores=1) as m:
        m.executar()
        chaves = _soltar(m, quantos)
        for _ in range(quedas):
            antes = _autorizados(m)
            m.esperar(lambda antes=antes: _autorizados(m) > antes + 5, 120)  # type: ignore[misc]
            sefaz.parar()
            time.sleep(FORA_DO_AR_S)
            codigos = [f["codigo"] for f in m.json("falhas")]
            assert set(codigos) <= {"SEP-SEFAZ-FORA"}
            assert len(codigos) <= 1  # one failure, however many documents wait behind it
            sefaz.ligar()
        m.esperar(lambda: _autorizados(m) == quantos, 600)
        m.esperar(lambda: m.json("falhas") == [], 60)
        m.parar()
        _conferir(m, sefaz, chaves)
