"""Makes an installation with documents in every state that commands act on, through the folders alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes, retornos
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.maquina import ROTAS, Maquina

MOTIVO = "ERRO NA DIGITACAO DO VALOR"


@dataclass
class Cenario:
    """An installation with three documents. `autorizado` and `rejeitado` have their returns; `enviado` awaits one."""

    maquina: Maquina
    agora: datetime
    autorizado: str
    rejeitado: str
    enviado: str


def exportar(m: Maquina, e: Exportacao, base: str) -> bytes:
    """Drops an export, lets the service sign it, and takes the signed file as the transmitter does."""
    m.soltar(1, f"{base}-cte.xml", e.dados)
    m.uma_vez()
    return recolher(m, f"{e.chave}-cte.xml")


def recolher(m: Maquina, nome: str) -> bytes:
    """Takes a file out of the transmitter's folder."""
    caminho = m.destino(1) / nome
    dados = caminho.read_bytes()
    caminho.unlink()
    return dados


def montar(pasta: Path) -> Cenario:
    """Makes three documents, one of them authorised, one rejected."""
    m = Maquina(pasta)
    agora = datetime.now(UTC)
    es = [exportacoes.cte(n, agora=agora) for n in (1, 2, 3)]
    for i, e in enumerate(es):
        m.soltar(1, b"ped%d-cte.xml" % i, e.dados)
    m.uma_vez()
    assinados = [recolher(m, f"{e.chave}-cte.xml") for e in es]
    nomes = [f"{e.chave}-cte.xml".encode() for e in es]
    sim = retornos.autorizado(assinados[0], nomes[0], agora=agora)
    nao = retornos.rejeitado(assinados[1], nomes[1], agora=agora, c_stat="209")
    for r in (sim, nao):
        m.soltar(2, r.nome, r.dados)
    m.uma_vez()
    return Cenario(m, agora, *(e.chave for e in es))


@pytest.fixture
def cenario(tmp_path: Path) -> Iterator[Cenario]:
    """Gives one of its own to each test that gives orders."""
    c = montar(tmp_path)
    with c.maquina:
        yield c


@pytest.fixture(scope="module")
def quadro(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cenario]:
    """Gives one to all the tests of a module that only read."""
    c = montar(tmp_path_factory.mktemp("leitura"))
    with c.maquina:
        yield c


@pytest.fixture
def manual(tmp_path: Path) -> Iterator[Maquina]:
    """Makes an installation whose sending route waits for the operator."""
    rotas = [dict(r) | ({"envio": "manual"} if r["id"] == 1 else {}) for r in ROTAS]
    with Maquina(tmp_path, rotas=rotas) as m:
        yield m
