"""Tests what an operator sees of a database that is not the right one."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from separador import __version__
from separador.banco.conexao import ARQUIVO
from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("BORDA-22")
ROTA = [{"id": 1, "ativo": True, "regra": "mover", "origem": "e", "destino": "s", "arquivo": ".txt"}]


@pytest.fixture
def m(tmp_path: Path) -> Maquina:
    maquina = Maquina(tmp_path, rotas=ROTA, com_certificado=False, reserva_disco_mb=0)
    maquina.soltar(1, "a.txt", b"a")
    assert maquina.uma_vez().returncode == 0
    return maquina


def copia(m: Maquina, para: Path) -> None:
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as b, closing(sqlite3.connect(para)) as c:
        b.backup(c)


def tirar(m: Maquina) -> None:
    for parte in m.dados.glob(f"{ARQUIVO}*"):
        parte.unlink()


def codigos(m: Maquina) -> list[str]:
    return sorted(f["codigo"] for f in m.json("falhas"))


def erros(m: Maquina, *opcoes: str) -> str:
    achados = m.json("verificar", *opcoes)
    return " ".join(c["mensagem"] for c in achados if c["estado"] == "erro" and c["verificacao"].startswith("banco"))


def test_a_copia_de_ontem_devolvida_e_notada_ate_alguem_dispensar(m: Maquina, tmp_path: Path) -> None:
    copia(m, tmp_path / "ontem.db")
    m.soltar(1, "b.txt", b"b")
    m.uma_vez()
    tirar(m)
    shutil.copy(tmp_path / "ontem.db", m.dados / ARQUIVO)
    assert "_b.txt" in erros(m)
    assert m.uma_vez().returncode == 1
    assert codigos(m) == ["SEP-AUDITORIA", "SEP-BANCO-ANTIGO"]  # the seal is ahead, too
    falha = next(f for f in m.json("falhas") if f["codigo"] == "SEP-BANCO-ANTIGO")
    m.exigir("falhas", "dispensar", str(falha["id"]), "--motivo", "conferido", codigo=3)
    m.exigir("auditoria", "selar", "--motivo", "cópia de ontem devolvida")
    m.uma_vez()
    assert codigos(m) == []
    assert erros(m) == ""
    assert m.uma_vez().returncode == 0  # what a person has seen does not come back


def test_o_banco_perdido_nao_e_refeito_em_silencio(m: Maquina) -> None:
    tirar(m)
    assert "O banco sumiu" in erros(m)
    assert m.uma_vez().returncode == 1
    assert codigos(m) == ["SEP-BANCO-ANTIGO"]


def test_o_banco_de_outra_instalacao_nao_liga_ate_ser_adotado(m: Maquina) -> None:
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        c.execute("UPDATE instalacao SET id = 'outra'")
        c.commit()
    feito = m.exigir("uma-vez", codigo=2)
    assert len(feito.stderr.strip().splitlines()) == 1
    assert "outra instalação" in erros(m)
    m.exigir("banco", "adotar", "--motivo", " ", codigo=1)
    m.exigir("banco", "adotar", "--motivo", "trocamos de máquina")
    m.exigir("banco", "adotar", "--motivo", "de novo", codigo=1)
    m.exigir("uma-vez")
    (linha,) = [r for r in m.json("auditoria", "listar") if r["acao"] == "banco adotado"]
    assert linha["detalhe"] == "trocamos de máquina (era de outra)"


@pytest.mark.requisito("OPS-01")
def test_o_banco_de_uma_versao_mais_nova_nao_e_tocado(m: Maquina) -> None:
    dito = m.exigir("verificar").stdout
    assert f"gravado pelo separador {__version__}, abre da versão 0.1.0 em diante" in dito
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        c.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('separador', 'm0099_do_futuro')")
        c.execute("UPDATE instalacao SET versao_minima = '99.0.0', escrita_por = '99.1.0'")
        c.commit()
    m.soltar(1, "c.txt", b"c")
    antes = (m.dados / ARQUIVO).read_bytes()
    que_mudam = (["uma-vez"], ["executar"], ["procuracao", "escritorio", "11222333000181", "--nome", "E"])
    que_leem = (["situacao"], ["falhas"], ["cte", "listar"], ["rotas", "listar"], ["auditoria", "listar"])
    for comando in (*que_mudam, *que_leem, ["rastrear", "a.txt"], ["banco", "tamanho"], ["localizar", "a.txt"]):
        feito = m.exigir(*comando, codigo=2)
        assert "versão mais nova: foi gravado pelo separador 99.1.0" in feito.stderr, comando
        assert f"este programa é o {__version__}" in feito.stderr
        assert len(feito.stderr.strip().splitlines()) == 1
    assert m.listar(m.origem(1)) == ["c.txt"]
    assert (m.dados / ARQUIVO).read_bytes() == antes
    assert "versão mais nova" in erros(m)


def test_guarda_tirada_do_banco_e_mostrada(m: Maquina) -> None:
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        c.execute("DROP TRIGGER documento_fica")
        c.commit()
    assert m.uma_vez().returncode == 1
    assert codigos(m) == ["SEP-BANCO-ESQUEMA"]
    assert "documento_fica" in erros(m)


def test_verificar_completo_diz_o_que_conferiu(m: Maquina) -> None:
    dito = m.exigir("verificar", "--completo").stdout
    for parte in ("banco de dados, inteiro", "auditoria", "cofre", "documentos processados"):
        assert f"certo  {parte}: " in dito, dito
    assert "inteiro" not in m.exigir("verificar").stdout
