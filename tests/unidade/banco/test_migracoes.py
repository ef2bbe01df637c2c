"""The migrations are frozen: a fresh database is the recorded one, and its triggers say what the code's tables say."""

import re
from contextlib import closing
from pathlib import Path

from separador.banco.conexao import abrir
from separador.banco.migracoes.conjunto import MIGRACOES
from separador.capacidades.ecac.dominio.guia import TRANSICOES as DA_GUIA
from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.ocorrencia import Status
from separador.nucleo.situacao import TRANSICOES

REGISTRADO = Path(__file__).parents[2] / "amostras" / "esquema_m0016.sql"
NOVA = "A tabela do código mudou: escreva uma migração que refaça o gatilho (as entregues não mudam)."


def _gatilho(pasta: Path, nome: str) -> str:
    with closing(abrir(pasta)) as banco:
        linha = banco.uma("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", nome)
    assert linha is not None
    return str(linha["sql"])


def _tuplas(sql: str) -> set[tuple[str, ...]]:
    """The tuples of literals after VALUES."""
    valores = sql[sql.index("VALUES ") :]
    return {tuple(re.findall(r"'((?:[^']|'')*)'", t)) for t in re.findall(r"\(('[^()]*')\)", valores)}


def test_o_esquema_de_um_banco_novo_e_o_registrado(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as banco:
        nomes = [linha["name"] for linha in banco.todas("SELECT name FROM _sqlite_migrations ORDER BY id")]
        sqls = [
            linha["sql"]
            for linha in banco.todas(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
            )
        ]
    registrado = REGISTRADO.read_text(encoding="utf-8")
    for sql in sqls:
        # sqlite-utils owns this table; its text is the library's.
        if "_sqlite_migrations" not in sql:
            assert f"{sql};" in registrado
    assert nomes == [
        "m0001_inicial",
        "m0002_cofre",
        "m0003_acesso",
        "m0004_transmissao",
        "m0005_distribuicao",
        "m0006_ecac",
        "m0007_evento",
        "m0008_dacte",
        "m0009_instalacao",
        "m0010_em_maos",
        "m0011_impressao_de_evento",
        "m0012_acessos",
        "m0013_emissao",
        "m0014_listas",
        "m0015_painel",
        "m0016_versoes",
    ]
    assert MIGRACOES.name == "separador"


def test_o_gatilho_da_situacao_diz_a_tabela(tmp_path: Path) -> None:
    mudancas = {(de.value, causa.value, para.value) for de, causa, para in TRANSICOES if de is not None}
    nascimentos = {(causa.value, para.value) for de, causa, para in TRANSICOES if de is None}
    assert _tuplas(_gatilho(tmp_path, "documento_muda")) == mudancas, NOVA
    assert _tuplas(_gatilho(tmp_path, "documento_nasce")) == nascimentos, NOVA


def test_o_gatilho_da_guia_diz_a_tabela(tmp_path: Path) -> None:
    pares = {(de.value, para.value) for de, para in DA_GUIA}
    assert _tuplas(_gatilho(tmp_path, "ecac_guia_muda")) == pares, NOVA
    assert f"'{Estado.ABERTA.value}'" in _gatilho(tmp_path, "ecac_guia_nasce"), NOVA


def test_o_gatilho_da_ocorrencia_diz_os_status(tmp_path: Path) -> None:
    sql = _gatilho(tmp_path, "ecac_ocorrencia_status")
    assert set(re.findall(r"'([^']*)'", sql[: sql.index("BEGIN")])) == {s.value for s in Status}, NOVA
