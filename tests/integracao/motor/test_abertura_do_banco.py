"""Tests which databases the service refuses, before it changes anything in them."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador import __version__
from separador.banco import esquema, leitura
from separador.banco.conexao import ARQUIVO, Banco, BancoRecusadoError, abrir
from separador.banco.migracoes import conjunto
from separador.banco.versoes import marca
from separador.motor import abertura_do_banco
from separador.motor.abertura_do_banco import abrir_para_servir
from separador.pastas.posse import instalacao
from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.requisito("BORDA-22"), pytest.mark.usefixtures("banco_das_migracoes")]
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


def ate(dados: Path, migracao: str) -> None:
    """Makes the database anew, by the migrations before this one."""
    (dados / ARQUIVO).unlink()
    with closing(sqlite3.connect(dados / ARQUIVO, isolation_level=None)) as conexao:
        conexao.row_factory = sqlite3.Row
        conjunto.MIGRACOES.apply(Banco(conexao, execute_plugins=False), stop_before=[migracao])


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


NOVA = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('separador', 'm0099_x', '2030')"


@pytest.mark.requisito("OPS-01")
def test_banco_de_versao_que_quebra_com_a_nossa_e_recusado_por_todos(dados: Path) -> None:
    por_fora(dados, NOVA, "UPDATE instalacao SET versao_minima = '99.2.0', escrita_por = '99.2.1'")
    dito = recusa(dados)
    assert "gravado pelo separador 99.2.1" in dito
    assert "abre da versão 99.2.0 em diante" in dito
    assert f"este programa é o {__version__}" in dito
    assert dito.endswith("separador banco voltar")
    with pytest.raises(BancoRecusadoError):
        abrir(dados, migrar=False)  # commands write into it no more than the service
    with pytest.raises(BancoRecusadoError):
        leitura.abrir_leitura(dados)


@pytest.mark.requisito("OPS-01")
def test_banco_a_que_a_versao_mais_nova_so_acrescentou_continua_a_abrir(dados: Path) -> None:
    por_fora(
        dados,
        NOVA,
        "ALTER TABLE pasta ADD COLUMN nova TEXT",
        "DROP TRIGGER documento_fica",
        "CREATE TRIGGER documento_fica BEFORE DELETE ON documento BEGIN SELECT RAISE(ABORT, 'outra frase'); END",
        "UPDATE instalacao SET escrita_por = '99.0.0'",
    )
    with closing(abrir_para_servir(dados, AGORA)) as banco:
        assert esquema.comparar(banco) == esquema.Diferencas()
        assert marca.ler(banco) == marca.Marca(__version__, "0.1.0")
    por_fora(dados, "ALTER TABLE evento RENAME COLUMN motivo TO outro")
    assert "a coluna evento.motivo" in recusa(dados)


@pytest.mark.requisito("OPS-01")
def test_o_que_nao_e_versao_nao_se_entende(dados: Path) -> None:
    por_fora(dados, "UPDATE instalacao SET versao_minima = 'futura'")
    assert "abre da versão futura em diante" in recusa(dados)


@pytest.mark.requisito("OPS-01")
def test_o_programa_abre_o_banco_que_ele_mesmo_faz(dados: Path) -> None:
    with closing(abrir(dados)) as banco:
        lida = marca.ler(banco)
    assert lida is not None
    assert lida.escrita_por == __version__
    assert marca.numeros(lida.minima) <= marca.numeros(__version__)
    marca.exigir(lida, "10.0.0")  # by number, not by letter
    with pytest.raises(BancoRecusadoError):
        marca.exigir(marca.Marca(None, "10.0.0"), "9.12.3")


def test_a_versao_que_procura_o_que_esta_em_maos_em_outro_lugar_recusa(
    dados: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program before `m0010_em_maos` knows one migration less: it would not find the claims in our corners. Neither
    the database says its version yet, nor does that program ask: the migrations tell."""
    ate(dados, "m0016_versoes")
    monkeypatch.setattr(esquema, "_modelo", esquema._modelo.__wrapped__)  # made by the migrations of this program
    anterior = conjunto.nomes_das_migracoes()[: conjunto.nomes_das_migracoes().index("m0010_em_maos")]
    monkeypatch.setattr(conjunto.MIGRACOES, "_migrations", conjunto.MIGRACOES._migrations[: len(anterior)])
    assert conjunto.nomes_das_migracoes() == anterior
    assert "versão mais nova do separador (m0010_em_maos, " in recusa(dados)


def test_coluna_que_as_migracoes_fizeram_e_falta(dados: Path) -> None:
    por_fora(dados, "DROP INDEX evento_devido", "ALTER TABLE evento DROP COLUMN proxima_em")
    assert "a coluna evento.proxima_em" in recusa(dados)


def test_guarda_tirada_e_notada_sem_recusar(dados: Path) -> None:
    por_fora(dados, "DROP TRIGGER documento_fica")
    with closing(abrir_para_servir(dados, AGORA)) as banco:
        assert esquema.comparar(banco) == esquema.Diferencas((), ("documento_fica",))


def test_um_banco_por_migrar_e_comparado_com_o_que_ja_tem(dados: Path) -> None:
    ate(dados, "m0009_instalacao")
    with closing(leitura.abrir_leitura(dados) or sqlite3.connect(":memory:")) as conexao:
        assert esquema.comparar(conexao) == esquema.Diferencas()
    por_fora(dados, "ALTER TABLE tarefa DROP COLUMN dados")
    assert "a coluna tarefa.dados" in recusa(dados)  # before anything was migrated


def danificar(arquivo: Path, dano: str) -> None:
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


def ha_grupo(grupo: int) -> bool:
    try:
        os.killpg(grupo, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("dano", ["cortado", "pagina", "texto"])
def test_banco_danificado_e_recusado_antes_de_migrar(dados: Path, dano: str) -> None:
    por_fora(dados, *(f"INSERT INTO pasta VALUES ('p{n}', '{'m' * 900}')" for n in range(200)))
    danificar(dados / ARQUIVO, dano)
    dito = recusa(dados)
    assert "está danificado" in dito
    assert "\n" not in dito


def test_o_exame_rapido_tem_prazo(dados: Path) -> None:
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        assert leitura.integridade(c, 0.0) == "ok"
        assert leitura.integridade(c) == "ok"
        assert leitura.integridade_inteira(c) == "ok"


def test_o_que_corre_ao_lado_do_exame_acaba_antes_da_primeira_escrita(
    dados: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ditos: list[str] = []
    ao_lado = threading.Event()

    def exame(c: sqlite3.Connection) -> str:
        assert ao_lado.wait(10), "o exame não deixou nada correr ao lado"
        ditos.append("exame")
        return verdadeiro(c)

    def escrita(dados: Path, *, andamento: Callable[[], object]) -> Banco:
        ditos.append("escrita")
        andamento()
        return abrir(dados)

    def enquanto() -> None:
        ditos.append("ao lado")
        ao_lado.set()

    verdadeiro = leitura.integridade
    monkeypatch.setattr(leitura, "integridade", exame)
    monkeypatch.setattr(abertura_do_banco, "abrir", escrita)
    abrir_para_servir(dados, AGORA, enquanto).close()
    assert ditos == ["ao lado", "exame", "escrita"]


def test_o_exame_nao_sobra_quando_o_que_corre_ao_lado_falha(dados: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def falhar() -> None:
        raise RuntimeError("a parte não carrega")

    monkeypatch.setattr(abertura_do_banco, "abrir", lambda *_, **__: pytest.fail("o banco foi aberto para escrever"))
    with pytest.raises(RuntimeError, match="a parte não carrega"):
        abrir_para_servir(dados, AGORA, falhar)
    assert not [f.name for f in threading.enumerate() if f.name.startswith("exame")]


def test_com_banco_danificado_o_servico_nao_comeca_nem_toca_em_nada(tmp_path: Path) -> None:
    """The fork server of the workers begins to load beside the look, and does not stay."""
    with Maquina(tmp_path, trabalhadores=1) as maquina:
        maquina.uma_vez()
        por_fora(maquina.dados, *(f"INSERT INTO pasta VALUES ('p{n}', '{'m' * 900}')" for n in range(200)))
        danificar(maquina.dados / ARQUIVO, "pagina")
        maquina.soltar(4, "a.txt", b"1")
        antes = (maquina.dados / ARQUIVO).read_bytes()
        servico = maquina.executar(pronto=False)
        assert servico.wait(30) == 2
        assert "está danificado" in (tmp_path / "servico.log").read_text("utf-8")
        assert (maquina.dados / ARQUIVO).read_bytes() == antes
        assert maquina.listar(maquina.origem(4)) == ["a.txt"]
        maquina.esperar(lambda: not ha_grupo(servico.pid), 30, "um processo ficou")
