"""Tests which databases the service refuses, before it changes anything in them."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.banco import esquema, leitura
from separador.banco.conexao import ARQUIVO, BancoRecusadoError, abrir
from separador.motor.abertura_do_banco import abrir_para_servir
from separador.pastas.posse import instalacao

pytestmark = pytest.mark.requisito("BORDA-22")
AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def por_fora(dados: Path, *comandos: str) -> None:
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        for comando in comandos:
            c.execute(comando)
        c.commit()
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture
def dados(tmp_path: Path) -> Path:
    abrir_para_servir(tmp_path, AGORA).close()
    return tmp_path


def recusa(dados: Path) -> str:
    antes = (dados / ARQUIVO).read_bytes()
    with pytest.raises(BancoRecusadoError) as erro:
        abrir_para_servir(dados, AGORA)
    assert (dados / ARQUIVO).read_bytes() == antes
    return str(erro.value)


def test_um_banco_sem_dona_e_adotado_uma_vez(tmp_path: Path) -> None:
    abrir(tmp_path).close()
    for _ in range(2):
        with closing(abrir_para_servir(tmp_path, AGORA)) as banco:
            linha = banco.uma("SELECT id, adotada_em FROM instalacao")
    esta = instalacao.ler(tmp_path)
    assert esta is not None
    assert linha is not None
    assert tuple(linha) == (esta.id, "2026-11-20T15:00:00.000Z")


def test_o_banco_de_outra_instalacao_e_recusado(dados: Path) -> None:
    por_fora(dados, "UPDATE instalacao SET id = 'outra'")
    dito = recusa(dados)
    assert "de outra instalação (outra;" in dito
    assert "separador banco adotar --motivo" in dito


def test_a_linha_da_instalacao_nao_se_apaga(dados: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="não se apaga"):
        por_fora(dados, "DELETE FROM instalacao")


def test_migracao_desconhecida_e_de_versao_mais_nova(dados: Path) -> None:
    por_fora(
        dados,
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('separador', 'm0099_x', '2030')",
    )
    assert "versão mais nova do separador (m0099_x)" in recusa(dados)
    with pytest.raises(BancoRecusadoError):
        abrir(dados, migrar=False)  # commands write into it no more than the service


def test_coluna_que_as_migracoes_fizeram_e_falta(dados: Path) -> None:
    por_fora(dados, "DROP INDEX evento_devido", "ALTER TABLE evento DROP COLUMN proxima_em")
    assert "a coluna evento.proxima_em" in recusa(dados)


def test_guarda_tirada_e_notada_sem_recusar(dados: Path) -> None:
    por_fora(dados, "DROP TRIGGER documento_fica")
    with closing(abrir_para_servir(dados, AGORA)) as banco:
        assert esquema.comparar(banco) == esquema.Diferencas((), ("documento_fica",))


def test_um_banco_por_migrar_e_comparado_com_o_que_ja_tem(dados: Path) -> None:
    por_fora(dados, "DELETE FROM _sqlite_migrations WHERE name = 'm0009_instalacao'", "DROP TABLE instalacao")
    with closing(leitura.abrir_leitura(dados) or sqlite3.connect(":memory:")) as conexao:
        assert esquema.comparar(conexao) == esquema.Diferencas()
    por_fora(dados, "ALTER TABLE tarefa DROP COLUMN dados")
    assert "a coluna tarefa.dados" in recusa(dados)  # before anything was migrated


@pytest.mark.parametrize("dano", ["cortado", "pagina", "texto"])
def test_banco_danificado_e_recusado_antes_de_migrar(dados: Path, dano: str) -> None:
    por_fora(dados, *(f"INSERT INTO pasta VALUES ('p{n}', '{'m' * 900}')" for n in range(200)))
    arquivo = dados / ARQUIVO
    with closing(sqlite3.connect(arquivo)) as c:
        pagina = c.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pasta'").fetchone()[0] - 1
        tamanho = c.execute("PRAGMA page_size").fetchone()[0]
    with arquivo.open("r+b") as aberto:
        if dano == "cortado":
            os.truncate(arquivo, arquivo.stat().st_size // 2 // tamanho * tamanho)
        elif dano == "pagina":
            aberto.seek(pagina * tamanho + 20)
            aberto.write(b"\xff" * 200)
        else:
            aberto.write(b"isto nao e um banco")
    dito = recusa(dados)
    assert "está danificado" in dito
    assert "\n" not in dito


def test_o_exame_rapido_tem_prazo(dados: Path) -> None:
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        assert leitura.integridade(c, 0.0) == "ok"
        assert leitura.integridade(c) == "ok"
        assert leitura.integridade_inteira(c) == "ok"
