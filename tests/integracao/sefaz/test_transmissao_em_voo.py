"""Tests calls in flight, with a double of the client whose answers the test holds back."""

import base64
import gzip
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, Respondida, Resultado, Servico
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from tests.apoio.instalacao import AGORA, MOTIVO
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, CANCELADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
_CORPO = re.compile(rb"<cteDadosMsg[^>]*>(.*)</cteDadosMsg>", re.DOTALL)
_CHAVE = re.compile(rb"Id=\"(?:CTe|ID\d{6})(\d{44})")


class PortaPresa:
    """Authorises everything, once `solta` is set. `pico` is the largest number of calls at once; `numeros` is the same
    for one number of document. `cai`: events and queries are lost on the way."""

    def __init__(self) -> None:
        self.solta = threading.Event()
        self.solta.set()
        self._trava = threading.Lock()
        self._agora: Counter[str] = Counter()
        self.pico = 0
        self.numeros = 0
        self.cai = False
        self.feitas: list[tuple[Servico, str]] = []

    def chamar(self, chamada: Chamada) -> Resultado:
        dados = _conteudo(chamada)
        achada = _CHAVE.search(dados) or re.search(rb"<chCTe>(\d{44})", dados)
        assert achada is not None
        chave = achada.group(1).decode()
        with self._trava:
            self._agora[chave[6:34]] += 1
            self.pico = max(self.pico, self._agora.total())
            self.numeros = max(self.numeros, *self._agora.values())
            self.feitas.append((chamada.servico, chave))
        assert self.solta.wait(30)
        time.sleep(0.005)
        with self._trava:
            self._agora[chave[6:34]] -= 1
        if self.cai and chamada.servico is not Servico.RECEPCAO_CTE:
            return Desconhecida("conexao-caiu")
        xml = _responder(chamada.servico, dados, chave)
        return Respondida(xml, xml, 5.0)


def _conteudo(chamada: Chamada) -> bytes:
    achado = _CORPO.search(chamada.corpo)
    assert achado is not None
    cru = achado.group(1)
    return gzip.decompress(base64.b64decode(cru)) if chamada.servico is Servico.RECEPCAO_CTE else cru


def _responder(servico: Servico, dados: bytes, chave: str) -> bytes:
    nome = f"{chave}-x.xml".encode()
    if servico is Servico.EVENTO:
        return _sem_declaracao(rt.evento_respondido(dados, nome, agora=AGORA).dados)
    return _sem_declaracao(rt.autorizado(dados, nome, agora=AGORA).dados)


def _sem_declaracao(dados: bytes) -> bytes:
    return dados[dados.index(b"?>") + 2 :] if dados.startswith(b"<?xml") else dados


@pytest.fixture
def porta() -> PortaPresa:
    return PortaPresa()


@pytest.mark.requisito("SEFAZ-08")
def test_nunca_mais_do_que_o_limite_em_voo(fazer_instalacao: Fazer, porta: PortaPresa) -> None:
    instalacao = fazer_instalacao(porta=porta, sefaz_config={"em_voo": 4})
    chaves = []
    for n in range(200, 240):
        e = ex.cte(n, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    instalacao.rodar()
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert porta.pico == 4
    assert porta.feitas[0][1] in chaves[:4]  # which of the four begins first is the threads' luck
    assert len(porta.feitas) == len(set(porta.feitas)) == 40


@pytest.mark.requisito("SEFAZ-08")
def test_nunca_dois_do_mesmo_numero(fazer_instalacao: Fazer, porta: PortaPresa) -> None:
    """Two documents have the same number under two keys (another month). One waits for the other."""
    instalacao = fazer_instalacao(porta=porta)
    instalacao.ponteiros.agora = AGORA + timedelta(days=10, hours=14)  # the first of December
    ontem = instalacao.agora - timedelta(days=1)
    antes = [ex.cte(n, agora=ontem, variante="uma-nota") for n in range(300, 306)]
    depois = [ex.cte(n, agora=instalacao.agora, variante="uma-nota") for n in range(300, 306)]
    assert not {e.chave for e in antes} & {e.chave for e in depois}
    for e in (*antes, *depois):
        instalacao.por(1, f"{e.chave}-{len(e.dados)}-cte.xml", e.dados)
    instalacao.rodar()
    instalacao.passar(10)
    assert porta.numeros == 1
    assert {c for _, c in porta.feitas} == {e.chave for e in (*antes, *depois)}


@pytest.mark.requisito("CTE-08", "CTE-10")
def test_estorno_com_o_evento_em_voo(fazer_instalacao: Fazer, porta: PortaPresa) -> None:
    """The request has left. SEFAZ's answer is applied when it comes."""
    instalacao = fazer_instalacao(porta=porta)
    e = instalacao.exportar(310)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    porta.solta.clear()
    instalacao.por(3, "cancelar.json", _pedido("cancelar", e.chave, MOTIVO))
    _girar(instalacao, lambda: instalacao.etapa(e.chave) == "enviando")
    instalacao.por(3, "estornar.json", _pedido("estornar", e.chave))
    _girar(instalacao, lambda: "estornar-ret.json" in instalacao.nomes(2))
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert "já tinha sido transmitido" in instalacao.json(2, "estornar-ret.json")["mensagem"]
    porta.solta.set()
    _girar(instalacao, lambda: instalacao.situacao(e.chave) == CANCELADO)
    assert instalacao.falhas(e.chave) == ["SEP-CANCELADO-NA-SEFAZ"]


@pytest.mark.requisito("CTE-08")
def test_o_evento_estornado_que_se_perde_em_voo_nao_muda_a_etapa(fazer_instalacao: Fazer, porta: PortaPresa) -> None:
    """The document is authorised, and waits for nothing: what became of the event is looked up beside it."""
    instalacao = fazer_instalacao(porta=porta)
    e = instalacao.exportar(310)
    porta.solta.clear()
    porta.cai = True
    instalacao.por(3, "cancelar.json", _pedido("cancelar", e.chave, MOTIVO))
    _girar(instalacao, lambda: instalacao.etapa(e.chave) == "enviando")
    instalacao.por(3, "estornar.json", _pedido("estornar", e.chave))
    _girar(instalacao, lambda: "estornar-ret.json" in instalacao.nomes(2))
    porta.solta.set()
    perdida = "SELECT 1 FROM transmissao WHERE alvo = 'evento' AND estado = 'desconhecida'"
    _girar(instalacao, lambda: instalacao.banco.uma(perdida) is not None)
    assert (instalacao.situacao(e.chave), instalacao.etapa(e.chave)) == (AUTORIZADO, "concluido")


@pytest.mark.requisito("SEFAZ-04")
def test_segundo_envio_com_o_primeiro_em_voo_e_duplicado(fazer_instalacao: Fazer, porta: PortaPresa) -> None:
    instalacao = fazer_instalacao(porta=porta)
    porta.solta.clear()
    e = ex.cte(311, agora=instalacao.agora, variante="uma-nota")
    instalacao.por(1, "a-cte.xml", e.dados)
    _girar(instalacao, lambda: instalacao.tem(e.chave) and instalacao.etapa(e.chave) == "enviando")
    instalacao.por(1, "b-cte.xml", e.dados)
    _girar(instalacao, lambda: instalacao.banco.uma("SELECT 1 FROM arquivo WHERE nome = ?", b"b-cte.xml") is not None)
    assert instalacao.desfecho("b-cte.xml") == "duplicado"
    assert instalacao.situacao(e.chave) == AGUARDANDO
    porta.solta.set()
    _girar(instalacao, lambda: instalacao.situacao(e.chave) == AUTORIZADO)
    assert [s for s, _ in porta.feitas] == [Servico.RECEPCAO_CTE]


def _pedido(acao: str, chave: str, motivo: str = "") -> bytes:
    return f'{{"pedido": "{acao}", "chave": "{chave}", "motivo": "{motivo}"}}'.encode()


def _girar(instalacao: InstalacaoEmRede, pronto: Callable[[], bool]) -> None:
    """Lets the loop go round until something is so. Calls in flight stay there."""
    for _ in range(600):
        instalacao.ciclo.passo()
        if pronto():
            return
        instalacao.ponteiros.passar(0.1)
        time.sleep(0.002)
    raise AssertionError((instalacao.falhas(), instalacao.diario.linhas[-5:]))
