"""Sends SIGKILL at each step of the transmission, with a real SEFAZ that counts at the other end.

There must be no second authorisation, no lost protocol, and nothing sent again that SEFAZ had already.
"""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.sefaz.rede.cliente import Cliente
from separador.capacidades.sefaz.rede.porta import Chamada, Resultado
from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao import MOTIVO, pasta_rapida
from tests.apoio.instalacao_em_rede import AUTORIZADO, CANCELADO, InstalacaoEmRede
from tests.apoio.sefaz_local import SefazEmProcesso
from tests.falhas.morte import MORTO, Contador, em_filho

FATIAS = 4
"""Are the parts of the points: the first is played with every run, all of them with `make longo`."""
PASSO = 3
"""Takes every third point here; the strace test takes more of them."""
OPCOES: dict[str, Any] = {"prazo_retorno": 1_000_000, "com_certificado": False}
FALHAS = (
    {"falha": "queda-antes", "probabilidade": 0.06},
    {"falha": "queda-depois", "probabilidade": 0.06},
    {"falha": "meia-resposta", "probabilidade": 0.04},
    {"falha": "html", "probabilidade": 0.03},
    {"falha": "http", "probabilidade": 0.03},
    {"falha": "raiz-errada", "probabilidade": 0.03},
    {"falha": "cstat", "cstat": "204", "processar": True, "servico": "recepcao", "probabilidade": 0.03},
    {"falha": "cstat", "cstat": "999", "servico": "recepcao", "probabilidade": 0.03},
)


@pytest.fixture(scope="module")
def sefaz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SefazEmProcesso]:
    """Gives one SEFAZ for all the deaths. It goes on living, and its ledger counts them all."""
    with SefazEmProcesso(tmp_path_factory.mktemp("sefaz")) as local:
        yield local


@pytest.fixture
def raiz(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as pasta:
        yield pasta


def _instalacao(pasta: Path, sefaz: SefazEmProcesso, agora: datetime, **opcoes: Any) -> InstalacaoEmRede:
    instalacao = InstalacaoEmRede(pasta, servidor=sefaz, aberta=False, agora=agora, **(OPCOES | opcoes))
    certificado = instalacao.config.parent / "11222333000181.pfx"
    if not certificado.exists():
        instalacao.por_certificado()
    return instalacao


def _contar_chamadas(contador: Contador) -> None:
    """Counts a death before a call (intent committed, nothing sent) and one after it (sent, the answer unheard)."""
    original = Cliente.chamar

    def chamar(cliente: Cliente, chamada: Chamada) -> Resultado:
        contador.contar()
        resultado = original(cliente, chamada)
        contador.contar()
        return resultado

    Cliente.chamar = chamar  # type: ignore[method-assign]


def _vida(pasta: Path, sefaz: SefazEmProcesso, agora: datetime, agir: Callable[[InstalacaoEmRede], None],
          morrer_em: int, preparar: Callable[[InstalacaoEmRede], None] = lambda instalacao: None,
          **opcoes: Any) -> tuple[int, int]:  # fmt: skip
    """Runs one life of the service. It ends at effect `morrer_em` (0: it does not)."""

    def vida(contador: Contador) -> None:
        _contar_chamadas(contador)
        instalacao = _instalacao(pasta, sefaz, agora, **opcoes)
        instalacao.abrir()
        preparar(instalacao)
        contador.armar(morrer_em)
        agir(instalacao)
        contador.armado = False
        instalacao.fechar()

    return em_filho(vida, pasta.with_suffix(".recado"))


def _recebidas(sefaz: SefazEmProcesso, servico: str, chave: str | None = None) -> list[str]:
    """Returns what SEFAZ decided on each message that it received, in order."""
    with closing(sqlite3.connect(f"file:{sefaz.pasta / 'sefaz.db'}?mode=ro", uri=True)) as banco:
        sql = "SELECT decidido FROM chamada WHERE servico = ? AND (? IS NULL OR chave = ?) ORDER BY id"
        return [str(linha[0]) for linha in banco.execute(sql, (servico, chave, chave))]


class Historia:
    """The story of one document with a number of its own."""

    def __init__(self, numero: int, agora: datetime) -> None:
        self.agora = agora
        self.e = ex.cte(numero, agora=agora, variante="uma-nota")

    def exportar(self, instalacao: InstalacaoEmRede) -> None:
        instalacao.soltar(1, "a-cte.xml", self.e.dados)

    def cancelar(self, instalacao: InstalacaoEmRede) -> None:
        instalacao.pedir("cancelar", self.e.chave, MOTIVO)

    def autorizado(self, instalacao: InstalacaoEmRede) -> None:
        self.exportar(instalacao)
        assert instalacao.situacao(self.e.chave) == AUTORIZADO, instalacao.falhas()
        instalacao.limpar(2)

    def conferir(self, instalacao: InstalacaoEmRede, sefaz: SefazEmProcesso, situacao: str, saidas: set[str]) -> None:
        """Checks the balance after the last start: one authorisation, our protocol is SEFAZ's, each file once."""
        chave = self.e.chave
        instalacao.ate(chave, situacao)
        instalacao.passar(60)
        na_sefaz = instalacao.na_sefaz(chave)
        assert na_sefaz["autorizacoes"] == 1
        assert _recebidas(sefaz, "recepcao", chave) == ["100"]
        assert _recebidas(sefaz, "evento", chave) == (["135"] if situacao == CANCELADO else [])
        assert instalacao.doc(chave)["protocolo"] == na_sefaz["nprot"]
        assert instalacao.doc(chave)["digest"] == na_sefaz["digest"]
        assert len(na_sefaz["eventos"]) == (1 if situacao == CANCELADO else 0)
        assert set(instalacao.nomes(2)) == saidas
        assert instalacao.falhas() == []
        assert instalacao.recortes("trabalho") == []
        assert not (instalacao.dados / "incidentes").exists()
        abertas = instalacao.banco.todas("SELECT * FROM transmissao WHERE estado NOT IN ('aplicada', 'retirada')")
        assert [dict(r) for r in abertas] == []


def _autorizacao(
    h: Historia,
) -> tuple[Callable[[InstalacaoEmRede], None], Callable[[InstalacaoEmRede], None], str, set[str]]:
    return (lambda instalacao: None), h.exportar, AUTORIZADO, {"a-pro-rec.xml", f"{h.e.chave}-procCTe.xml"}


def _cancelamento(
    h: Historia,
) -> tuple[Callable[[InstalacaoEmRede], None], Callable[[InstalacaoEmRede], None], str, set[str]]:
    saidas = {"pedido001-ret.json", "pedido001-eve.xml", f"{h.e.chave}_110111_001-procEventoCTe.xml"}
    return h.autorizado, h.cancelar, CANCELADO, saidas


@pytest.mark.requisito("SEFAZ-04", "CTE-05")
@pytest.mark.parametrize("fatia", [0, *(pytest.param(n, marks=pytest.mark.longo) for n in range(1, FATIAS))])
@pytest.mark.parametrize(("cenario", "base"), [(_autorizacao, 10_000), (_cancelamento, 20_000)])
def test_morte_em_cada_passo_da_transmissao(
    raiz: Path, sefaz: SefazEmProcesso, cenario: Callable[[Historia], Any], base: int, fatia: int
) -> None:
    base += fatia * 1000
    agora = datetime.now(UTC).replace(microsecond=0)
    total = _uma_morte(raiz, sefaz, agora, cenario, base, 0)
    assert total > 20, "poucos efeitos: o contador não está no lugar"
    for n in range(1 + fatia * PASSO, total + 1, FATIAS * PASSO):
        try:
            _uma_morte(raiz, sefaz, agora, cenario, base + n, n)
        except AssertionError as erro:
            raise AssertionError(f"{cenario.__name__}, morte no efeito {n} de {total}") from erro


def _uma_morte(
    raiz: Path, sefaz: SefazEmProcesso, agora: datetime, cenario: Callable[[Historia], Any], numero: int, n: int
) -> int:
    pasta = raiz / str(numero)
    h = Historia(numero, agora)
    preparar, agir, situacao, saidas = cenario(h)
    codigo, total = _vida(pasta, sefaz, agora, agir, n, preparar)
    assert codigo == (MORTO if n else 0)
    # The second life dies too, while it recovers.
    depois = agora.replace(microsecond=1)
    _vida(pasta, sefaz, depois, InstalacaoEmRede.rodar, 3 + n * 5 % 17)
    with _instalacao(pasta, sefaz, depois) as instalacao:
        instalacao.abrir()
        instalacao.rodar()
        if not instalacao.tem(h.e.chave):
            instalacao.passar(120)
        h.conferir(instalacao, sefaz, situacao, saidas)
    return total


# --- many, at random ----------------------------------------------------------------------------------------------


@pytest.mark.requisito("SEFAZ-04", "SEFAZ-08", "SEFAZ-09")
@pytest.mark.parametrize("semente", [1, pytest.param(2, marks=pytest.mark.longo)])
def test_quarenta_documentos_falhas_ao_acaso_e_tres_mortes(tmp_path: Path, raiz: Path, semente: int) -> None:
    _ao_acaso(tmp_path, raiz, 40, semente)


@pytest.mark.longo
@pytest.mark.timeout(900)
@pytest.mark.requisito("SEFAZ-04", "SEFAZ-08", "SEFAZ-09")
def test_trezentos_documentos_falhas_ao_acaso_e_tres_mortes(tmp_path: Path, raiz: Path) -> None:
    _ao_acaso(tmp_path, raiz, 300, 3)


def _ao_acaso(tmp_path: Path, raiz: Path, quantos: int, semente: int) -> None:
    """Lets services die at random. At the end SEFAZ's ledger and ours must agree, chave by chave."""
    sorte = random.Random(semente)
    agora = datetime.now(UTC).replace(microsecond=0)
    with SefazEmProcesso(tmp_path / "sefaz", falhas=FALHAS, semente=semente) as sefaz:
        instalacao = _instalacao(raiz / "instalacao", sefaz, agora)
        documentos = [ex.cte(n, agora=agora, variante="uma-nota") for n in range(1, quantos + 1)]
        instalacao.abrir()
        instalacao.fechar()
        for i, e in enumerate(documentos):
            instalacao.por(1, f"d{i:03d}-cte.xml", e.dados)
        for vida in range(3):
            depois = agora.replace(microsecond=vida + 1)
            # Some die early, some late. A whole run has about nine effects for each document, and more when answers go
            # wrong.
            codigo, _ = _vida(raiz / "instalacao", sefaz, depois, _ate_o_fim, sorte.randrange(20, 30 + 2 * quantos))
            assert codigo == MORTO
        instalacao.ponteiros.agora = agora.replace(microsecond=9)
        instalacao.abrir()
        with instalacao:
            _ate_o_fim(instalacao)
            _comparar(instalacao, sefaz, [e.chave for e in documentos])


def _ate_o_fim(instalacao: InstalacaoEmRede) -> None:
    """Runs until every document is decided. The clock goes on as needed."""
    for volta in range(800):
        instalacao.passar(20 if volta < 100 else 120)
        esperam = instalacao.banco.uma("SELECT count(*) AS n FROM documento WHERE situacao <> ?", AUTORIZADO)
        if esperam is not None and esperam["n"] == 0 and not os.listdir(instalacao.origem(1))[1:]:
            instalacao.passar(60)
            return


def _comparar(instalacao: InstalacaoEmRede, sefaz: SefazEmProcesso, chaves: list[str]) -> None:
    razao = sefaz.razao()
    deles = {d["chave"]: (d["nprot"], d["digest"], d["autorizacoes"]) for d in razao["documentos"]}
    nossos = {d["chave"]: (d["protocolo"], d["digest"], 1) for d in instalacao.banco.todas("SELECT * FROM documento")}
    assert set(chaves) == set(nossos)
    assert "204" not in _recebidas(sefaz, "recepcao"), "algo que a SEFAZ já tinha foi enviado de novo"
    assert nossos == deles
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    nomes = instalacao.nomes(2)
    assert sorted(n for n in nomes if n.endswith("-procCTe.xml")) == sorted(f"{c}-procCTe.xml" for c in chaves)
    assert sum(n.endswith("-pro-rec.xml") for n in nomes) == len(chaves)
    assert instalacao.falhas() == []
