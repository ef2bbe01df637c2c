"""Tests that the running loop does nothing twice and forgets nothing, also when a step fails."""

import errno
import gc
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from separador.banco import publicacoes
from separador.capacidades.cte.arquivos import leitura
from separador.capacidades.cte.servico import envio
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.exportacoes import Exportacao
from separador.motor.desfecho import arquivamento, entrega, saidas
from separador.pastas.erros import FalhaDePasta
from tests.apoio.instalacao import Instalacao
from tests.apoio.posse import restos

Fazer = Callable[..., Instalacao]


def boa(instalacao: Instalacao, numero: int = 1) -> Exportacao:
    return ex.cte(numero, agora=instalacao.agora, variante="uma-nota")


@pytest.mark.requisito("SEP-08")
def test_tomado_sai_da_vista_antes_de_ser_lido(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    e = boa(instalacao)
    vistos: list[list[str]] = []
    original = leitura.iniciar

    def espiar(*args: Any) -> Any:
        vistos.append(instalacao.nomes(instalacao.origem(1)))
        return original(*args)

    monkeypatch.setattr(leitura, "iniciar", espiar)
    instalacao.soltar(1, "a-cte.xml", e.dados)
    assert vistos == [[]], "enquanto se trabalha nele, já não está na entrada; e se trabalha uma vez só"


@pytest.mark.requisito("SEP-08")
def test_nada_se_escreve_na_entrada(instalacao: Instalacao) -> None:
    antes = os.stat(instalacao.origem(1) / ".separador").st_mtime_ns
    instalacao.soltar(1, "a-cte.xml", boa(instalacao).dados)
    instalacao.soltar(1, "ruim-cte.xml", b"nada")
    assert [p.name for p in instalacao.origem(1).iterdir()] == [".separador"]
    assert restos(instalacao.origem(1)) == []
    assert antes


@pytest.mark.requisito("SEP-08")
def test_o_que_falhou_e_solto_de_novo_e_visto_de_novo(instalacao: Instalacao) -> None:
    """The key is the content, and a refused file is a row in a state. So no leaked key blocks the next try."""
    for vez in range(3):
        instalacao.soltar(1, "a-cte.xml", b"<CTe/>")
        linhas = instalacao.banco.todas("SELECT desfecho FROM arquivo WHERE nome = ?", b"a-cte.xml")
        assert [r["desfecho"] for r in linhas] == ["recusado"] * (vez + 1)
    instalacao.soltar(1, "a-cte.xml", boa(instalacao).dados)
    assert instalacao.desfecho("a-cte.xml") == "entregue"


@pytest.mark.requisito("CTE-12", "SEP-08")
def test_o_que_foi_aceito_uma_vez_o_e_depois_de_reiniciar(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    ret = instalacao.autorizar(e)
    instalacao.reabrir()
    instalacao.soltar(1, e.exportacao.nome, e.exportacao.dados)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.desfecho(e.exportacao.nome) == "duplicado"
    assert instalacao.desfecho(ret.nome) == "duplicado"
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("SEP-08")
def test_identidade_e_o_conteudo_e_nao_o_inode(instalacao: Instalacao) -> None:
    e = boa(instalacao)
    caminho = instalacao.por(1, "a-cte.xml", e.dados)
    inode = caminho.stat().st_ino
    instalacao.rodar()
    outra = instalacao.por(1, "a-cte.xml", boa(instalacao, 2).dados)
    assert inode
    assert outra.exists()
    instalacao.rodar()
    assert instalacao.desfecho("a-cte.xml") == "entregue", "mesmo nome, e talvez o mesmo inode, é outro documento"
    instalacao.por(1, "c-cte.xml", e.dados)
    instalacao.rodar()
    assert instalacao.desfecho("c-cte.xml") == "duplicado", "outro inode, o mesmo documento"


@pytest.mark.requisito("SEP-08")
def test_duplicado_nunca_fica_na_pasta_nem_e_apagado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    for n in range(3):
        instalacao.soltar(1, f"d{n}-cte.xml", e.exportacao.dados)
    assert instalacao.nomes(instalacao.origem(1)) == []
    assert [p.read_bytes() for p in instalacao.recortes("duplicados")] == [e.exportacao.dados] * 3


@pytest.mark.requisito("SEP-08")
def test_nome_ocupado_no_instante_da_publicacao(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program takes the name between our look and our rename. The file gets a number, is published once, and
    covers nothing."""
    e = boa(instalacao)
    alvo = instalacao.destino(1) / f"{e.chave}-cte.xml"
    original = saidas.publicacao.publicar

    def atravessar(pasta: Path, provisorio: bytes, nome: bytes) -> Any:
        if not alvo.exists():
            alvo.write_bytes(b"<de-outro/>")
        return original(pasta, provisorio, nome)

    monkeypatch.setattr(saidas.publicacao, "publicar", atravessar)
    instalacao.soltar(1, "a-cte.xml", e.dados)
    assert instalacao.nomes(1) == [alvo.name, f"{e.chave}~2-cte.xml"]
    assert alvo.read_bytes() == b"<de-outro/>"
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    ret = rt.rejeitado(
        instalacao.ler(1, f"{e.chave}~2-cte.xml"), f"{e.chave}~2-cte.xml".encode(), agora=instalacao.agora
    )
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.situacao(e.chave) == "REJEITADO PELA SEFAZ", "o retorno sem chave se liga pelo nome que saiu"


@pytest.mark.requisito("SEP-08", "SEP-05")
def test_documento_que_da_erro_vai_a_quarentena_na_terceira(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = envio.receber
    vezes: list[bytes] = []

    def falhar(grupo: Any, item: Any, parecer: Any, p: Any) -> None:
        if item.nome == b"veneno-cte.xml":
            vezes.append(item.nome)
            grupo.banco.execute("UPDATE arquivo SET notas = 'meio feito'")
            raise RuntimeError("defeito de mentira")
        original(grupo, item, parecer, p)

    monkeypatch.setattr(envio, "receber", falhar)
    for n in range(1, 6):
        instalacao.por(1, f"{n}-cte.xml", boa(instalacao, n).dados)
    instalacao.por(1, "veneno-cte.xml", boa(instalacao, 99).dados)
    instalacao.rodar()
    assert len(instalacao.nomes(1)) == 5, "os outros do grupo nada sentem"
    assert instalacao.desfecho("veneno-cte.xml") is None
    assert instalacao.falhas() == ["SEP-INCIDENTE"]
    assert instalacao.banco.uma("SELECT 1 FROM arquivo WHERE notas = 'meio feito'") is None, "o meio feito foi desfeito"
    instalacao.passar(60)
    instalacao.passar(60)
    assert len(vezes) == 4, "três tentativas; a primeira, em grupo, refeita com cada um à parte"
    assert instalacao.desfecho("veneno-cte.xml") == "quarentena"
    assert instalacao.falhas() == ["SEP-QUARENTENA"]
    assert [p.read_bytes() for p in instalacao.recortes("quarentena")] == [
        boa(instalacao, 99).dados
    ] or instalacao.recortes("quarentena")
    incidentes = [p.read_text() for p in instalacao.recortes("incidentes")]
    assert all("defeito de mentira" in texto for texto in incidentes)
    assert incidentes
    assert not any("Traceback" in str(linha) for linha in instalacao.diario.linhas)


@pytest.mark.requisito("SEP-08")
def test_erro_no_trabalhador_e_de_um_documento_so(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    original = leitura.iniciar
    veneno = boa(instalacao, 99).dados

    def falhar(dados: bytes, contexto: Any) -> Any:
        if dados == veneno:
            raise MemoryError
        return original(dados, contexto)

    monkeypatch.setattr(leitura, "iniciar", falhar)
    instalacao.por(1, "a-veneno-cte.xml", veneno)
    for n in range(1, 4):
        instalacao.por(1, f"{n}-cte.xml", boa(instalacao, n).dados)
    instalacao.rodar()
    assert len(instalacao.nomes(1)) == 3
    for _ in range(3):
        instalacao.passar(60)
    assert instalacao.desfecho("a-veneno-cte.xml") == "quarentena"


@pytest.mark.requisito("SEP-08")
def test_incidentes_contam_atraves_de_reinicios(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    def falhar(*_: Any) -> None:
        raise RuntimeError("defeito de mentira")

    monkeypatch.setattr(envio, "receber", falhar)
    instalacao.soltar(1, "a-cte.xml", boa(instalacao).dados)
    for _ in range(2):
        instalacao.reabrir()
        instalacao.passar(60)
    assert instalacao.desfecho("a-cte.xml") == "quarentena"


@pytest.mark.requisito("SEP-08")
def test_ordem_que_da_erro_nao_para_o_laco(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    from separador.capacidades.cte.servico import pedidos

    e = instalacao.autorizado(1)
    monkeypatch.setattr(pedidos, "executar", lambda *_: 1 / 0)
    tarefa = instalacao.ordenar("cancelar", e.chave, "MOTIVO COMPRIDO BASTANTE")
    assert (tarefa["estado"], tarefa["codigo"]) == ("recusada", "SEP-INCIDENTE")
    assert "Traceback" not in tarefa["mensagem"]
    monkeypatch.undo()
    assert instalacao.ordenar("cancelar", e.chave, "MOTIVO COMPRIDO BASTANTE")["estado"] == "feita"


@pytest.mark.requisito("SEP-04", "SEP-08")
def test_banco_que_nao_grava_nada_publica(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first commit fails. Nothing is visible, the original is still ours, and the next try does it all."""
    e = boa(instalacao)
    original = publicacoes.inserir

    def cheio(*_: Any, **__: Any) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(publicacoes, "inserir", cheio)
    instalacao.por(1, "a-cte.xml", e.dados)
    instalacao.ponteiros.passar(1.1)
    with pytest.raises(sqlite3.OperationalError):
        instalacao.rodar()
    assert instalacao.nomes(1) == []
    assert not instalacao.tem(e.chave)
    assert [p.name for p in instalacao.recortes("trabalho")] == ["a-cte.xml"]
    monkeypatch.setattr(publicacoes, "inserir", original)
    instalacao.rodar()
    instalacao.rodar()
    assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    instalacao.reabrir()
    assert restos(instalacao.destino(1)) == [], "a sobra foi varrida"


@pytest.mark.requisito("SEP-08")
def test_segundo_commit_falha_e_nada_se_repete(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    e = boa(instalacao)

    confirmar = entrega._confirmar

    def cheio(dela: Any, linhas: Any, *resto: Any) -> None:
        if linhas:
            raise sqlite3.OperationalError("database or disk is full")
        confirmar(dela, linhas, *resto)

    monkeypatch.setattr(entrega, "_confirmar", cheio)
    instalacao.por(1, "a-cte.xml", e.dados)
    with pytest.raises(sqlite3.OperationalError):
        instalacao.rodar()
    assert instalacao.pegar(1, f"{e.chave}-cte.xml"), "visível, e o transmissor já levou"
    assert instalacao.situacao(e.chave) == "NÃO ENVIADO"
    monkeypatch.undo()
    instalacao.rodar()
    instalacao.rodar()
    assert instalacao.nomes(1) == [], "não sai outra vez"
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert len(instalacao.banco.todas("SELECT 1 FROM arquivo")) == 1


@pytest.mark.requisito("SEP-05", "SEP-08")
def test_publicacao_que_falha_espera_e_sai_depois(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rename fails for a while (EIO on a network folder). The failure is shown, each reading tries again, and it is
    done once."""
    e = boa(instalacao)

    def falhar(pasta: Path, provisorio: bytes, nome: bytes) -> Any:
        raise FalhaDePasta(pasta, OSError(errno.EIO, "Input/output error"))

    monkeypatch.setattr(saidas.publicacao, "publicar", falhar)
    instalacao.soltar(1, "a-cte.xml", e.dados)
    instalacao.passar(10)
    assert instalacao.nomes(1) == []
    assert instalacao.situacao(e.chave) == "NÃO ENVIADO"
    assert len(instalacao.falhas()) == 1
    monkeypatch.undo()
    instalacao.passar(2)
    assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-08")
def test_arquivamento_que_falha_e_refeito(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    e = boa(instalacao)

    def falhar(origem: bytes, destino: Path, nome: bytes) -> Any:
        raise FalhaDePasta(destino, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(arquivamento, "arquivar", falhar)
    instalacao.soltar(1, "a-cte.xml", e.dados)
    assert instalacao.desfecho("a-cte.xml") == "entregue", "o desfecho não depende da guarda"
    assert [p.name for p in instalacao.recortes("trabalho")] == ["a-cte.xml"], "o original não se perde"
    monkeypatch.undo()
    instalacao.reabrir()
    instalacao.rodar()
    assert instalacao.recortes("trabalho") == []
    assert [p.read_bytes() for p in instalacao.recortes("arquivo")] == [e.dados]
    assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]


def test_nada_e_retransmitido_so_porque_o_tempo_passou(instalacao: Instalacao) -> None:
    """Time alone sends nothing again. A document without answer is shown, and never sent again by itself."""
    e = instalacao.enviado(1)
    instalacao.passar(30 * 86400)
    instalacao.reabrir()
    instalacao.passar(86400)
    assert instalacao.nomes(1) == []
    assert instalacao.falhas(e.chave) == ["SEP-PRAZO-RETORNO"]


def test_a_tomada_e_um_estado_e_nao_um_apagamento(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(instalacao.ciclo.despacho), "enviar", lambda *_: None)
    e = boa(instalacao)
    instalacao.por(1, "a-cte.xml", e.dados)
    instalacao.ponteiros.passar(1.1)
    instalacao.ciclo.passo()
    (tomado,) = instalacao.recortes("trabalho")
    assert tomado.read_bytes() == e.dados
    monkeypatch.undo()
    instalacao.reabrir()
    instalacao.passar(5)
    assert instalacao.desfecho("a-cte.xml") == "entregue"


def test_uma_leitura_e_uma_transacao_por_grupo(instalacao: Instalacao) -> None:
    for n in range(1, 41):
        instalacao.por(1, f"{n}-cte.xml", boa(instalacao, n).dados)
    comecos: list[str] = []
    instalacao.banco.conn.set_trace_callback(lambda sql: comecos.append(sql) if sql.startswith("BEGIN") else None)
    instalacao.rodar()
    instalacao.banco.conn.set_trace_callback(None)
    assert len(instalacao.nomes(1)) == 40
    assert len(comecos) <= 6, f"{len(comecos)} transações para um grupo de 40"


@pytest.mark.parametrize("voltas", [60, pytest.param(200, marks=pytest.mark.longo)])
def test_descritores_estaveis_em_muitas_voltas(instalacao: Instalacao, voltas: int) -> None:
    def abertos() -> Counter[str]:
        nomes: Counter[str] = Counter()
        for fd in os.listdir("/proc/self/fd"):
            with suppress(FileNotFoundError):  # the listing's own
                nomes[re.sub(r"\d+", "#", os.readlink(f"/proc/self/fd/{fd}"))] += 1
        return nomes

    instalacao.soltar(1, "0-cte.xml", boa(instalacao, 1000).dados)
    instalacao.rotas[3]["arquivo"] = [".txt"]
    instalacao.gravar_config()
    instalacao.rodar()
    gc.collect()  # what earlier tests of this process left open is closed now, not in the middle
    antes = abertos()
    for volta in range(voltas):
        instalacao.ponteiros.passar(1.1)
        if volta % 20 == 0:
            instalacao.rotas[3]["arquivo"] = [".txt", f".t{volta}"]  # the routes are adopted anew
            instalacao.gravar_config()
            instalacao.por(1, f"{volta}-cte.xml", boa(instalacao, volta + 1).dados)
        instalacao.ciclo.passo()
    instalacao.rodar()
    assert abertos() - antes == Counter()
    instalacao.reabrir()
    instalacao.reabrir()
    assert (abertos() - antes).total() <= 1
