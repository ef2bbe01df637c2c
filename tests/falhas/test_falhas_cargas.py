"""Kills the service at random while loads come in. In the end numbers, invoices and answers balance."""

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.apoio.maquina import Maquina

DESTINOS = ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "CONSUMIDOR-RJ")
DEMORA_S = 0.4
"""Longest time between the drop of a load and the death: about what its way through the service takes."""


@pytest.fixture
def maquina(tmp_path: Path) -> Iterator[Maquina]:
    gravar_cadastros(tmp_path / "config" / "cadastros")
    emissao = EMISSAO | {"cadastros": "config/cadastros"}
    with Maquina(tmp_path, rotas=ROTAS_COM_CARGA, trabalhadores=1, tempo_quieto=0.1, emissao=emissao) as m:
        yield m


def _uma(numero: int, agora: datetime) -> tuple[bytes, list[str]]:
    """Returns a load of one to five documents, and the keys of its invoices."""
    quantas = 1 + numero % len(DESTINOS)
    conteudo = carga(agora, f"C{numero}", notas=quantas, primeira=1 + 10 * numero)
    for nota, destino in zip(conteudo["notas"], DESTINOS, strict=False):
        nota["destinatario"] = destino
    return em_yaml(conteudo), [n["chave"] for n in conteudo["notas"]]


@pytest.mark.requisito("CARGA-01", "CARGA-03")
@pytest.mark.parametrize(
    ("cargas", "mortes"),
    [(12, 4), pytest.param(500, 500, marks=[pytest.mark.longo, pytest.mark.timeout(7200)])],
)
def test_morto_ao_acaso_numeros_notas_e_respostas_fecham(maquina: Maquina, cargas: int, mortes: int) -> None:
    """Each load is dropped into a running service. After some of them it dies: at once, or a moment later."""
    sorteio = random.Random(20261120)
    agora = datetime.now(UTC)
    morre_na = set(sorteio.sample(range(cargas), mortes))
    notas: list[str] = []
    maquina.executar()
    for numero in range(cargas):
        dados, chaves = _uma(numero, agora)
        notas += chaves
        maquina.soltar(ROTA_DA_CARGA, f"C{numero:03d}-carga.yaml", dados)
        if numero in morre_na:
            time.sleep(sorteio.uniform(0, DEMORA_S))
            maquina.matar()
            maquina.executar()
    prazo_s = 60.0 + cargas
    respostas = [f"C{n:03d}-ret.json" for n in range(cargas)]
    maquina.esperar(lambda: maquina.saida(ROTA_DA_CARGA) == respostas, prazo_s, "faltam respostas")
    assert maquina.parar() == 0
    maquina.uma_vez()
    _conferir(maquina, respostas, notas)


def _conferir(maquina: Maquina, respostas: list[str], notas: list[str]) -> None:
    lidas = [json.loads((maquina.destino(ROTA_DA_CARGA) / r).read_bytes()) for r in respostas]
    assert {r["resultado"] for r in lidas} == {"gerada"}
    documentos = [d for r in lidas for d in r["documentos"]]
    numeros = sorted(d["numero"] for d in documentos)
    assert numeros == list(range(1, len(numeros) + 1)), "há buraco ou repetição na numeração"
    with closing(sqlite3.connect(maquina.dados / "separador.db")) as banco:
        registrados = {c for (c,) in banco.execute("SELECT chave FROM documento")}
        (proximo,) = banco.execute("SELECT proximo FROM numeracao").fetchone()
        (devolvidos,) = banco.execute("SELECT count(*) FROM numero_devolvido").fetchone()
        esperam = banco.execute("SELECT carga FROM carga WHERE situacao <> 'gerada'").fetchall()
    assert registrados == {d["chave"] for d in documentos}
    assert (proximo, devolvidos, esperam) == (len(numeros) + 1, 0, [])
    assert maquina.saida(1) == sorted(f"{c}-cte.xml" for c in registrados), "cada CT-e saiu uma vez"
    escritos = [(maquina.destino(1) / nome).read_text("utf-8") for nome in maquina.saida(1)]
    for chave in notas:
        assert sum(f"<chave>{chave}</chave>" in xml for xml in escritos) == 1, f"a nota {chave} não está em um CT-e só"
    assert maquina.json("falhas") == []
