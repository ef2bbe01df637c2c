"""Kills the service at every point where it would change the disk. The other program takes what it sees; the service
comes back, dies once more while recovering, and comes back again. Each input must have one outcome, nothing doubled and
nothing lost."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from tests.apoio.instalacao import AGORA, MOTIVO, Instalacao, pasta_rapida, pfx
from tests.apoio.posse import restos
from tests.falhas.morte import MORTO, Contador, em_filho

FATIAS = 4  # the first with every run, all of them with `make longo`
PASSO = 2  # every second point here; the strace test takes all of them
OPCOES = {"prazo_retorno": 1_000_000}
CHAVE = ex.chave_cte(1, agora=AGORA)
EVENTO = f"{CHAVE}_110111_001"


@dataclass(frozen=True)
class Cenario:
    """A scenario. `preparar` and `agir` run in the child that dies. Then `saidas` must be visible or taken, once."""

    agir: Callable[[Instalacao], None]
    caminho: tuple[str, ...]
    saidas: dict[int, set[str]]
    entrada: str
    desfecho: str
    preparar: Callable[[Instalacao], object] = lambda instalacao: None
    deixadas: set[str] = field(default_factory=set)


def _exportar(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "a-cte.xml", ex.cte(1, agora=AGORA, variante="uma-nota").dados)


def _retorno(instalacao: Instalacao) -> None:
    nome = f"{CHAVE}-cte.xml".encode()
    instalacao.soltar(2, "ret.xml", rt.autorizado(instalacao.assinado(CHAVE), nome, agora=AGORA).dados)


def _enviar(instalacao: Instalacao) -> None:
    instalacao.enviado(1, nome="a-cte.xml")


def _autorizar(instalacao: Instalacao) -> None:
    instalacao.autorizado(1, nome="a-cte.xml")
    instalacao.limpar(2)


def _cancelar(instalacao: Instalacao) -> None:
    instalacao.soltar(3, "p.json", ev.pedido("cancelar", CHAVE, motivo=MOTIVO).dados)


def _pedir_cancelamento(instalacao: Instalacao) -> None:
    _autorizar(instalacao)
    instalacao.soltar(3, "antes.json", ev.pedido("cancelar", CHAVE, motivo=MOTIVO).dados)
    instalacao.limpar(2)


def _estornar(instalacao: Instalacao) -> None:
    instalacao.soltar(3, "p.json", ev.pedido("estornar", CHAVE).dados)


def _evento_respondido(instalacao: Instalacao) -> None:
    nome = f"{EVENTO}-ped-eve.xml"
    evento = (instalacao.pasta / "evento.xml").read_bytes()
    instalacao.soltar(2, "ret-eve.xml", rt.evento_respondido(evento, nome.encode(), agora=AGORA).dados)


def _levar_evento(instalacao: Instalacao) -> None:
    _pedir_cancelamento(instalacao)
    (instalacao.pasta / "evento.xml").write_bytes(instalacao.pegar(1, f"{EVENTO}-ped-eve.xml"))


def _ruim(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "a-cte.xml", b"<CTe/>")


def _mover(instalacao: Instalacao) -> None:
    instalacao.por(4, "a.txt", b"linha\n")
    instalacao.passar(2)


VOLTA = ("NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ")
PEDIDO = (*VOLTA, "AGUARDANDO RETORNO DE CANCELAMENTO")
CENARIOS = {
    "exportacao": Cenario(
        _exportar, ("NÃO ENVIADO", "AGUARDANDO RETORNO"), {1: {f"{CHAVE}-cte.xml"}}, "a-cte.xml", "entregue"
    ),
    "retorno": Cenario(
        _retorno, VOLTA, {2: {"a-pro-rec.xml", f"{CHAVE}-procCTe.xml"}}, "ret.xml", "aplicado", _enviar
    ),
    "pedido": Cenario(
        _cancelar, PEDIDO, {1: {f"{EVENTO}-ped-eve.xml"}, 2: {"p-ret.json"}}, "p.json", "entregue", _autorizar
    ),
    "estorno": Cenario(
        _estornar, (*PEDIDO, "AUTORIZADO PELA SEFAZ"), {1: set(), 2: {"p-ret.json"}}, "p.json", "entregue",
        _pedir_cancelamento,
    ),
    "evento": Cenario(
        _evento_respondido, (*PEDIDO, "CANCELADO"), {2: {"antes-eve.xml", f"{EVENTO}-procEventoCTe.xml"}},
        "ret-eve.xml", "aplicado", _levar_evento,
    ),
    "recusa": Cenario(_ruim, (), {2: {"a-cte.err", "a-cte.json"}}, "a-cte.xml", "recusado"),
    "mover": Cenario(_mover, (), {4: {"a.txt"}}, "a.txt", "entregue"),
}  # fmt: skip


@dataclass
class Consumidor:
    """The other program, between two lives of the service: it takes what is visible. What it took twice was doubled."""

    levados: dict[int, list[str]] = field(default_factory=dict)

    def levar(self, instalacao: Instalacao, rotas: set[int]) -> None:
        for rota in rotas:
            for nome in instalacao.nomes(rota):
                (instalacao.destino(rota) / nome).unlink()
                self.levados.setdefault(rota, []).append(nome)


def viver(pasta: Path, agir: Callable[[Instalacao], None], morrer_em: int, *, depois: timedelta) -> tuple[int, int]:
    """Runs one life of the service, which ends at effect `morrer_em` (0: it does not)."""

    def vida(contador: Contador) -> None:
        instalacao = Instalacao(pasta, aberta=False, **OPCOES)
        instalacao.ponteiros.passar(depois.total_seconds())
        contador.armar(morrer_em)
        instalacao.abrir()
        agir(instalacao)
        instalacao.fechar()

    return em_filho(vida, pasta / "recado")


def preparada(pasta: Path, cenario: Cenario, morrer_em: int) -> tuple[int, int]:
    def vida(contador: Contador) -> None:
        instalacao = Instalacao(pasta, **OPCOES)
        cenario.preparar(instalacao)
        contador.armar(morrer_em)
        cenario.agir(instalacao)
        contador.armado = False
        instalacao.fechar()

    return em_filho(vida, pasta / "recado")


def conferir(pasta: Path, cenario: Cenario, consumidor: Consumidor) -> None:
    """Checks the balance after the last start."""
    with Instalacao(pasta, aberta=False, **OPCOES) as instalacao:
        instalacao.ponteiros.passar(7200)
        instalacao.abrir()
        instalacao.rodar()
        instalacao.passar(90)
        chave_ = instalacao.tem(CHAVE)
        assert chave_ is bool(cenario.caminho)
        if chave_:
            assert tuple(instalacao.caminho(CHAVE)) == cenario.caminho
        linhas = instalacao.banco.todas("SELECT desfecho FROM arquivo WHERE nome = ?", os.fsencode(cenario.entrada))
        assert [r["desfecho"] for r in linhas] == [cenario.desfecho]
        consumidor.levar(instalacao, set(cenario.saidas))
        for rota, esperadas in cenario.saidas.items():
            assert sorted(consumidor.levados.get(rota, [])) == sorted(esperadas)
        assert instalacao.recortes("trabalho") == []
        guardados = [p for p in instalacao.recortes("arquivo") if p.name.endswith(f"_{cenario.entrada}")]
        assert len(guardados) == 1
        for rota in (1, 2, 4):
            assert restos(instalacao.destino(rota)) == []
            assert instalacao.nomes(instalacao.origem(rota)) == []
        assert not (instalacao.dados / "incidentes").exists()
        assert [f for f in instalacao.falhas() if f.startswith("SEP")] == []


@pytest.mark.requisito("SEP-04", "SEP-08")
@pytest.mark.parametrize("fatia", [0, *(pytest.param(n, marks=pytest.mark.longo) for n in range(1, FATIAS))])
@pytest.mark.parametrize("nome", list(CENARIOS))
def test_morte_em_cada_efeito(tmp_path: Path, nome: str, fatia: int) -> None:
    cenario = CENARIOS[nome]
    pfx()  # made once, in the parent
    with pasta_rapida(tmp_path) as pasta:
        _enumerar(pasta, nome, cenario, fatia)


def _enumerar(raiz: Path, nome: str, cenario: Cenario, fatia: int) -> None:
    codigo, total = preparada(raiz / "inteira", cenario, 0)
    assert codigo == 0
    assert total > 8, "poucos efeitos: o contador não está no lugar"
    conferir(raiz / "inteira", cenario, Consumidor())
    for n in range(1 + fatia * PASSO, total + 1, FATIAS * PASSO):
        pasta = raiz / str(n)
        consumidor = Consumidor()
        assert preparada(pasta, cenario, n)[0] == MORTO, n
        if n % 2 and nome != "estorno":
            consumidor.levar(Instalacao(pasta, aberta=False, **OPCOES), set(cenario.saidas))
        viver(pasta, Instalacao.rodar, 1 + n * 7 % 30, depois=timedelta(minutes=20))
        if n % 3 == 0 and nome != "estorno":
            consumidor.levar(Instalacao(pasta, aberta=False, **OPCOES), set(cenario.saidas))
        try:
            conferir(pasta, cenario, consumidor)
        except AssertionError as erro:
            raise AssertionError(f"{nome}, morte no efeito {n} de {total}") from erro
