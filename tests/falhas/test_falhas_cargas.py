"""Kills the service at random while loads come in. In the end numbers, invoices and answers balance."""

import copy
import json
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.cargas_de_outras_especies import MODAIS
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros, nfe
from tests.apoio.maquina import Maquina
from tests.apoio.tabela_de_cargas import conteudo_de

DESTINOS = ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "CONSUMIDOR-RJ")
ESPECIES = ("normal", *MODAIS, "pessoas", "valores", "bagagem", "simplificado", "gtve")
TITULOS = "carga;depositante;destinatario;chave;valor;peso;produto_predominante;forma_pagamento;responsavel_seguro"
DEMORA_S = 0.4
"""Longest time between the drop of a load and the death: about what its way through the service takes."""


@pytest.fixture
def maquina(tmp_path: Path) -> Iterator[Maquina]:
    gravar_cadastros(tmp_path / "config" / "cadastros")
    emissao = EMISSAO | {"cadastros": "config/cadastros"}
    with Maquina(tmp_path, rotas=ROTAS_COM_CARGA, trabalhadores=1, tempo_quieto=0.1, emissao=emissao) as m:
        yield m


class _Cargas:
    """Draws loads of one to five documents: loose invoices as YAML or CSV, or one of every kind and mode. `notas`: the
    keys of the invoices so far."""

    def __init__(self, sorteio: random.Random, agora: datetime) -> None:
        self._sorteio = sorteio
        self._agora = agora
        self.notas: list[str] = []

    def uma(self, numero: int) -> tuple[str, bytes]:
        """Returns how the name of a load ends, and the load."""
        quantas, nome = self._sorteio.randint(1, len(DESTINOS)), f"C{numero}"
        qual = self._sorteio.choice(("yaml", "csv", "especies", "especies"))
        chaves = [self._nova() for _ in range(quantas if qual != "especies" else 0)]
        if qual == "csv":
            linhas = (
                f"{nome};REM-SP;{d};{c};5000,00;1250,5;AUTOPECAS;A PAGAR;emitente"
                for c, d in zip(chaves, DESTINOS, strict=False)
            )
            return "csv", "\n".join((TITULOS, *linhas)).encode()
        conteudo = carga(self._agora, nome, notas=quantas)
        for nota, chave, destino in zip(conteudo["notas"], chaves, DESTINOS, strict=False):
            nota |= {"chave": chave, "destinatario": destino}
        if qual == "especies":
            del conteudo["notas"]
            conteudo["conhecimentos"] = [self._cte() for _ in range(quantas)]
        return "yaml", em_yaml(conteudo)

    def _nova(self) -> str:
        self.notas.append(nfe(1 + len(self.notas), self._agora))
        return self.notas[-1]

    def _cte(self) -> dict[str, Any]:
        especie = self._sorteio.choice(ESPECIES)
        do_modal = {"modal": especie, "dados_modal": MODAIS[especie]} if especie in MODAIS else {}
        base = {"parte_de": "normal" if do_modal else especie, "cte": do_modal}
        (cte,) = copy.deepcopy(conteudo_de(base)["conhecimentos"])
        if especie == "pessoas":
            cte["os"]["fretamento"] = {"tipo": "contínuo"}
        for nota in (n for parte in (cte, *cte.get("entregas", ())) for n in parte.get("notas") or ()):
            nota["chave"] = self._nova()
        return cte  # type: ignore[no-any-return]


@pytest.mark.requisito("CARGA-01", "CARGA-03")
@pytest.mark.parametrize(
    ("cargas", "mortes"),
    [(12, 4), pytest.param(2000, 500, marks=[pytest.mark.longo, pytest.mark.timeout(7200)])],
)
def test_morto_ao_acaso_numeros_notas_e_respostas_fecham(maquina: Maquina, cargas: int, mortes: int) -> None:
    """Each load is dropped into a running service. After some of them it dies: at once, or a moment later."""
    sorteio = random.Random(20261120)
    agora = datetime.now(UTC)
    morre_na = set(sorteio.sample(range(cargas), mortes))
    sorteadas = _Cargas(random.Random(45871), agora)
    maquina.executar()
    for numero in range(cargas):
        tipo, dados = sorteadas.uma(numero)
        maquina.soltar(ROTA_DA_CARGA, f"C{numero:04d}-carga.{tipo}", dados)
        if numero in morre_na:
            time.sleep(sorteio.uniform(0, DEMORA_S))
            maquina.matar()
            maquina.executar()
    prazo_s = 60.0 + cargas
    respostas = [f"C{n:04d}-ret.json" for n in range(cargas)]
    maquina.esperar(lambda: set(respostas) <= set(maquina.saida(ROTA_DA_CARGA)), prazo_s, "faltam respostas")
    assert maquina.parar() == 0
    maquina.uma_vez()
    _conferir(maquina, respostas, sorteadas.notas)


def _conferir(maquina: Maquina, respostas: list[str], notas: list[str]) -> None:
    lidas = [json.loads((maquina.destino(ROTA_DA_CARGA) / r).read_bytes()) for r in respostas]
    assert {r["resultado"] for r in lidas} == {"gerada"}, [r["erros"] for r in lidas if r["erros"]][:3]
    assert maquina.saida(ROTA_DA_CARGA) == respostas, "cada resposta saiu uma vez"
    documentos = [d for r in lidas for d in r["documentos"]]
    numeros: dict[str, list[int]] = {}
    for d in documentos:
        numeros.setdefault(d["modelo"], []).append(d["numero"])
    for modelo, dele in numeros.items():
        assert sorted(dele) == list(range(1, len(dele) + 1)), f"há buraco ou repetição na numeração do {modelo}"
    with closing(sqlite3.connect(maquina.dados / "separador.db")) as banco:
        registrados = {c for (c,) in banco.execute("SELECT chave FROM documento")}
        proximos = dict(banco.execute("SELECT modelo, proximo FROM numeracao"))
        (devolvidos,) = banco.execute("SELECT count(*) FROM numero_devolvido").fetchone()
        esperam = banco.execute("SELECT carga FROM carga WHERE situacao <> 'gerada'").fetchall()
    assert registrados == {d["chave"] for d in documentos}
    assert proximos == {modelo: len(dele) + 1 for modelo, dele in numeros.items()}
    assert (devolvidos, esperam) == (0, [])
    assert maquina.saida(1) == sorted(f"{c}-cte.xml" for c in registrados), "cada CT-e saiu uma vez"
    escritos = [(maquina.destino(1) / nome).read_text("utf-8") for nome in maquina.saida(1)]
    achadas = Counter(c for xml in escritos for c in re.findall(r"<(?:chave|chNFe)>([0-9A-Z]{44})</", xml))
    assert achadas == dict.fromkeys(notas, 1), "cada nota está em um CT-e só"
    assert maquina.json("falhas") == []
