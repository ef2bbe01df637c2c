"""Tests a service that may open few files and has many folders."""

from pathlib import Path

import pytest

from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.requisito("BORDA-01"), pytest.mark.timeout(120)]
ROTAS = [
    {"id": n, "ativo": True, "regra": "mover", "origem": f"in/{n}", "destino": f"out/{n}", "arquivo": ".txt"}
    for n in range(1, 61)
]


@pytest.mark.parametrize("trabalhadores", [0, 2])
def test_com_256_descritores_60_rotas_andam(tmp_path: Path, trabalhadores: int) -> None:
    with Maquina(tmp_path, rotas=ROTAS, empresas=(), trabalhadores=trabalhadores, tempo_quieto=1) as maquina:
        maquina.executar(prefixo=["prlimit", "--nofile=256:256"], prazo_s=60)
        for rota in ROTAS:
            for nome in "abc":
                maquina.soltar(str(rota["origem"]), f"{nome}.txt", b"x")
        maquina.esperar(lambda: all(len(maquina.saida(n)) == 3 for n in range(1, 61)), 60, "não saiu tudo")
        assert maquina.json("falhas") == []
