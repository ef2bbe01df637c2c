"""The summary in the database: counted once in the commit, whatever is killed, the past too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.movimento import banco as tabela
from separador.capacidades.movimento.dominio import Contado
from separador.capacidades.movimento.servico import contar, fontes
from tests.apoio.banco_de_anos import ABERTOS, encher

QUANTOS = 6_000


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    encher(tmp_path, QUANTOS)
    with closing(abrir(tmp_path)) as aberto:
        yield aberto


def somas(banco: Banco) -> dict[str, tuple[int, int]]:
    linhas = banco.todas("SELECT desfecho, sum(quantos) AS n, sum(valor) AS valor FROM resumo GROUP BY desfecho")
    return {linha["desfecho"]: (linha["n"], linha["valor"]) for linha in linhas}


def recomecar(banco: Banco) -> None:
    with banco.transacao():
        tabela.recomecar(banco, fontes())


ESPERADO = {
    "autorizado": (QUANTOS, sum(10_000 + i % 90_000 for i in range(1, QUANTOS + 1))),
    "entregue": (QUANTOS - ABERTOS, 0),
}
"""The generator gives each document one authorisation, whatever became of it later."""


class MortoError(Exception):
    """The process ends here."""


@pytest.mark.requisito("USO-06")
def test_refazer_morto_no_meio_continua_e_conta_uma_vez_so(banco: Banco, monkeypatch: pytest.MonkeyPatch) -> None:
    recomecar(banco)
    somar, vezes = tabela._somar, [0]

    def morrer(c: Banco, linhas: str, *valores: object) -> None:
        somar(c, linhas, *valores)
        vezes[0] += 1
        if vezes[0] % 2:
            raise MortoError  # after the sum, before the note of how far it came

    monkeypatch.setattr(tabela, "_somar", morrer)
    acabou = False
    while not acabou:
        try:
            acabou = not tabela.contar_passado(banco, fontes())
        except MortoError:
            continue
    assert somas(banco) == ESPERADO
    assert not tabela.passado(banco.conn).falta


@pytest.mark.requisito("USO-06")
def test_o_que_acontece_enquanto_se_refaz_conta_uma_vez(banco: Banco) -> None:
    recomecar(banco)
    tabela.contar_passado(banco, fontes())
    aberto = QUANTOS  # a file that had no outcome when the past was closed
    with banco.transacao():
        banco.execute(
            "UPDATE arquivo SET desfecho = 'recusado', codigo = '215', terminado_em = '2026-11-30T15:00:00.000Z'"
            " WHERE id = ?",
            (aberto,),
        )
        banco.execute(
            "UPDATE documento SET situacao = 'AUTORIZADO PELA SEFAZ', causa = 'retorno de autorização',"
            " causa_cstat = '100', atualizado_em = '2026-11-30T15:00:01.000Z' WHERE id = ?",
            (aberto,),
        )
        contar(banco, [aberto])
    while tabela.contar_passado(banco, fontes()):
        pass
    valor = 10_000 + aberto % 90_000
    autorizados, soma = ESPERADO["autorizado"]
    assert somas(banco) == {
        **ESPERADO,
        "recusado": (1, 0),
        "autorizado": (autorizados + 1, soma + valor),
    }
    (nova,) = [c for c in tabela.contados(banco.conn, "2026-11-30T15", "2026-11-30T16") if c.desfecho == "recusado"]
    assert (nova.cstat, nova.rota, nova.quantos) == ("215", 1, 1)


@pytest.mark.requisito("USO-06")
def test_o_relogio_que_voltou_conta_na_hora_que_ele_disse(banco: Banco) -> None:
    with banco.transacao():
        banco.execute(
            "UPDATE documento SET situacao = 'REJEITADO PELA SEFAZ', causa = 'retorno de rejeição',"
            " causa_cstat = '215', atualizado_em = '2019-01-01T00:00:00.000Z' WHERE id = ?",
            (QUANTOS,),
        )
        contar(banco)
        banco.execute(
            "UPDATE documento SET situacao = 'AUTORIZADO PELA SEFAZ', causa = 'retorno sem pedido',"
            " causa_cstat = '100', atualizado_em = '2019-01-01T00:00:01.000Z' WHERE id = ?",
            (QUANTOS,),
        )
        contar(banco)
    da_hora = list(tabela.contados(banco.conn, "2019-01-01T00", "2019-01-01T01"))
    assert {(c.desfecho, c.cstat, c.quantos) for c in da_hora} == {("autorizado", "100", 1), ("rejeitado", "215", 1)}
    (autorizado,) = [c for c in da_hora if c.desfecho == "autorizado"]
    assert autorizado.tempos == (1, *[0] * 11)  # no time is negative


@pytest.mark.requisito("USO-06")
def test_um_banco_novo_nao_tem_passado(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as banco:
        assert not tabela.passado(banco.conn).falta
        assert {r["fonte"] for r in banco.todas("SELECT fonte FROM resumo_fonte")} == {*fontes(), tabela.DE_ARQUIVOS}
        assert list(tabela.contados(banco.conn, "", "9")) == []
    with closing(sqlite3.connect(":memory:")) as antigo:
        assert not tabela.existe(antigo)


@pytest.mark.requisito("USO-06")
def test_uma_fonte_nova_comeca_com_o_seu_passado(banco: Banco) -> None:
    banco.execute("DELETE FROM resumo_fonte WHERE fonte = 'documento'")
    banco.execute("DELETE FROM resumo")
    with banco.transacao():
        contar(banco)
    assert somas(banco) == {}
    assert tabela.passado(banco.conn).total == 3 * QUANTOS + 2
    assert isinstance(next(iter(_contados_de_tudo(banco))), Contado)


def _contados_de_tudo(banco: Banco) -> Iterator[Contado]:
    while tabela.contar_passado(banco, fontes()):
        pass
    return tabela.contados(banco.conn, "", "9")


@pytest.mark.requisito("USO-06")
def test_o_que_outro_programa_gravou_sem_contar_e_contado_aos_poucos(
    banco: Banco, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older program may have worked on the database for months: a commit of now does not wait for all of it."""
    with banco.transacao():
        banco.execute("DELETE FROM resumo")
        banco.execute("UPDATE resumo_fonte SET ate = 0")
    monkeypatch.setattr(tabela, "DE_CADA_VEZ", 2_500)
    vezes, falta = 0, True
    while falta:
        with banco.transacao():
            falta = contar(banco)
        vezes += 1
        assert sum(n for n, _ in somas(banco).values()) <= 2_500 * vezes
    assert vezes == -(-(3 * QUANTOS + 2) // 2_500)
    assert somas(banco)["autorizado"] == ESPERADO["autorizado"]
