"""Tests a service that may open few files and has many folders."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.pastas import gravacao
from separador.pastas.lugar import descritores
from separador.pastas.saude import inicializar
from tests.apoio.maquina import Maquina
from tests.apoio.posse import QUEM, P

pytestmark = [pytest.mark.requisito("BORDA-01"), pytest.mark.timeout(120)]
ROTAS = [
    {"id": n, "ativo": True, "regra": "mover", "origem": f"in/{n}", "destino": f"out/{n}", "arquivo": ".txt"}
    for n in range(1, 61)
]


@pytest.mark.parametrize("trabalhadores", [pytest.param(0, marks=pytest.mark.longo), 2])
def test_com_256_descritores_60_rotas_andam(tmp_path: Path, trabalhadores: int) -> None:
    with Maquina(tmp_path, rotas=ROTAS, empresas=(), trabalhadores=trabalhadores, tempo_quieto=1) as maquina:
        maquina.executar(prefixo=["prlimit", "--nofile=256:256"], prazo_s=60)
        for rota in ROTAS:
            for nome in "abc":
                maquina.soltar(str(rota["origem"]), f"{nome}.txt", b"x")
        maquina.esperar(lambda: all(len(maquina.saida(n)) == 3 for n in range(1, 61)), 60, "não saiu tudo")
        assert maquina.json("falhas") == []


def test_com_256_descritores_muitos_arquivos_de_uma_vez(tmp_path: Path) -> None:
    """Groups are of 128 files, and a worker has the next one before the last is durable."""
    with Maquina(tmp_path, rotas=ROTAS[:1], empresas=(), trabalhadores=1) as maquina:
        for n in range(400):
            maquina.soltar(1, f"{n}.txt", b"x")
        maquina.executar(prefixo=["prlimit", "--nofile=256:256"], prazo_s=60)
        maquina.esperar(lambda: len(maquina.saida(1)) == 400, 60, "não saiu tudo")
        assert "Limite do sistema" not in (tmp_path / "servico.log").read_text("utf-8")


@pytest.fixture
def sem_lacunas() -> Iterator[None]:
    """Occupy the free numbers below the highest open one: other tests of this process may have left gaps."""
    maior = max(int(nome) for nome in os.listdir("/proc/self/fd"))
    ocupados: list[int] = []
    while not ocupados or ocupados[-1] < maior:
        ocupados.append(os.open("/", os.O_PATH))
    yield
    for fd in ocupados:
        os.close(fd)


@pytest.mark.usefixtures("sem_lacunas")
def test_quando_faltam_descritores_nada_se_segura_aberto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inicializar(tmp_path, "u1", datetime(2026, 8, 1, tzinfo=UTC), "rota 1", QUEM)
    proximo = os.open("/", os.O_PATH)
    os.close(proximo)
    monkeypatch.setattr(descritores.resource, "getrlimit", lambda _: (2 * (proximo + 10), 10**6))
    antes = len(os.listdir("/proc/self/fd"))
    nomes = [P + b"%d.e0" % n for n in range(50)]
    feitos = [gravacao.preparar_aberto(tmp_path, b"x", nome) for nome in nomes]
    seguros = [fd for fd in feitos if fd >= 0]
    assert 0 < len(seguros) <= 10
    gravacao.firmar_abertos(tmp_path, seguros)
    assert len(os.listdir("/proc/self/fd")) == antes
    caminhos = [os.fsencode(tmp_path) + b"/" + nome for nome in nomes]
    vistos: list[int] = []
    fsync = os.fsync

    def contar(fd: int) -> None:
        vistos.append(fd)
        fsync(fd)

    monkeypatch.setattr(os, "fsync", contar)
    gravacao.descarregar(tmp_path, caminhos)
    assert len(vistos) == len(nomes)
    assert max(vistos) <= proximo + 11
    assert len(os.listdir("/proc/self/fd")) == antes
