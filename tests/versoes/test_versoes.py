"""Brings the database of every earlier version up to date, and works on with it."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.banco import esquema
from separador.banco.conexao import ARQUIVO
from separador.banco.migracoes.conjunto import nomes_das_migracoes
from separador.banco.versoes import copia
from separador.demonstracao import exportacoes as ex
from tests.apoio import banco_anterior
from tests.apoio.amostra import do_dia
from tests.apoio.banco_anterior import migracoes
from tests.apoio.maquina import ROTAS, Maquina
from tests.versoes.encher import ADMINISTRADOR, CONSULTA, SENHA
from tests.versoes.fazer import BANCOS, SELO, VERSOES

pytestmark = [pytest.mark.requisito("OPS-03"), pytest.mark.usefixtures("banco_das_migracoes")]
TODAS = list(nomes_das_migracoes())
SITUACOES = {
    "1": "NÃO ENVIADO",
    "2": "AGUARDANDO RETORNO",
    "3": "AUTORIZADO PELA SEFAZ",
    "4": "REJEITADO PELA SEFAZ",
    "5": "AGUARDANDO RETORNO DE CANCELAMENTO",
    "6": "CANCELADO",
    "7": "CANCELAMENTO REJEITADO",
}
PRIMEIRAS = TODAS[: TODAS.index("m0008_dacte")]
"""No commit has them as its newest: their databases have the rows that there is a table for."""
QUE_LEEM = (
    ("cte", "listar"),
    ("rotas", "listar"),
    ("auditoria", "listar"),
    ("auditoria", "conferir"),
    ("usuario", "listar"),
    ("ecac", "guias", "listar"),
    ("banco", "versao"),
    ("banco", "tamanho"),
    ("certificado", "listar"),
)
QUEM = ("--usuario", ADMINISTRADOR, "--senha-stdin")


def carregar(nome: str, arquivo: Path) -> str:
    """Makes the database of a text. Returns the seal of its audit trail."""
    texto = (BANCOS / f"{nome}.sql").read_text("utf-8")
    with closing(sqlite3.connect(arquivo)) as c:
        c.executescript(texto)
    return texto.partition("\n")[0].removeprefix(SELO)


def so_com(ultima: str, arquivo: Path, cheio: Path) -> None:
    """Makes the database after a migration, with those rows of a full one that it has tables and columns for."""
    banco_anterior.fazer(arquivo.parent, TODAS[TODAS.index(ultima) + 1])
    with closing(sqlite3.connect(arquivo)) as c:
        guardas = c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for guarda, _ in guardas:
            c.execute(f"DROP TRIGGER {guarda}")
        c.execute("ATTACH ? AS cheio", (str(cheio),))
        tabelas = {str(r[0]) for r in c.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for tabela in sorted(t for t in tabelas if not t.startswith(("sqlite_", "_sqlite"))):
            tem = {str(r[1]) for r in c.execute(f"PRAGMA main.table_info({tabela})")}
            colunas = [str(r[1]) for r in c.execute(f"PRAGMA cheio.table_info({tabela})") if str(r[1]) in tem]
            lista = ", ".join(colunas)
            c.execute(f"DELETE FROM main.{tabela}")
            c.execute(f"INSERT INTO main.{tabela} ({lista}) SELECT {lista} FROM cheio.{tabela}")
        for _, sql in guardas:
            c.execute(sql)
        c.commit()


@pytest.fixture
def m(tmp_path: Path) -> Maquina:
    manual = {**ROTAS[0], "arquivo": ["-cte.xml"], "id": 6, "origem": "inbox/manual", "envio": "manual"}
    return Maquina(tmp_path, rotas=(*ROTAS, manual), reserva_disco_mb=0)


def conferir(m: Maquina, ultima: str) -> None:
    """The database is up to date, whole, and as the migrations make it; the copy has what it was."""
    assert migracoes(m.dados / ARQUIVO) == TODAS
    assert migracoes(copia.copias(m.dados)[0].arquivo)[-1] == ultima
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        c.row_factory = sqlite3.Row
        assert [tuple(r) for r in c.execute("PRAGMA integrity_check")] == [("ok",)]
        assert c.execute("PRAGMA foreign_key_check").fetchall() == []
        assert esquema.comparar(c) == esquema.Diferencas()
        vistas = {r["numero"]: r["situacao"] for r in c.execute("SELECT numero, situacao FROM documento")}
        assert vistas == SITUACOES
        assert c.execute("SELECT count(*) FROM evento").fetchone()[0] == 3


def usar(m: Maquina, *, com_usuarios: bool) -> None:
    """The commands read it, and the service goes on: a new document is authorised, an old one is cancelled."""
    for comando in QUE_LEEM:
        m.exigir(*comando)
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        (chave,) = c.execute("SELECT chave FROM documento WHERE numero = '3'").fetchone()
    assert SITUACOES["3"] in m.exigir("cte", "ver", chave).stdout
    assert "protocolo" in m.exigir("rastrear", chave).stdout
    assert chave in m.exigir("localizar", chave).stdout
    achados = [c for c in m.json("verificar") if c["estado"] == "erro" and c["verificacao"].startswith("banco")]
    assert achados == []
    e = ex.cte(8, agora=datetime.now(UTC), variante="uma-nota")
    m.soltar(1, e.nome, e.dados)
    quem, entrada = (QUEM, f"{SENHA}\n") if com_usuarios else ((), None)
    m.exigir(
        "cte",
        "cancelar",
        chave,
        "--motivo",
        "cancelamento depois de atualizar",
        "--sim",
        *quem,
        codigo=3,
        entrada=entrada,
    )
    transmissor = m.transmissor()
    m.uma_vez()
    assert transmissor.passo() == 2
    m.uma_vez()
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        vistas = dict(c.execute("SELECT numero, situacao FROM documento WHERE numero IN ('3', '8')"))
    assert vistas == {"3": "CANCELADO", "8": "AUTORIZADO PELA SEFAZ"}
    m.exigir("auditoria", "conferir")


@pytest.mark.parametrize("nome", do_dia(VERSOES, 3))
def test_o_banco_de_cada_versao_e_migrado_e_continua(m: Maquina, nome: str) -> None:
    selo = carregar(nome, m.dados / ARQUIVO)
    (m.dados / "auditoria.selo").write_text(selo + "\n", encoding="ascii")
    ultima = migracoes(m.dados / ARQUIVO)[-1]
    if "m0009_instalacao" in migracoes(m.dados / ARQUIVO):
        assert "outra instalação" in m.exigir("uma-vez", codigo=2).stderr
        m.exigir("banco", "adotar", "--motivo", "amostra", *QUEM, entrada=f"{SENHA}\n")
    m.uma_vez()
    conferir(m, ultima)
    ditos = m.exigir("usuario", "listar").stdout
    assert ADMINISTRADOR in ditos
    assert CONSULTA in ditos
    usar(m, com_usuarios=True)


@pytest.mark.parametrize("ultima", do_dia(PRIMEIRAS, 3))
def test_o_banco_depois_de_cada_migracao_e_migrado_e_continua(m: Maquina, ultima: str) -> None:
    cheio = m.pasta / "cheio.db"
    selo = carregar("antes", cheio)
    so_com(ultima, m.dados / ARQUIVO, cheio)
    com_usuarios = "m0003_acesso" in migracoes(m.dados / ARQUIVO)
    if com_usuarios:
        (m.dados / "auditoria.selo").write_text(selo + "\n", encoding="ascii")
    m.uma_vez()
    conferir(m, ultima)
    usar(m, com_usuarios=com_usuarios)


def test_cada_migracao_tem_um_banco_de_antes_dela() -> None:
    """A new migration needs a database of the commit before it: see `fazer.py`."""
    ultimas = {re.findall(r"'(m\d{4}_\w+)'", (BANCOS / f"{n}.sql").read_text("utf-8"))[-1] for n in VERSOES}
    assert set(TODAS[:-1]) == ultimas | set(PRIMEIRAS)
    assert {p.stem for p in BANCOS.iterdir()} == set(VERSOES)
