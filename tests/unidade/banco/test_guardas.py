"""Tests what the database refuses, even from SQL on a bare connection that knows nothing of the product."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from separador.banco.conexao import ARQUIVO, Banco, abrir
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import Mudanca, TransicaoProibidaError
from separador.nucleo.situacao import Causa, Situacao, permitida
from tests.unidade.banco.conftest import CHAVE, QUANDO, levar, novo
from tests.unidade.nucleo.test_situacao import ESPERADAS

COLUNAS = "tipo, modelo, serie, numero, emitente, tp_amb, etapa, digest, rota_id, base, arquivo_id, criado_em"
VALORES = "'CTe', '57', '1', '123', '12ABC34501DE35', '2', 'assinado', 'dig', 1, x'61', 1, '2026'"
INSERIR = (
    f"INTO documento (id, chave, situacao, causa, atualizado_em, {COLUNAS}) VALUES (?, ?, ?, ?, '2026', {VALORES})"
)

# a way from nothing to each situação, written by hand
CAMINHOS: dict[str, list[tuple[Causa, Situacao]]] = {"NÃO ENVIADO": []}
CAMINHOS["AGUARDANDO RETORNO"] = [(Causa.ENVIO, Situacao.AGUARDANDO_RETORNO)]
CAMINHOS["REJEITADO PELA SEFAZ"] = [
    *CAMINHOS["AGUARDANDO RETORNO"],
    (Causa.RETORNO_REJEITADO, Situacao.REJEITADO),
]
CAMINHOS["AUTORIZADO PELA SEFAZ"] = [
    *CAMINHOS["AGUARDANDO RETORNO"],
    (Causa.RETORNO_AUTORIZADO, Situacao.AUTORIZADO),
]
CAMINHOS["AGUARDANDO RETORNO DE CANCELAMENTO"] = [
    *CAMINHOS["AUTORIZADO PELA SEFAZ"],
    (Causa.PEDIDO_CANCELAMENTO, Situacao.AGUARDANDO_CANCELAMENTO),
]
CAMINHOS["CANCELADO"] = [
    *CAMINHOS["AGUARDANDO RETORNO DE CANCELAMENTO"],
    (Causa.CANCELAMENTO_ACEITO, Situacao.CANCELADO),
]
CAMINHOS["CANCELAMENTO REJEITADO"] = [
    *CAMINHOS["AGUARDANDO RETORNO DE CANCELAMENTO"],
    (Causa.CANCELAMENTO_RECUSADO, Situacao.CANCELAMENTO_REJEITADO),
]


@pytest.fixture
def nua(banco: Banco, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Opens the database as the sqlite3 program would, with no pragma of ours."""
    with closing(sqlite3.connect(tmp_path / ARQUIVO, isolation_level=None)) as conexao:
        yield conexao


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("de", list(CAMINHOS))
def test_toda_mudanca_fora_da_tabela_e_recusada_pelo_banco(banco: Banco, nua: sqlite3.Connection, de: str) -> None:
    documento = levar(banco, *CAMINHOS[de])
    nua.execute("BEGIN")
    for causa, para in product(Causa, Situacao):
        if (de, causa.value, para.value) in ESPERADAS:
            nua.execute("SAVEPOINT s")
            nua.execute(
                "UPDATE documento SET situacao = ?, causa = ? WHERE id = ?", (para.value, causa.value, documento)
            )
            nua.execute("ROLLBACK TO s")
            continue
        with pytest.raises(sqlite3.IntegrityError, match="fora da tabela"):
            nua.execute(
                "UPDATE documento SET situacao = ?, causa = ? WHERE id = ?", (para.value, causa.value, documento)
            )
    nua.execute("ROLLBACK")


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("verbo", ["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE", "UPDATE OR FAIL"])
def test_nenhuma_forma_de_update_passa(nua: sqlite3.Connection, autorizado: int, verbo: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        nua.execute(f"{verbo} documento SET situacao = 'REJEITADO PELA SEFAZ' WHERE id = ?", (autorizado,))
    (situacao,) = nua.execute("SELECT situacao FROM documento").fetchone()
    assert situacao == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("verbo", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
@pytest.mark.parametrize("repetir", ["id", "chave"])
def test_insert_or_replace_nao_troca_um_documento(
    nua: sqlite3.Connection, autorizado: int, verbo: str, repetir: str
) -> None:
    documento, chave = (autorizado, "x" * 44) if repetir == "id" else (999, CHAVE)
    valores = (documento, chave, "NÃO ENVIADO", "exportação aceita")
    with pytest.raises(sqlite3.IntegrityError, match="só nasce uma vez"):
        nua.execute(f"{verbo} {INSERIR}", valores)
    assert nua.execute("SELECT id, chave, situacao FROM documento").fetchall() == [
        (autorizado, CHAVE, "AUTORIZADO PELA SEFAZ")
    ]


@pytest.mark.requisito("CTE-13")
def test_upsert_de_quem_sabe_sql(nua: sqlite3.Connection, autorizado: int) -> None:
    sql = f"INSERT {INSERIR} ON CONFLICT (chave) DO UPDATE SET situacao = 'CANCELADO'"
    with pytest.raises(sqlite3.IntegrityError):
        nua.execute(sql, (autorizado, CHAVE, "NÃO ENVIADO", "exportação aceita"))


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("situacao", [s.value for s in Situacao if s is not Situacao.NAO_ENVIADO])
def test_ninguem_nasce_em_outra_situacao(nua: sqlite3.Connection, situacao: str) -> None:
    for causa in Causa:
        if not permitida(None, causa, Situacao(situacao)):
            with pytest.raises(sqlite3.IntegrityError, match="só nasce"):
                nua.execute(f"INSERT {INSERIR}", (1, CHAVE, situacao, causa.value))


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("situacao", ["AUTORIZADO PELA SEFAZ", "CANCELADO", "NÃO ENVIADO"])
def test_o_que_se_reconstroi_nasce_com_codigo_e_protocolo_no_historico(nua: sqlite3.Connection, situacao: str) -> None:
    nua.execute(f"INSERT {INSERIR}", (1, CHAVE, situacao, "reconstrução"))
    linhas = nua.execute("SELECT de, para, causa, cstat, protocolo FROM historico").fetchall()
    assert linhas == [(None, situacao, "reconstrução", None, None)]
    colunas = {linha[1] for linha in nua.execute("PRAGMA table_info(documento)")} - {"id", "chave"}
    lista = ", ".join(sorted(colunas - {"causa_cstat", "causa_protocolo"}))
    nua.execute(
        f"INSERT INTO documento (chave, causa_cstat, causa_protocolo, {lista})"
        f" SELECT 'outra', '100', '135260000000001', {lista} FROM documento"
    )
    ultima = nua.execute("SELECT cstat, protocolo FROM historico ORDER BY id DESC").fetchone()
    assert ultima == ("100", "135260000000001")


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("mudanca", ["id = 77", "chave = 'outra'", "criado_em = '1999'"])
def test_a_identidade_nao_muda(nua: sqlite3.Connection, autorizado: int, mudanca: str) -> None:
    for verbo in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
        with pytest.raises(sqlite3.IntegrityError, match="identidade"):
            nua.execute(f"{verbo} documento SET {mudanca}")


@pytest.mark.requisito("CTE-13")
def test_documento_nao_se_apaga(nua: sqlite3.Connection, autorizado: int) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="não se apaga"):
        nua.execute("DELETE FROM documento")
    with pytest.raises(sqlite3.IntegrityError, match="não se apaga"):
        nua.execute("DELETE FROM documento WHERE id = ?", (autorizado,))


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("sql", [
    "UPDATE historico SET causa = 'outra'",
    "UPDATE OR REPLACE historico SET id = 1 WHERE id = 2",
    "UPDATE OR IGNORE historico SET para = 'CANCELADO'",
    "DELETE FROM historico",
    "INSERT OR REPLACE INTO historico (id, documento_id, quando, para, causa) VALUES (1, 1, 'x', 'y', 'z')",
    "REPLACE INTO historico (id, documento_id, quando, para, causa) VALUES (2, 1, 'x', 'y', 'z')",
])  # fmt: skip
def test_historico_imutavel(nua: sqlite3.Connection, autorizado: int, sql: str) -> None:
    antes = nua.execute("SELECT * FROM historico").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        nua.execute(sql)
    assert nua.execute("SELECT * FROM historico").fetchall() == antes
    assert len(antes) == 3


@pytest.mark.requisito("CTE-13")
def test_historico_e_escrito_pelo_banco_mesmo_de_uma_conexao_nua(nua: sqlite3.Connection, autorizado: int) -> None:
    nua.execute(
        "UPDATE documento SET situacao = 'AGUARDANDO RETORNO DE CANCELAMENTO', causa = 'pedido de cancelamento',"
        " causa_quem = 'sql', atualizado_em = '2027' WHERE id = ?",
        (autorizado,),
    )
    linha = nua.execute("SELECT de, para, causa, quem, quando FROM historico ORDER BY id DESC LIMIT 1").fetchone()
    assert linha == (
        "AUTORIZADO PELA SEFAZ", "AGUARDANDO RETORNO DE CANCELAMENTO", "pedido de cancelamento", "sql", "2027",
    )  # fmt: skip


@pytest.mark.requisito("CTE-13")
def test_cada_mudanca_com_hora_causa_quem_codigo_e_protocolo(banco: Banco) -> None:
    documento = levar(banco, (Causa.ENVIO, Situacao.AGUARDANDO_RETORNO))
    m = Mudanca(
        Causa.RETORNO_AUTORIZADO, Situacao.AUTORIZADO, "2026-11-20T15:01:00.000Z", "arquivo:a-pro-rec.xml", 7,
        cstat="100", motivo="Autorizado", protocolo="135260000000001",
    )  # fmt: skip
    with banco.transacao():
        documentos.transitar(banco, documentos.por_id(banco, documento), m)
    linhas = banco.todas("SELECT * FROM historico ORDER BY id")
    assert [(h["de"], h["para"]) for h in linhas] == [
        (None, "NÃO ENVIADO"), ("NÃO ENVIADO", "AGUARDANDO RETORNO"), ("AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ"),
    ]  # fmt: skip
    ultima = linhas[-1]
    assert (ultima["quando"], ultima["causa"], ultima["quem"]) == (m.quando, m.causa.value, m.quem)
    assert (ultima["arquivo_id"], ultima["cstat"], ultima["protocolo"]) == (7, "100", "135260000000001")


@pytest.mark.requisito("CTE-13")
def test_o_produto_para_antes_do_banco(banco: Banco, autorizado: int) -> None:
    linha = documentos.por_id(banco, autorizado)
    with pytest.raises(TransicaoProibidaError):
        documentos.transitar(banco, linha, Mudanca(Causa.RETORNO_REJEITADO, Situacao.REJEITADO, QUANDO, "x"))


@pytest.mark.requisito("SEP-08")
@pytest.mark.parametrize("sql", [
    "UPDATE arquivo SET desfecho = 'duplicado'",
    "UPDATE OR REPLACE arquivo SET desfecho = NULL",
    "UPDATE OR IGNORE arquivo SET desfecho = 'quarentena'",
])  # fmt: skip
def test_um_desfecho_por_arquivo(nua: sqlite3.Connection, sql: str) -> None:
    nua.execute(
        "INSERT INTO arquivo (lote, nome, trabalho, rota_id, regra, tomado_em, etapa, desfecho)"
        " VALUES ('l', x'61', 't', 1, 'mover', '2026', 'concluido', 'entregue')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="um só"):
        nua.execute(sql)


@pytest.mark.requisito("SEP-08")
@pytest.mark.parametrize("sql", [
    "DELETE FROM arquivo",
    ("INSERT OR REPLACE INTO arquivo (id, lote, nome, trabalho, rota_id, regra, tomado_em, etapa)"
    " VALUES (1, 'l', x'61', 't', 1, 'mover', '2026', 'recebido')"),
    ("REPLACE INTO arquivo (lote, nome, trabalho, rota_id, regra, tomado_em, etapa)"
    " VALUES ('l', x'61', 't', 1, 'mover', '2026', 'recebido')"),
])  # fmt: skip
def test_a_linha_de_um_arquivo_terminado_nao_some(nua: sqlite3.Connection, sql: str) -> None:
    nua.execute(
        "INSERT INTO arquivo (id, lote, nome, trabalho, rota_id, regra, tomado_em, etapa, desfecho)"
        " VALUES (1, 'l', x'61', 't', 1, 'mover', '2026', 'concluido', 'entregue')"
    )
    with pytest.raises(sqlite3.IntegrityError):
        nua.execute(sql)
    assert nua.execute("SELECT desfecho FROM arquivo").fetchall() == [("entregue",)]


@pytest.mark.requisito("CTE-13")
def test_as_guardas_vem_da_tabela_e_do_banco_vazio(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as banco:
        gatilhos = {r["name"] for r in banco.todas("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert {"documento_nasce", "documento_muda", "documento_fica", "documento_mudou", "historico_fica",
            "historico_nao_muda", "historico_nao_troca", "arquivo_um_desfecho"} <= gatilhos  # fmt: skip


def test_as_versoes_assinadas_ficam(banco: Banco, nua: sqlite3.Connection, autorizado: int) -> None:
    with banco.transacao():
        documentos.guardar_versao(banco, autorizado, "outro", zlib.compress(b"<v2/>"), QUANDO)
        documentos.guardar_versao(banco, autorizado, "outro", zlib.compress(b"<v3/>"), QUANDO)
    assert documentos.assinado(banco, autorizado, "outro") == b"<v2/>"
    assert documentos.digests(banco, autorizado) == {"dig", "outro"}
    assert novo().digest == "dig"
