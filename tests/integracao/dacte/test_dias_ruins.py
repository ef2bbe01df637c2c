"""Tests prints that wait, fail or die: they hold nobody else, and each comes out once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.capacidades.dacte.servico import impressora as modulo
from separador.capacidades.dacte.servico.folhas import Folha, Impressa, imprimir_lote
from separador.capacidades.dacte.servico.impressora import LOTE, Impressora
from separador.demonstracao import exportacoes
from separador.pastas import faixas
from separador.pastas.erros import SemResposta
from tests.apoio.instalacao import Instalacao
from tests.integracao.dacte.test_servico import ROTAS_COM_DACTE, NaHora, pdfs

QUANTOS = 3 * LOTE + 2


@pytest.fixture
def instalacao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instalacao]:
    monkeypatch.setattr(Impressora, "_contratar", lambda _: NaHora())
    with Instalacao(tmp_path, rotas=ROTAS_COM_DACTE) as c:
        yield c


def esperando(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch, quantos: int) -> list[str]:
    """Brings so many documents to this point: authorised, their print ordered and not made."""
    with monkeypatch.context() as parado:
        parado.setattr(Impressora, "passo", lambda *_: False)
        parado.setattr(Impressora, "pode_mover", lambda _: False)
        chaves = [instalacao.autorizado(n).chave for n in range(1, quantos + 1)]
    assert len(tabela_do_dacte.proximas(instalacao.banco, 999)) == quantos
    return chaves


@pytest.mark.requisito("DACTE-07")
def test_muitos_por_imprimir_saem_todos_uma_vez(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    chaves = esperando(instalacao, monkeypatch, QUANTOS)
    instalacao.passar(60)
    assert pdfs(instalacao) == sorted(f"{c}-dacte.pdf" for c in chaves)
    assert instalacao.falhas() == []


@pytest.mark.requisito("DACTE-07")
def test_uma_pasta_que_nao_responde_nao_segura_as_outras(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More orders than a batch wait for a folder that hangs. Documents go on, and so do prints into other folders."""
    presos = esperando(instalacao, monkeypatch, QUANTOS)
    outra = instalacao.destino(1)
    alheia = presos.pop()
    instalacao.banco.conn.execute(
        "UPDATE impressao SET pasta = ? WHERE documento_id = ?", (str(outra), instalacao.doc(alheia)["id"])
    )
    instalacao.banco.conn.commit()
    destino = str(instalacao.destino(2))
    de_verdade: Callable[..., object] = faixas.fazer
    tentadas: list[Path] = []

    def pendurada(pasta: Path, funcao: Callable[..., object], *args: object, **kwargs: object) -> object:
        if str(pasta) == destino and funcao.__name__ == "preparar":
            tentadas.append(pasta)
            raise SemResposta(pasta)
        return de_verdade(pasta, funcao, *args, **kwargs)

    with monkeypatch.context() as presa:
        presa.setattr(faixas, "fazer", pendurada)
        for _ in range(60):
            instalacao.ponteiros.passar(1)
            instalacao.ciclo.passo()
        assert f"{alheia}-dacte.pdf" in instalacao.nomes(outra)
        assert pdfs(instalacao) == []
        assert len(tentadas) < 20  # each pause costs one try, not one for each order
        e = exportacoes.cte(900, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)
        for _ in range(10):
            instalacao.ponteiros.passar(1)
            instalacao.ciclo.passo()
        assert f"{e.chave}-cte.xml" in instalacao.nomes(1)
    instalacao.passar(120)
    assert pdfs(instalacao) == sorted(f"{c}-dacte.pdf" for c in presos)
    assert instalacao.falhas() == []


@pytest.mark.requisito("DACTE-07")
def test_processados_que_nao_se_podem_ler_nao_seguram_os_outros(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    chaves = esperando(instalacao, monkeypatch, LOTE + 3)
    guardados = {}
    for chave in chaves[:LOTE]:
        copia = tabela_do_dacte.processado(instalacao.banco, "documento", instalacao.doc(chave)["id"])
        assert copia is not None
        arquivo = Path(copia["pasta"]) / os.fsdecode(bytes(copia["nome"]))
        guardados[arquivo] = arquivo.read_bytes()
        arquivo.unlink()
    instalacao.passar(60)
    assert pdfs(instalacao) == sorted(f"{c}-dacte.pdf" for c in chaves[LOTE:])
    for arquivo, dados in guardados.items():
        arquivo.write_bytes(dados)
    instalacao.passar(60)
    assert pdfs(instalacao) == sorted(f"{c}-dacte.pdf" for c in chaves)


AVISO = "SEPARADOR_TESTE_DA_IMPRESSAO"


def parar_na_primeira(folhas: list[Folha]) -> list[Impressa]:
    """Says that it is at work and never ends, the first time; then prints."""
    aviso = Path(os.environ[AVISO])
    if not aviso.exists():
        aviso.write_text(str(os.getpid()), encoding="ascii")
        time.sleep(600)
    return imprimir_lote(folhas)


@pytest.mark.requisito("DACTE-07")
def test_processo_morto_no_meio_da_impressao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the killed print is visible; another process prints it, and no try is charged for it."""
    aviso = tmp_path / "aviso"
    monkeypatch.setenv(AVISO, str(aviso))
    monkeypatch.setattr(modulo, "imprimir_lote", parar_na_primeira)
    monkeypatch.setattr(Impressora, "_contratar", lambda _: ProcessPoolExecutor(1))
    with Instalacao(tmp_path / "i", rotas=ROTAS_COM_DACTE) as instalacao:
        chave = esperando(instalacao, monkeypatch, 1)[0]
        ate = time.monotonic() + 60
        while time.monotonic() < ate and not pdfs(instalacao):
            if aviso.exists() and (pid := aviso.read_text(encoding="ascii")) and pid != "morto":
                assert pdfs(instalacao) == []
                os.kill(int(pid), signal.SIGKILL)
                aviso.write_text("morto", encoding="ascii")
            instalacao.ponteiros.passar(1)
            instalacao.ciclo.passo()
            time.sleep(0.05)
        assert pdfs(instalacao) == [f"{chave}-dacte.pdf"]
        assert instalacao.ler(2, f"{chave}-dacte.pdf").startswith(b"%PDF")
        assert instalacao.falhas() == []
