"""Tests the whole service beside a share that hangs, by commands and folders. The share is a real file system."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.compartilhamento import Compartilhamento, montado
from tests.apoio.maquina import Maquina
from tests.apoio.posse import canto

pytestmark = pytest.mark.requisito("BORDA-06")

SEM_RESPOSTA = "SEP-PASTA-SEM-RESPOSTA"
PEDIDOS = {"id": 3, "ativo": True, "regra": "pedido", "origem": "p", "destino": "w", "arquivo": ".json"}
LOCAL = {"id": 2, "ativo": True, "regra": "mover", "origem": "e2", "destino": "s2", "arquivo": ".txt"}


@pytest.fixture
def rede(tmp_path: Path) -> Iterator[Compartilhamento]:
    with montado(tmp_path / "rede") as compartilhamento:
        yield compartilhamento


def codigos(maquina: Maquina) -> list[Any]:
    return [f["codigo"] for f in maquina.json("falhas", prazo_s=15)]


@pytest.mark.longo
@pytest.mark.parametrize("trabalhadores", [1, 0])
def test_origem_pendurada_nada_mais_para(tmp_path: Path, rede: Compartilhamento, trabalhadores: int) -> None:
    """Other routes, orders and commands go on; the service stops and starts meanwhile; the route comes back alone."""
    rotas = [LOCAL | {"id": 1, "origem": "rede/e1", "destino": "s1"}, LOCAL, PEDIDOS]
    with Maquina(tmp_path, trabalhadores=trabalhadores, rotas=rotas) as maquina:
        maquina.executar()
        maquina.soltar(1, "a.txt", b"a")
        maquina.esperar(lambda: maquina.saida(1) == ["a.txt"])
        maquina.soltar(1, "presa.txt", b"p")
        rede.pendurar()
        pendurado_s = time.monotonic()
        maquina.soltar(2, "depois.txt", b"d")
        maquina.soltar(3, "o.json", b"{}")
        maquina.esperar(lambda: maquina.saida(2) == ["depois.txt"] and maquina.saida(3), 15)
        maquina.esperar(lambda: SEM_RESPOSTA in codigos(maquina), 15)
        assert time.monotonic() - pendurado_s < 20
        assert maquina.parar(prazo_s=15) == 0, "parar não espera pelo compartilhamento"
        ligado_s = time.monotonic()
        maquina.executar(prazo_s=20)
        assert time.monotonic() - ligado_s < 16
        maquina.soltar(2, "religado.txt", b"r")
        maquina.esperar(lambda: "religado.txt" in maquina.saida(2), 15)
        assert maquina.cli("verificar", prazo_s=40).returncode == 1
        assert maquina.saida(1) == ["a.txt"]
        rede.responder()
        maquina.esperar(lambda: maquina.saida(1) == ["a.txt", "presa.txt"], 30)
        maquina.esperar(lambda: codigos(maquina) == [], 15)
        assert maquina.parar(prazo_s=30) == 0


@pytest.mark.longo
@pytest.mark.parametrize("trabalhadores", [2, 1])
def test_destino_pendurado_no_meio_do_trabalho(tmp_path: Path, rede: Compartilhamento, trabalhadores: int) -> None:
    """A worker hangs while it stages. It is replaced, no try is counted, and the file is delivered once."""
    rotas = [LOCAL | {"id": 1, "origem": "e1", "destino": "rede/s1"}, LOCAL]
    with Maquina(tmp_path, trabalhadores=trabalhadores, tempo_leitura=60, rotas=rotas) as maquina:
        maquina.executar()
        time.sleep(0.5)
        rede.pendurar()
        maquina.soltar(1, "presa.txt", b"p")
        # With a long reading time nothing looks at the share before the worker does.
        maquina.esperar(lambda: list(canto(tmp_path / "e1").rglob("presa.txt")), 15)
        maquina.soltar(2, "depois.txt", b"d")
        maquina.esperar(lambda: maquina.saida(2) == ["depois.txt"], 20)
        maquina.esperar(lambda: SEM_RESPOSTA in codigos(maquina), 20)
        maquina.soltar(2, "outra.txt", b"o")
        maquina.esperar(lambda: "outra.txt" in maquina.saida(2), 20)
        assert maquina.parar(prazo_s=30) == 0
        rede.responder()
        maquina.executar()
        maquina.esperar(lambda: maquina.saida(1) == ["presa.txt"], 30)
        maquina.esperar(lambda: codigos(maquina) == [], 75)
        assert maquina.json("rastrear", "presa.txt")
        assert maquina.parar(prazo_s=30) == 0
        assert not list((maquina.dados / "quarentena").rglob("*")), "nada é cobrado do arquivo"
