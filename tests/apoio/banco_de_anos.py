"""Fills a database with the documents of years, by SQL: what lists and daily commands meet in an old installation.

The rows are those that the service writes for a document that went by network and was authorised, with small blobs in
place of the XML. The last ones are still open, and a few of each situação are among them.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from separador.banco.conexao import ARQUIVO, abrir
from separador.capacidades.movimento.servico import contar

EMITENTES = 4
TOMADORES = 2_000
POR_CARGA = 10
PASSO_S = 31
"""Seconds from one document to the next: a million in a year."""
INICIO = 1_609_459_200
"""2021-01-01 00:00 UTC."""
ABERTOS = 20
"""Documents that have no answer yet: the last ones."""

_EM = "strftime('%Y-%m-%dT%H:%M:%S.000Z', {}, 'unixepoch')".format
_I = "(:antes + i)"
_QUANDO = f"({INICIO} + {PASSO_S} * {_I})"
_EMITENTE = f"printf('%014d', 10000000000100 + {_I} % {EMITENTES})"
_CHAVE = f"printf('35%02d01%s57001%09d1%08d0', 21 + {_I} / 1000000, {_EMITENTE}, {_I}, {_I} * 7 % 99999999)"
_ABERTO = f"{_I} > :ate - {ABERTOS}"
_SITUACAO = (
    f"CASE WHEN {_ABERTO} THEN 'AGUARDANDO RETORNO' WHEN {_I} % 100 = 3 THEN 'REJEITADO PELA SEFAZ'"
    f" WHEN {_I} % 100 < 3 THEN 'CANCELADO' ELSE 'AUTORIZADO PELA SEFAZ' END"
)
_NUMEROS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :quantos)"

_TABELAS: Mapping[str, Mapping[str, str]] = {
    "arquivo": {
        "id": _I,
        "lote": f"printf('l%d', {_I} / 8)",
        "nome": f"CAST(printf('exporta-%d-cte.xml', {_I}) AS BLOB)",
        "trabalho": "'/srv/separador/inbox/cte'",
        "rota_id": "1",
        "regra": "'cte-envio'",
        "tomado_em": _EM(_QUANDO),
        "tamanho": "9000",
        "sha256": f"printf('%064d', {_I})",
        "etapa": "'concluido'",
        "resultado": "'entregue'",
        "desfecho": f"CASE WHEN {_ABERTO} THEN NULL ELSE 'entregue' END",
        "chave": _CHAVE,
        "terminado_em": f"CASE WHEN {_ABERTO} THEN NULL ELSE {_EM(f'{_QUANDO} + 1')} END",
        "guardado_em": f"CAST(printf('arquivo/%d_exporta-%d-cte.xml', {_I}, {_I}) AS BLOB)",
    },
    "documento": {
        "id": _I,
        "chave": _CHAVE,
        "tipo": "'CTe'",
        "modelo": "'57'",
        "serie": "'1'",
        "numero": f"CAST({_I} AS TEXT)",
        "emitente": _EMITENTE,
        "tp_amb": "'1'",
        "situacao": _SITUACAO,
        "etapa": "'concluido'",
        "digest": f"printf('%027d=', {_I})",
        "protocolo": f"CASE WHEN {_ABERTO} THEN NULL ELSE printf('135%012d', {_I}) END",
        "autorizado_em": _EM(f"{_QUANDO} + 2"),
        "cstat": f"CASE WHEN {_ABERTO} THEN NULL WHEN {_I} % 100 = 3 THEN '539' ELSE '100' END",
        "motivo": "'Autorizado o uso do CT-e'",
        "carga": f"printf('C%d', {_I} / {POR_CARGA})",
        "rota_id": "1",
        "base": f"CAST(printf('exporta-%d', {_I}) AS BLOB)",
        "arquivo_id": _I,
        "enviado_em": _EM(f"{_QUANDO} + 1"),
        "causa": "'retorno de autorização'",
        "causa_quem": "'rede'",
        "criado_em": _EM(_QUANDO),
        "atualizado_em": _EM(f"{_QUANDO} + 2"),
        "emitido_em": _EM(f"{_QUANDO} - 60"),
        "tomador": f"printf('%014d', 20000000000100 + {_I} * 7919 % {TOMADORES})",
        "fim": "'CAMPINAS/SP'",
        "valor": f"10000 + {_I} % 90000",
    },
    "assinado": {
        "documento_id": _I,
        "digest": f"printf('%027d=', {_I})",
        "dados": "zeroblob(64)",
        "criado_em": _EM(_QUANDO),
    },
    "publicacao": {
        "id": _I,
        "arquivo_id": _I,
        "documento_id": _I,
        "tipo": "'processado'",
        "pasta": "'/srv/separador/outbox/wms'",
        "nome": f"CAST({_CHAVE} || '-procCTe.xml' AS BLOB)",
        "sha256": f"printf('%064d', {_I})",
        "estado": "'publicada'",
        "criada_em": _EM(f"{_QUANDO} + 2"),
        "publicada_em": _EM(f"{_QUANDO} + 2"),
    },
}
_MUDANCAS = (
    ("NULL", "'NÃO ENVIADO'", "'exportação aceita'", "NULL"),
    ("'NÃO ENVIADO'", "'AGUARDANDO RETORNO'", "'entregue para transmissão'", "NULL"),
    ("'AGUARDANDO RETORNO'", "'AUTORIZADO PELA SEFAZ'", "'retorno de autorização'", "'100'"),
)


def encher(dados: Path, quantos: int, *, de_cada_vez: int = 250_000) -> Path:
    """Makes the database of `dados`, or adds to it, until it holds so many documents. Returns its file."""
    abrir(dados).close()
    with closing(sqlite3.connect(dados / ARQUIVO, isolation_level=None)) as c:
        ja = c.execute("SELECT coalesce(max(id), 0) FROM documento").fetchone()[0]
        c.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -200000")
        guardas = _tirar(c, "trigger") + _tirar(c, "index")
        for antes in range(ja, quantos, de_cada_vez):
            _um_lote(c, antes, min(de_cada_vez, quantos - antes), quantos)
        for sql in guardas:
            c.execute(sql)
        c.execute("INSERT OR IGNORE INTO emitente (cnpj) SELECT DISTINCT emitente FROM documento")
        c.execute("PRAGMA journal_mode = WAL")
    with closing(abrir(dados)) as banco:
        falta = True
        while falta:
            with banco.transacao():
                falta = contar(banco)
    return dados / ARQUIVO


def _um_lote(c: sqlite3.Connection, antes: int, quantos: int, ate: int) -> None:
    valores = {"antes": antes, "quantos": quantos, "ate": ate}
    c.execute("BEGIN")
    for tabela, colunas in _TABELAS.items():
        c.execute(_inserir(tabela, colunas), valores)
    for ordem, (de, para, causa, cstat) in enumerate(_MUDANCAS):
        colunas = {
            "id": f"{_I} * 3 + {ordem}",
            "documento_id": _I,
            "quando": _EM(f"{_QUANDO} + {ordem}"),
            "de": de,
            "para": para,
            "causa": causa,
            "quem": "'rede'",
            "arquivo_id": _I,
            "cstat": cstat,
        }
        c.execute(_inserir("historico", colunas), valores)
    c.execute("COMMIT")


def _inserir(tabela: str, colunas: Mapping[str, str]) -> str:
    return f"INSERT INTO {tabela} ({', '.join(colunas)}) {_NUMEROS} SELECT {', '.join(colunas.values())} FROM n"


def _tirar(c: sqlite3.Connection, tipo: str) -> list[str]:
    """Takes the triggers or indexes away, so that rows are only rows, and returns what makes them anew."""
    sql = (
        f"SELECT name, sql FROM sqlite_master WHERE type = '{tipo}' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?, ?, ?)"
    )
    achados = c.execute(sql, (*_TABELAS, "historico")).fetchall()
    for nome, _ in achados:
        c.execute(f"DROP {tipo} {nome}")
    return [str(texto) for _, texto in achados]
