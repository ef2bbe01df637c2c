"""Tests the one way to open the database and the one way to write in it."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.banco import falhas, rotas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import ARQUIVO, Banco, abrir, instante_de, texto_de, versao_dos_dados
from separador.banco.migracoes.conjunto import MIGRACOES
from separador.capacidades.cte.banco import documentos
from separador.nucleo.falha import Falha
from tests.unidade.banco.conftest import QUANDO, levar, novo

ESCRITAS = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
COMECOS = re.compile(r"\s*BEGIN\b", re.IGNORECASE)


class Rastro:
    """Records every statement that a connection runs, as SQLite saw it."""

    def __init__(self, banco: Banco) -> None:
        self.linhas: list[str] = []
        banco.conn.set_trace_callback(self.linhas.append)

    def conferir(self) -> None:
        """Checks that every transaction that writes began IMMEDIATE. (A lone statement takes the write lock at
        once.)"""
        comeco: str | None = None
        escreveu = False
        for linha in self.linhas:
            if COMECOS.match(linha):
                comeco = linha.strip()
            elif re.match(r"\s*(COMMIT|ROLLBACK|END)\b(?!.*\bTO\b)", linha, re.IGNORECASE):
                comeco = None
            elif ESCRITAS.match(linha):
                escreveu = True
                imediata = comeco is None or re.match(r"BEGIN\s+IMMEDIATE", comeco, re.IGNORECASE)
                assert imediata, f"{comeco} antes de {linha}"
        assert escreveu, "nada foi escrito: o teste não prova nada"


def test_as_migracoes_comecam_com_immediate(tmp_path: Path) -> None:
    conexao = sqlite3.connect(tmp_path / ARQUIVO, isolation_level=None)
    with closing(Banco(conexao, execute_plugins=False)) as banco:
        rastro = Rastro(banco)
        with banco.transacao():
            MIGRACOES.apply(banco)
        rastro.conferir()


def test_as_migracoes_sozinhas_tambem(tmp_path: Path) -> None:
    """sqlite-utils opens its own transaction when nobody else did."""
    conexao = sqlite3.connect(tmp_path / ARQUIVO, isolation_level=None)
    with closing(Banco(conexao, execute_plugins=False)) as banco:
        rastro = Rastro(banco)
        MIGRACOES.apply(banco)
        rastro.conferir()


def test_as_nossas_escritas(banco: Banco) -> None:
    rastro = Rastro(banco)
    levar(banco)
    with banco.transacao():
        falhas.abrir(banco, Falha("a", "SEP-X", "m", "f"), QUANDO)
        rotas.marcar(banco, "/a", "u")
        tabela_de_pedidos.registrar(banco, "enviar", "c", None, "eu", QUANDO)
    rastro.conferir()


@pytest.mark.parametrize("chamada", ["insert", "insert_all", "upsert", "update", "delete", "create", "add_column"])
def test_chamadas_do_sqlite_utils(banco: Banco, chamada: str) -> None:
    with banco.transacao():
        banco.execute("CREATE TABLE caixa (id INTEGER PRIMARY KEY, v TEXT)")
        banco.execute("INSERT INTO caixa VALUES (1, 'a')")
    caixa = banco["caixa"]
    rastro = Rastro(banco)
    {
        "insert": lambda: caixa.insert({"id": 2, "v": "b"}),
        "insert_all": lambda: caixa.insert_all([{"id": n, "v": "b"} for n in range(2, 500)]),
        "upsert": lambda: caixa.upsert({"id": 1, "v": "c"}, pk="id"),
        "update": lambda: caixa.update(1, {"v": "c"}),
        "delete": lambda: caixa.delete(1),
        "create": lambda: banco["outra"].insert({"id": 1}, pk="id"),
        "add_column": lambda: caixa.add_column("w", str),
    }[chamada]()
    rastro.conferir()


def test_begin_a_mao(banco: Banco) -> None:
    rastro = Rastro(banco)
    banco.begin()
    rotas.marcar(banco, "/a", "1")
    banco.commit()
    rastro.conferir()


def test_dentro_de_uma_transacao_nasce_um_ponto_de_retorno(banco: Banco) -> None:
    rastro = Rastro(banco)
    with banco.transacao():
        rotas.marcar(banco, "/a", "1")
        with pytest.raises(RuntimeError, match="um documento"), banco.atomic():  # noqa: PT012
            rotas.marcar(banco, "/b", "2")
            raise RuntimeError("um documento falhou")
        banco["pasta"].insert({"caminho": "/c", "marca": "3"})
    rastro.conferir()
    assert sum(bool(COMECOS.match(linha)) for linha in rastro.linhas) == 1
    assert rotas.marcas(banco) == {"/a": "1", "/c": "3"}


def test_leitura_seguida_de_escrita_com_outro_escritor_nao_falha(banco: Banco, tmp_path: Path) -> None:
    """With a deferred BEGIN, read, commit of another writer, write fails at once with "database is locked". With
    IMMEDIATE the other writer waits."""
    with closing(abrir(tmp_path)) as outro:
        outro.conn.execute("PRAGMA busy_timeout = 0")
        with banco.transacao():
            assert rotas.marcas(banco) == {}
            with pytest.raises(sqlite3.OperationalError, match="locked"), outro.transacao():
                pass
            rotas.marcar(banco, "/a", "1")
        with outro.transacao():
            rotas.marcar(outro, "/b", "2")
    assert rotas.marcas(banco) == {"/a": "1", "/b": "2"}


def test_erro_desfaz_tudo_e_a_conexao_serve(banco: Banco) -> None:
    with pytest.raises(KeyboardInterrupt), banco.transacao():  # noqa: PT012
        rotas.marcar(banco, "/a", "1")
        raise KeyboardInterrupt
    assert rotas.marcas(banco) == {}
    with banco.transacao():
        rotas.marcar(banco, "/b", "2")
    assert rotas.marcas(banco) == {"/b": "2"}


def test_duravel_e_com_chaves_estrangeiras(banco: Banco) -> None:
    def pragma(nome: str) -> object:
        linha = banco.uma(f"PRAGMA {nome}")
        assert linha is not None
        return linha[0]

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_do_vazio_e_de_novo_sem_migrar_duas_vezes(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as um:
        levar(um)
        tabelas = set(um.table_names())
    with closing(abrir(tmp_path)) as outro:
        assert set(outro.table_names()) == tabelas
        assert documentos.por_chave(outro, novo().chave) is not None
    esperadas = {"arquivo", "documento", "assinado", "evento", "publicacao", "tarefa", "historico", "falha", "bloqueio",
                 "rota", "pasta"}  # fmt: skip
    assert esperadas <= tabelas


def test_outra_conexao_que_grava_e_percebida_sem_ler_tabelas(banco: Banco, tmp_path: Path) -> None:
    antes = versao_dos_dados(banco)
    with banco.transacao():
        rotas.marcar(banco, "/nosso", "1")
    assert versao_dos_dados(banco) == antes
    with closing(abrir(tmp_path, migrar=False)) as outro, outro.transacao():
        rotas.marcar(outro, "/dele", "1")
    assert versao_dos_dados(banco) != antes


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-11, 12))  # noqa: DTZ001
def test_instantes_em_texto_ordenam_como_instantes(quando: datetime, horas: int) -> None:
    aqui = quando.replace(tzinfo=UTC)
    la = aqui.astimezone(timezone(timedelta(hours=horas)))
    assert texto_de(la) == texto_de(aqui)
    assert instante_de(texto_de(aqui)) == aqui.replace(microsecond=aqui.microsecond // 1000 * 1000)
    assert texto_de(aqui + timedelta(milliseconds=1)) > texto_de(aqui)
