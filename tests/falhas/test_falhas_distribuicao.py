"""Sends SIGKILL while the distribution comes in. Every document must be filed once, even when its reader has taken some
meanwhile."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE, REMETENTE_SP
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmFio

QUANTOS = 70


@pytest.mark.requisito("SEFAZ-07")
@pytest.mark.parametrize(
    "mortes_s", [(0.0, 0.35), pytest.param((0.0, 0.15, 0.35, 0.6), marks=pytest.mark.longo)], ids=["amostra", "inteiro"]
)
def test_mortes_durante_a_distribuicao(tmp_path: Path, mortes_s: tuple[float, ...]) -> None:
    with SefazEmFio(tmp_path / "sefaz") as sefaz:
        secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca), "em_voo": 32}
        with Maquina(tmp_path, empresas=(EMITENTE, REMETENTE_SP), ambiente="simulado", sefaz=secao) as m:
            chaves = _autorizar(m, sefaz)
            m.gravar_config(sefaz=secao | {"distribuicao": {"destino": "outbox/terceiros"}})
            levados = [nome for espera_s in mortes_s for nome in _uma_vida(m, espera_s)]
            m.executar()
            m.esperar(lambda: _completo(m), prazo_s=60, motivo="a distribuição não terminou")
            levados += _levar(m)
            m.parar()
    assert sorted(levados) == sorted(f"{c}-procCTe.xml" for c in chaves)


def _autorizar(m: Maquina, sefaz: SefazEmFio) -> list[str]:
    agora = datetime.now(UTC)
    exportados = [ex.cte(n, agora=agora, variante="uma-nota") for n in range(1, QUANTOS + 1)]
    for e in exportados:
        m.soltar(1, e.nome, e.dados)
    m.executar()
    m.esperar(lambda: len(sefaz.razao()["documentos"]) == QUANTOS, prazo_s=90, motivo="a SEFAZ não recebeu tudo")
    m.parar()
    return [e.chave for e in exportados]


def _uma_vida(m: Maquina, espera_s: float) -> list[str]:
    m.executar()
    time.sleep(espera_s)
    m.matar()
    return _levar(m)


def _levar(m: Maquina) -> list[str]:
    """Takes away what its reader finds, and returns the names."""
    achados = [p for p in (m.pasta / "outbox/terceiros").glob("*/*.xml") if p.is_file()]
    for p in achados:
        p.unlink()
    return [p.name for p in achados]


def _completo(m: Maquina) -> bool:
    livros = [r for r in m.json("sefaz", "nsu") if r["cnpj"] == REMETENTE_SP.cnpj]
    return bool(livros) and livros[0]["ult_nsu"] == livros[0]["max_nsu"] > 0
