"""Tests the DACTE beside the processed document, when the route asks for it. A failed print touches nothing."""

import io
import multiprocessing.connection
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.capacidades.dacte.servico import impressora as modulo
from separador.capacidades.dacte.servico.folhas import Folha, Impressa, imprimir_lote
from separador.capacidades.dacte.servico.impressora import Impressora
from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.demonstracao import exportacoes, outros_modelos, retornos
from tests.apoio.instalacao import Instalacao
from tests.apoio.instalacao_em_rede import InstalacaoEmRede
from tests.apoio.maquina import ROTAS

OUTROS = [outros_modelos.cte_simp, outros_modelos.cte_os, outros_modelos.gtve]
ROTAS_COM_DACTE = [dict(r) | ({"dacte": True} if r["regra"] == "cte-envio" else {}) for r in ROTAS]


class NaHora(Executor):
    """Prints at once, in the caller's thread: the clock of these tests does not run by itself."""

    def submit(self, funcao: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        futuro: Future[Any] = Future()
        try:
            futuro.set_result(funcao(*args, **kwargs))
        except BaseException as erro:  # as a pool gives it back
            futuro.set_exception(erro)
        return futuro


@pytest.fixture
def instalacao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instalacao]:
    monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
    with Instalacao(tmp_path, rotas=ROTAS_COM_DACTE) as c:
        yield c


def pdfs(instalacao: Instalacao) -> list[str]:
    return [n for n in instalacao.nomes(2) if n.endswith(".pdf")]


@pytest.mark.requisito("SEFAZ-10")
def test_ao_lado_do_processado_quando_autorizado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    assert pdfs(instalacao) == []
    instalacao.autorizar(e)
    assert instalacao.nomes(2) == sorted([f"{e.chave}-procCTe.xml", f"{e.chave}-dacte.pdf", "p-pro-rec.xml"])
    texto = PdfReader(io.BytesIO(instalacao.ler(2, f"{e.chave}-dacte.pdf"))).pages[0].extract_text()
    assert instalacao.doc(e.chave)["protocolo"] in texto
    assert not tabela_do_dacte.proximas(instalacao.banco, 9)
    assert instalacao.falhas() == []
    assert [x["acao"] for x in instalacao.diario.linhas if x.get("acao") == "dacte"] == ["dacte"]


@pytest.mark.requisito("SEFAZ-10")
def test_rejeitado_e_rota_sem_dacte_nao_imprimem(instalacao: Instalacao, tmp_path: Path) -> None:
    instalacao.rejeitar(instalacao.enviado(1))
    assert pdfs(instalacao) == []
    with Instalacao(tmp_path / "outra") as sem:
        sem.autorizado(2)
        assert pdfs(sem) == []


def test_o_mesmo_retorno_de_novo_nao_imprime_de_novo(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    retorno = instalacao.autorizar(e)
    instalacao.limpar(2)
    instalacao.soltar(2, "outro.xml", retorno.dados.replace(b"SEFAZ_DEMO_1.0", b"SEFAZ_DEMO_2.0"))
    assert pdfs(instalacao) == []


@pytest.mark.requisito("SEFAZ-10")
def test_impressao_que_falha_vira_falha_e_nao_toca_no_documento(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quebra(*_: object) -> bytes:
        raise ZeroDivisionError("sem tinta")

    monkeypatch.setattr("separador.capacidades.dacte.papel.imprimir", quebra)
    e = instalacao.autorizado(1)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert f"{e.chave}-procCTe.xml" in instalacao.nomes(2)
    assert pdfs(instalacao) == []
    falha = instalacao.falha("SEP-DACTE")
    assert "sem tinta" in falha["motivo"]
    assert (falha["chave"], falha["assunto"]) == (e.chave, f"dacte:{e.chave}")
    assert not tabela_do_dacte.proximas(instalacao.banco, 9)


@pytest.mark.requisito("SEFAZ-10")
def test_o_que_ficou_por_imprimir_sai_na_proxima_partida(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as parado:
        parado.setattr(Impressora, "passo", lambda *_: False)
        parado.setattr(Impressora, "pode_mover", lambda _: False)
        e = instalacao.autorizado(1)
        assert pdfs(instalacao) == []
    instalacao.reabrir()
    instalacao.rodar()
    assert pdfs(instalacao) == [f"{e.chave}-dacte.pdf"]


def test_pasta_que_falha_espera_e_depois_recebe(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as parado:
        parado.setattr(Impressora, "passo", lambda *_: False)
        parado.setattr(Impressora, "pode_mover", lambda _: False)
        e = instalacao.autorizado(1)
    destino = instalacao.destino(2)
    guardada = destino.with_name("guardada")
    os.rename(destino, guardada)
    for _ in range(30):
        instalacao.ponteiros.passar(1)
        instalacao.ciclo.passo()
    assert tabela_do_dacte.proximas(instalacao.banco, 9)
    os.rename(guardada, destino)
    instalacao.passar(60)
    assert pdfs(instalacao) == [f"{e.chave}-dacte.pdf"]


def test_processo_que_cai_e_trocado_e_so_o_culpado_desiste(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as parado:
        parado.setattr(Impressora, "passo", lambda *_: False)
        parado.setattr(Impressora, "pode_mover", lambda _: False)
        ruim, bom = instalacao.autorizado(1), instalacao.autorizado(2)
    culpado = ("documento", instalacao.doc(ruim.chave)["id"])

    def cai_com_um(folhas: list[Folha]) -> list[Impressa]:
        if any(f.qual == culpado for f in folhas):
            raise BrokenProcessPool("morreu")
        return imprimir_lote(folhas)

    monkeypatch.setattr(modulo, "imprimir_lote", cai_com_um)
    instalacao.passar(60)
    assert pdfs(instalacao) == [f"{bom.chave}-dacte.pdf"]
    assert instalacao.falha("SEP-DACTE")["chave"] == ruim.chave


def test_perfil_uninfe_imprime_na_pasta_dos_autorizados(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
    rotas = [r | ({"autorizados": "autorizados"} if r["regra"] == "cte-envio" else {}) for r in ROTAS_COM_DACTE]
    with Instalacao(tmp_path, rotas=rotas, perfil_nomes="uninfe") as instalacao:
        e = instalacao.enviado(1)
        instalacao.autorizar(e)
        (pasta,) = [p for p in (tmp_path / "autorizados").iterdir() if p.name.isdigit()]
        assert f"{e.chave}-dacte.pdf" in instalacao.nomes(pasta)


@pytest.mark.requisito("SEFAZ-10")
@pytest.mark.parametrize("fabrica", [exportacoes.cte, *OUTROS], ids=lambda f: f.__name__)
def test_pela_rede_os_quatro_modelos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fabrica: Callable[..., exportacoes.Exportacao]
) -> None:
    monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
    with InstalacaoEmRede(tmp_path, rotas=ROTAS_COM_DACTE) as instalacao:
        e = fabrica(7, agora=instalacao.agora)
        instalacao.soltar(1, e.nome, e.dados)
        assert pdfs(instalacao) == [f"{e.chave}-dacte.pdf"]
        assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-10")
def test_morte_com_a_impressao_em_maos_imprime_uma_vez_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is published before the commit that ends the record. So it is printed again, and visible once."""
    with InstalacaoEmRede(tmp_path, rotas=ROTAS_COM_DACTE, aberta=False) as instalacao:
        with monkeypatch.context() as morrendo:
            morrendo.setattr(Impressora, "_contratar", lambda _: NaHora())
            morrendo.setattr(Impressora, "_receber", lambda *_: None)
            instalacao.abrir()
            e = exportacoes.cte(7, agora=instalacao.agora, variante="uma-nota")
            instalacao.por(1, e.nome, e.dados)
            while not instalacao.tem(e.chave) or instalacao.situacao(e.chave) != "AUTORIZADO PELA SEFAZ":
                instalacao.ciclo.passo()
                instalacao.ponteiros.passar(0.1)
            for _ in range(5):
                instalacao.ciclo.passo()
            assert pdfs(instalacao) == []
            instalacao.ciclo.parte(Transmissao)._linha.fechar()  # only so that no socket is left open in this process
            instalacao.morrer()
        monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
        instalacao.abrir()
        instalacao.rodar()
        assert pdfs(instalacao) == [f"{e.chave}-dacte.pdf"]


@pytest.mark.requisito("SEFAZ-10")
def test_de_verdade_em_outro_processo(tmp_path: Path) -> None:
    with Instalacao(tmp_path, rotas=ROTAS_COM_DACTE, trabalhadores=1) as instalacao:
        e = exportacoes.cte(1, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)
        instalacao.rodar_com_processos(lambda: bool(instalacao.nomes(1)))
        retorno = retornos.autorizado(instalacao.pegar(1, f"{e.chave}-cte.xml"), e.nome, agora=instalacao.agora)
        instalacao.por(2, retorno.nome, retorno.dados)
        limite = time.monotonic() + 60
        while not pdfs(instalacao) and time.monotonic() < limite:
            instalacao.rodar_com_processos(lambda: True)
            instalacao.ciclo.passo()
            instalacao.ponteiros.passar(0.5)
            multiprocessing.connection.wait([instalacao.ciclo.sinal.fileno()], timeout=0.1)
        assert pdfs(instalacao) == [f"{e.chave}-dacte.pdf"]
        assert instalacao.ler(2, f"{e.chave}-dacte.pdf").startswith(b"%PDF")


def dormir(folhas: list[Folha]) -> list[Impressa]:
    """Stands for a print that never ends."""
    time.sleep(600)
    return imprimir_lote(folhas)


@pytest.mark.requisito("DACTE-07")
def test_impressao_que_nao_acaba_tem_prazo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is ended after the deadline; three times, and it is a failure with its own reason."""
    monkeypatch.setattr(modulo, "PRAZO_S", 0.2)
    monkeypatch.setattr(modulo, "imprimir_lote", dormir)
    with Instalacao(tmp_path, rotas=ROTAS_COM_DACTE) as instalacao:
        monkeypatch.setattr(Impressora, "_contratar", lambda _: ProcessPoolExecutor(1))
        e = instalacao.autorizado(1)
        ate = time.monotonic() + 60
        while time.monotonic() < ate and not instalacao.falhas():
            instalacao.passar(1)
            time.sleep(0.05)
        assert "a impressão passou de" in instalacao.falha("SEP-DACTE")["motivo"]
        assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
        assert not tabela_do_dacte.proximas(instalacao.banco, 9)
