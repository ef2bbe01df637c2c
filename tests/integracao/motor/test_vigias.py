"""Tests what the service shows of its own audit trail, and that it never mends it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from separador.acesso.banco import auditoria
from separador.banco.conexao import ARQUIVO
from separador.motor import vigias
from separador.motor.log.log import configurar, registrador
from separador.motor.vigias import VigiaDaAuditoria
from tests.apoio.instalacao import Instalacao

pytestmark = pytest.mark.requisito("BORDA-20")
QUANDO = "2026-11-20T15:00:00.000Z"


@pytest.fixture
def instalacao(tmp_path: Path) -> Instalacao:
    aberta = Instalacao(tmp_path)
    aberta.abrir()
    return aberta


def escrever(i: Instalacao, quantas: int) -> None:
    auditoria.selar(i.banco, i.dados)
    for n in range(quantas):
        with i.banco.transacao():
            auditoria.registrar(i.banco, QUANDO, "ana@x.com", "algo", str(n))
    auditoria.selar(i.banco, i.dados)


def cortar(i: Instalacao, ate: int) -> None:
    with closing(sqlite3.connect(i.dados / ARQUIVO)) as c:
        sqls = [
            r[0] for r in c.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'auditoria'")
        ]
        for gatilho in auditoria.GATILHOS:
            c.execute(f"DROP TRIGGER {gatilho}")
        c.execute("DELETE FROM auditoria WHERE id > ?", (ate,))
        for sql in sqls:
            c.execute(sql)
        c.commit()


def vigia(i: Instalacao) -> VigiaDaAuditoria:
    return i.ciclo.parte(VigiaDaAuditoria)


@pytest.mark.parametrize("selo", ["igual", "vazio", "apagado"])
def test_o_fim_cortado_e_mostrado_a_partida_e_nao_se_cura(instalacao: Instalacao, selo: str) -> None:
    escrever(instalacao, 6)
    cortar(instalacao, 4)
    arquivo = instalacao.dados / auditoria.SELO
    if selo == "vazio":
        arquivo.write_bytes(b"")
    elif selo == "apagado":
        arquivo.unlink()
    vigia(instalacao).iniciar()
    assert "SEP-AUDITORIA" in instalacao.falhas()
    for _ in range(3):
        with instalacao.banco.transacao():
            auditoria.registrar(instalacao.banco, QUANDO, "ana@x.com", "vida nova")
        instalacao.passar(vigias.DIA_S)
    assert "SEP-AUDITORIA" in instalacao.falhas()


def test_cortada_com_o_servico_ligado_aparece_no_dia_seguinte(instalacao: Instalacao) -> None:
    escrever(instalacao, 6)
    vigia(instalacao).iniciar()
    assert instalacao.falhas() == []
    cortar(instalacao, 2)
    instalacao.passar(vigias.DIA_S + 60)
    assert instalacao.falhas() == ["SEP-AUDITORIA"]


def test_selada_por_alguem_a_falha_sai_sozinha(instalacao: Instalacao) -> None:
    escrever(instalacao, 6)
    cortar(instalacao, 4)
    vigia(instalacao).iniciar()
    auditoria.selar_de_novo(instalacao.banco, instalacao.dados)
    instalacao.passar(2)
    assert instalacao.falhas() == []


def test_uma_cadeia_longa_e_conferida_aos_poucos(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigias, "LINHAS_NO_INICIO", 2)
    monkeypatch.setattr(vigias, "LINHAS_POR_PASSO", 2)
    escrever(instalacao, 7)
    cortar(instalacao, 5)
    v = vigia(instalacao)
    v.iniciar()
    assert v.pode_mover()
    assert instalacao.falhas() == []
    while v.pode_mover():
        v.passo(instalacao.ciclo.contexto.relogio.monotonico())
    assert instalacao.falhas() == ["SEP-AUDITORIA"]


def test_o_banco_trancado_enquanto_a_falha_e_escrita(instalacao: Instalacao) -> None:
    escrever(instalacao, 6)
    cortar(instalacao, 4)
    instalacao.banco.execute("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(instalacao.dados / ARQUIVO, isolation_level=None)) as outro:
        outro.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            vigia(instalacao).iniciar()
        outro.execute("ROLLBACK")
    vigia(instalacao).passo(instalacao.ciclo.contexto.relogio.monotonico())
    assert instalacao.falhas() == ["SEP-AUDITORIA"]


def test_dispensada_com_estas_palavras_nao_volta(instalacao: Instalacao) -> None:
    escrever(instalacao, 6)
    cortar(instalacao, 4)
    vigia(instalacao).iniciar()
    instalacao.banco.execute(
        "UPDATE falha SET encerrada_em = ?, encerrada_por = 'dispensada por so:ana: visto'", (QUANDO,)
    )
    vigia(instalacao).iniciar()
    assert instalacao.falhas() == []
    cortar(instalacao, 3)  # something else is wrong now
    vigia(instalacao).iniciar()
    assert instalacao.falhas() == ["SEP-AUDITORIA"]


# --- the log ---------------------------------------------------------------------------------------------------------


def test_o_log_movido_e_mostrado_ate_alguem_dispensar(instalacao: Instalacao) -> None:
    arquivo = configurar(instalacao.dados, saida=None, agora=instalacao.ciclo.contexto.agora)
    registrador().info("antes")
    (instalacao.dados / "log" / "separador.log").unlink()
    instalacao.passar(31)
    registrador().info("depois")
    instalacao.passar(31)
    assert instalacao.falhas() == ["SEP-LOG"]
    assert "movido ou apagado" in instalacao.falha("SEP-LOG")["motivo"]
    instalacao.passar(61)
    assert instalacao.falhas() == ["SEP-LOG"]
    assert arquivo is not None
    arquivo.fechar()
    configurar(None, saida=None, agora=instalacao.ciclo.contexto.agora)


def test_o_disco_do_log_cheio_e_mostrado_enquanto_dura(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    arquivo = configurar(instalacao.dados, saida=None, agora=instalacao.ciclo.contexto.agora)
    assert arquivo is not None
    with monkeypatch.context() as cheio:
        cheio.setattr(arquivo, "_acrescentar", lambda *_linhas: 0)
        registrador().info("perdida")
        instalacao.passar(31)
        assert instalacao.falhas() == ["SEP-LOG"]
    registrador().info("guardada")
    instalacao.passar(31)
    assert instalacao.falhas() == []
    assert "Linhas do log perdidas: 1" in (instalacao.dados / "log" / "separador.log").read_text()
    arquivo.fechar()
    configurar(None, saida=None, agora=instalacao.ciclo.contexto.agora)
