"""Tests that places in flight are shared out, with a real queue and with calls that hang."""

import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import wait

import pytest

from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco.fila import NovaTransmissao
from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, Resultado, Servico
from separador.capacidades.sefaz.servico import chamadores, vez
from separador.demonstracao import exportacoes as ex
from separador.fiscal.evento.envelope import montar_consulta
from separador.nucleo.chave import compor
from tests.apoio.instalacao_em_rede import InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]


def por_na_fila(instalacao: InstalacaoEmRede, cnpj: str, autorizador: str, quantas: int) -> None:
    with instalacao.banco.transacao():
        for n in range(quantas):
            nova = NovaTransmissao(
                alvo=tabela.CONSULTA, servico=Servico.CONSULTA, autorizador=autorizador, cnpj=cnpj, tp_amb="2",
                fila=f"{cnpj}:{autorizador}:{n}", quem="teste", ambiente="simulado",
            )  # fmt: skip
            tabela.inserir(instalacao.banco, nova, "2026-11-20T15:00:00.000Z")


def escolhidas(instalacao: InstalacaoEmRede, voando: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    vagas = chamadores.FIOS - len(voando)
    linhas = vez.escolher(instalacao.ciclo.contexto, voando, vagas)
    assert len({r["id"] for r in linhas}) == len(linhas) <= vagas
    return Counter((r["cnpj"], r["autorizador"]) for r in linhas)


@pytest.mark.requisito("BORDA-13")
def test_empresas_de_cnpj_baixo_nao_levam_todos_os_lugares(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao()
    for n in range(11):
        por_na_fila(instalacao, f"{n:014d}", "SP", 30)
    por_na_fila(instalacao, "99888777000166", "SP", 5)
    por_na_fila(instalacao, "99888777000166", "MT", 5)
    foram = escolhidas(instalacao, [])
    assert foram["99888777000166", "MT"] == 5
    assert foram["99888777000166", "SP"] >= 2  # its calls to both authorisers count as its own
    assert sum(n for (_, a), n in foram.items() if a == "SP") == 64
    assert max(n for (c, _), n in foram.items() if c < "1") <= 6


@pytest.mark.requisito("BORDA-13")
def test_com_a_metade_presa_os_outros_autorizadores_seguem(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao()
    por_na_fila(instalacao, "00000000000001", "SP", 30)
    por_na_fila(instalacao, "00000000000001", "MT", 3)
    presas = [(f"{n:014d}", "SP") for n in range(11) for _ in range(6)][:64]
    assert escolhidas(instalacao, presas) == {("00000000000001", "MT"): 3}


class PortaQuePrende:
    """Holds every reception until `solta`. A look-up is not answered, but ends at once."""

    def __init__(self) -> None:
        self.solta = threading.Event()
        self._trava = threading.Lock()
        self.presas = 0
        self.consultas: list[str] = []

    def chamar(self, chamada: Chamada) -> Resultado:
        if chamada.servico is Servico.CONSULTA:
            self.consultas.append(chamada.url)
            return Desconhecida("vazia", b"", 200, "sem resposta")
        with self._trava:
            self.presas += 1
        assert self.solta.wait(60)
        return Desconhecida("prazo-resposta")


@pytest.mark.requisito("BORDA-13")
def test_um_autorizador_pendurado_nao_segura_a_consulta_a_outro(
    fazer_instalacao: Fazer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chamadores, "FIOS", 8)
    monkeypatch.setattr(vez, "POR_AUTORIZADOR", 4)
    porta = PortaQuePrende()
    instalacao = fazer_instalacao(porta=porta)
    for n in range(1, 21):
        e = ex.cte(n, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)

    def girar(pronto: Callable[[], bool]) -> None:
        for _ in range(400):
            if pronto():
                return
            instalacao.ponteiros.passar(0.2)
            if not instalacao.ciclo.passo():
                wait([instalacao.ciclo.sinal.fileno()], timeout=0.02)
        raise AssertionError(instalacao.diario.linhas[-5:])

    try:
        girar(lambda: porta.presas >= 4)
        do_mt = compor(uf="51", aamm="2611", cnpj="11222333000181", modelo="57", serie=1, numero=7, tp_emis="1",
                       codigo="12345678")  # fmt: skip
        instalacao.por(1, "uma-cte.xml", montar_consulta(do_mt, "2"))
        girar(lambda: bool(porta.consultas))
        assert porta.presas == 4
    finally:
        porta.solta.set()
    girar(lambda: porta.presas >= 5)
