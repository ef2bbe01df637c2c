"""Tests the audit trail: nobody changes it, and a change made past the database's guards is found."""

import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from separador.acesso.banco import auditoria
from separador.banco.conexao import ARQUIVO, Banco
from separador.banco.migracoes import m0003_acesso
from tests.integracao.usuarios import QUANDO

RESTO = "acao, alvo, resultado, detalhe"


@pytest.fixture
def cheia(banco: Banco, tmp_path: Path) -> Banco:
    auditoria.selar(banco, tmp_path)
    for n in range(1, 6):
        with banco.transacao():
            auditoria.registrar(banco, QUANDO, "ana@x.com", "pedido cancelar", f"chave{n}", detalhe=f"nº {n}")
    auditoria.selar(banco, tmp_path)
    return banco


def por_fora(tmp_path: Path, *comandos: str, devolver: bool = True) -> None:
    """Does what somebody with the file can do: removes the triggers, changes rows, puts the triggers back."""
    partes = m0003_acesso.ROTEIRO.split("CREATE TRIGGER ")
    with closing(sqlite3.connect(tmp_path / ARQUIVO)) as c:
        for gatilho in auditoria.GATILHOS:
            c.execute(f"DROP TRIGGER {gatilho}")
        for comando in comandos:
            c.execute(comando)
        for gatilho in auditoria.GATILHOS if devolver else ():
            corpo = next(p for p in partes if p.startswith(gatilho)).partition("END;")[0]
            c.execute(f"CREATE TRIGGER {corpo}END;")
        c.commit()


@pytest.mark.requisito("PROC-05")
def test_a_cadeia_confere(cheia: Banco, tmp_path: Path) -> None:
    assert auditoria.conferir(cheia, tmp_path) == (5, [])
    linhas = auditoria.listar(cheia)
    assert [r["id"] for r in linhas] == [5, 4, 3, 2, 1]
    assert all(nova["anterior"] == velha["elo"] for nova, velha in pairwise(linhas))
    assert linhas[-1]["anterior"] == ""


@pytest.mark.requisito("PROC-05")
@pytest.mark.parametrize("sql", [
    "UPDATE auditoria SET quem = 'outro' WHERE id = 2",
    "UPDATE auditoria SET elo = elo",
    "DELETE FROM auditoria WHERE id = 5",
    "DELETE FROM auditoria",
    f"INSERT OR REPLACE INTO auditoria SELECT 2, quando, 'outro', {RESTO}, anterior, elo FROM auditoria WHERE id = 2",
    f"REPLACE INTO auditoria SELECT 5, quando, 'outro', {RESTO}, anterior, elo FROM auditoria WHERE id = 5",
    f"INSERT INTO auditoria SELECT 7, quando, quem, {RESTO}, elo, elo FROM auditoria WHERE id = 5",
    f"INSERT INTO auditoria SELECT 6, quando, quem, {RESTO}, 'x', elo FROM auditoria WHERE id = 5",
    f"INSERT INTO auditoria SELECT 6, quando, quem, {RESTO}, elo, 'curto' FROM auditoria WHERE id = 5",
    f"INSERT INTO auditoria SELECT 5, '', '', {RESTO}, '', '' FROM auditoria WHERE 1 ON CONFLICT DO UPDATE SET id = 9",
    f"INSERT INTO auditoria SELECT NULL, quando, quem, {RESTO}, elo, elo FROM auditoria WHERE id = 5",
])  # fmt: skip
def test_o_banco_nao_deixa_mexer_nem_por_uma_conexao_nua(cheia: Banco, tmp_path: Path, sql: str) -> None:
    with closing(sqlite3.connect(tmp_path / ARQUIVO)) as nua, pytest.raises(sqlite3.IntegrityError, match="auditoria"):
        nua.execute(sql)
    assert auditoria.conferir(cheia, tmp_path) == (5, [])


@pytest.mark.requisito("PROC-05")
@pytest.mark.parametrize(("sql", "trecho"), [
    *((f"UPDATE auditoria SET {campo} = 'x' WHERE id = 3", "A linha 3")
      for campo in ("quando", "quem", "acao", "alvo", "detalhe", "elo")),
    ("UPDATE auditoria SET resultado = 'recusado' WHERE id = 3", "A linha 3"),
    ("UPDATE auditoria SET anterior = 'x' WHERE id = 3", "A linha 3"),
    ("DELETE FROM auditoria WHERE id = 3", "Faltam as linhas 3 a 3"),
    ("DELETE FROM auditoria WHERE id <= 2", "Faltam as linhas 1 a 2"),
    ("DELETE FROM auditoria WHERE id >= 4", "já teve 5 linhas e agora tem 3"),
    ("DELETE FROM auditoria", "já teve 5 linhas e agora tem 0"),
])  # fmt: skip
def test_quem_mexe_no_arquivo_e_descoberto(cheia: Banco, tmp_path: Path, sql: str, trecho: str) -> None:
    por_fora(tmp_path, sql)
    _, problemas = auditoria.conferir(cheia, tmp_path)
    assert any(trecho in p for p in problemas), problemas


@pytest.mark.requisito("PROC-05")
def test_reescrever_a_cadeia_inteira_nao_engana_o_selo(cheia: Banco, tmp_path: Path) -> None:
    linhas = list(reversed(auditoria.listar(cheia)))
    por_fora(tmp_path, "DELETE FROM auditoria")
    for r in linhas:
        with cheia.transacao():
            quem = "inocente@x.com" if r["id"] == 2 else r["quem"]
            auditoria.registrar(cheia, r["quando"], quem, r["acao"], r["alvo"], detalhe=r["detalhe"])
    _, problemas = auditoria.conferir(cheia, tmp_path)
    assert problemas == ["A linha 5 não é a que foi selada: a auditoria foi reescrita, ou o banco é de outra cópia."]


def test_protecao_tirada_aparece(cheia: Banco, tmp_path: Path) -> None:
    por_fora(tmp_path, devolver=False)
    _, problemas = auditoria.conferir(cheia, tmp_path)
    assert problemas == [f"A proteção {g} foi tirada do banco." for g in auditoria.GATILHOS]


def test_tabela_tirada_aparece(cheia: Banco, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / ARQUIVO)) as c:
        c.execute("DROP TABLE auditoria")
    assert auditoria.conferir(cheia, tmp_path) == (0, ["A auditoria foi tirada do banco."])


@pytest.mark.requisito("PROC-05")
def test_banco_restaurado_de_copia_antiga_e_notado_e_aceito_por_alguem(cheia: Banco, tmp_path: Path) -> None:
    with cheia.transacao():
        auditoria.registrar(cheia, QUANDO, "ana@x.com", "depois da cópia")
    auditoria.selar(cheia, tmp_path)
    por_fora(tmp_path, "DELETE FROM auditoria WHERE id = 6")
    with cheia.transacao():
        auditoria.registrar(cheia, QUANDO, "ana@x.com", "vida nova")
    auditoria.selar(cheia, tmp_path)  # the everyday sealing does not hide it
    _, problemas = auditoria.conferir(cheia, tmp_path)
    assert problemas == ["A linha 6 não é a que foi selada: a auditoria foi reescrita, ou o banco é de outra cópia."]
    auditoria.selar_de_novo(cheia, tmp_path)
    assert auditoria.conferir(cheia, tmp_path) == (6, [])


@pytest.mark.parametrize("conteudo", ["", "[]", "{}", '{"id": "x", "elo": 1}', "\xff"])
def test_selo_perdido_ou_estragado(cheia: Banco, tmp_path: Path, conteudo: str) -> None:
    (tmp_path / auditoria.SELO).write_text(conteudo, encoding="latin-1")
    _, problemas = auditoria.conferir(cheia, tmp_path)
    assert problemas == ["O selo (auditoria.selo) falta ou não se lê: não há como saber se o fim foi cortado."]
    auditoria.selar(cheia, tmp_path)  # a lost seal is never made afresh by itself
    assert auditoria.conferir(cheia, tmp_path) == (5, problemas)
    auditoria.selar_de_novo(cheia, tmp_path)
    assert auditoria.conferir(cheia, tmp_path) == (5, [])


@pytest.mark.requisito("BORDA-20")
@pytest.mark.parametrize("apagar", [True, False])
@pytest.mark.parametrize("sobram", [0, 3])
def test_fim_cortado_com_o_selo_vazio_ou_apagado_nao_se_cura(
    cheia: Banco, tmp_path: Path, sobram: int, apagar: bool
) -> None:
    por_fora(tmp_path, f"DELETE FROM auditoria WHERE id > {sobram}")
    (tmp_path / auditoria.SELO).unlink() if apagar else (tmp_path / auditoria.SELO).write_bytes(b"")
    for _ in range(4):  # it goes on being used
        auditoria.selar(cheia, tmp_path)
        assert auditoria.conferir(cheia, tmp_path)[1] != []
        with cheia.transacao():
            auditoria.registrar(cheia, QUANDO, "ana@x.com", "vida nova")


@pytest.mark.requisito("BORDA-20")
def test_um_fim_cortado_que_voltou_a_crescer_nao_e_selado(cheia: Banco, tmp_path: Path) -> None:
    por_fora(tmp_path, "DELETE FROM auditoria WHERE id > 3")
    for _ in range(6):
        with cheia.transacao():
            auditoria.registrar(cheia, QUANDO, "ana@x.com", "vida nova")
        auditoria.selar(cheia, tmp_path)
    assert auditoria.ler_selo(tmp_path) != (9, auditoria.listar(cheia)[0]["elo"])
    assert "A linha 5 não é a que foi selada" in auditoria.conferir(cheia, tmp_path)[1][0]


@pytest.mark.requisito("BORDA-20")
def test_uma_auditoria_nova_tem_selo_antes_da_primeira_linha(banco: Banco, tmp_path: Path) -> None:
    auditoria.selar(banco, tmp_path)
    assert auditoria.ler_selo(tmp_path) == (0, "")
    assert auditoria.conferir(banco, tmp_path) == (0, [])


@pytest.mark.requisito("BORDA-20")
@pytest.mark.parametrize("passo", [1, 2, 5, 100])
def test_conferida_aos_poucos_diz_o_mesmo(cheia: Banco, tmp_path: Path, passo: int) -> None:
    por_fora(tmp_path, "UPDATE auditoria SET quem = 'x' WHERE id = 2", "DELETE FROM auditoria WHERE id >= 4")
    conferencia = auditoria.Conferencia(cheia, tmp_path)
    while not conferencia.continuar(passo):
        pass
    assert (conferencia.quantas, conferencia.problemas) == auditoria.conferir(cheia, tmp_path)
    assert len(conferencia.problemas) == 2


def test_o_que_falha_nao_deixa_linha(banco: Banco, tmp_path: Path) -> None:
    def falhar() -> None:
        with banco.transacao():
            auditoria.registrar(banco, QUANDO, "ana@x.com", "algo")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        falhar()
    assert auditoria.conferir(banco, tmp_path) == (0, [])


def test_texto_de_fora_nao_quebra_linha_nem_cadeia(banco: Banco, tmp_path: Path) -> None:
    auditoria.selar(banco, tmp_path)
    with banco.transacao():
        auditoria.registrar(banco, QUANDO, "a\nb", "x\udcff", "\x1b[31m", detalhe="y" * 2000)
    linha = auditoria.listar(banco)[0]
    assert json.dumps(dict(linha)).isascii()
    assert "\n" not in linha["quem"]
    assert len(linha["detalhe"]) == 500
    auditoria.selar(banco, tmp_path)
    assert auditoria.conferir(banco, tmp_path) == (1, [])


def test_listar_escolhe(cheia: Banco) -> None:
    with cheia.transacao():
        auditoria.registrar(cheia, QUANDO, "bia@x.com", "cte enviar", resultado=auditoria.RECUSADO)
    assert [r["id"] for r in auditoria.listar(cheia, quem="bia@x.com")] == [6]
    assert [r["id"] for r in auditoria.listar(cheia, recusados=True)] == [6]
    assert len(auditoria.listar(cheia, limite=2)) == 2
