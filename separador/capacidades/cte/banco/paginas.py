"""Reads documents page by page, by a key that no later change shifts."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from separador.banco.instante import texto_de
from separador.nucleo.fuso import das_pessoas
from separador.nucleo.situacao import Situacao

POR_PAGINA = 50
OLHADAS = 20_000
"""Rows that a filter without an index looks at, at a time."""
CONTADAS = 500
"""Documents of a situação that are counted; of more it is said that there are more."""
_CNPJ_INTEIRO = 14
ABERTAS = (Situacao.NAO_ENVIADO, Situacao.AGUARDANDO_RETORNO, Situacao.REJEITADO, Situacao.AGUARDANDO_CANCELAMENTO)
_CHAVE_DE_PAGINA = re.compile(r"([0-9T:.+Z-]{10,40})_([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Filtro:
    """What a list of documents is narrowed to; "" = any. Days of emission, both included."""

    situacao: str = ""
    carga: str = ""
    numero: str = ""
    serie: str = ""
    emitente: str = ""
    de: date | None = None
    ate: date | None = None


@dataclass(frozen=True, slots=True)
class PaginaDeDocumentos:
    """One page. `depois`: the key of the next one. `continua`: more rows were not looked at yet, from this key on."""

    linhas: list[sqlite3.Row]
    depois: str | None = None
    continua: str | None = None


@dataclass(slots=True)
class _Consulta:
    """The conditions of one query. `so_nas_olhadas`: those that no index serves."""

    onde: list[str] = field(default_factory=list)
    valores: list[object] = field(default_factory=list)
    so_nas_olhadas: list[str] = field(default_factory=list)
    valores_delas: list[object] = field(default_factory=list)


def tem_emissao(c: sqlite3.Connection) -> bool:
    """Says whether the database keeps when a document was issued, by whom it is paid, and for how much."""
    return any(r["name"] == "emitido_em" for r in c.execute("PRAGMA table_info(documento)"))


def pagina(c: sqlite3.Connection, f: Filtro, depois: str) -> PaginaDeDocumentos:
    """Returns one page of documents, the one that changed last first. A broken key is page one."""
    q = _consulta(f)
    chave = _CHAVE_DE_PAGINA.fullmatch(depois)
    if chave is not None:
        q.onde.append("(atualizado_em, id) < (?, ?)")
        q.valores += [chave[1], int(chave[2])]
    onde = " AND ".join(q.onde) or "1"
    if not q.so_nas_olhadas:
        sql = f"SELECT * FROM documento WHERE {onde} ORDER BY atualizado_em DESC, id DESC LIMIT ?"  # noqa: S608 -- own words
        linhas = c.execute(sql, (*q.valores, POR_PAGINA + 1)).fetchall()
        return _com_chave(linhas)
    return _aos_poucos(c, q, onde)


def _com_chave(linhas: list[sqlite3.Row]) -> PaginaDeDocumentos:
    mostradas = linhas[:POR_PAGINA]
    return PaginaDeDocumentos(mostradas, _chave(mostradas[-1]) if len(linhas) > POR_PAGINA else None)


def _chave(linha: sqlite3.Row) -> str:
    return f"{linha['atualizado_em']}_{linha['id']}"


def _aos_poucos(c: sqlite3.Connection, q: _Consulta, onde: str) -> PaginaDeDocumentos:
    """Looks at so many rows of the order of the list, and shows those that fit."""
    fim = c.execute(
        f"SELECT atualizado_em, id FROM documento WHERE {onde}"  # noqa: S608 -- own words
        " ORDER BY atualizado_em DESC, id DESC LIMIT 1 OFFSET ?",
        (*q.valores, OLHADAS),
    ).fetchone()
    ate = " AND (atualizado_em, id) >= (?, ?)" if fim is not None else ""
    limites = (fim["atualizado_em"], fim["id"]) if fim is not None else ()
    fino = " AND ".join(q.so_nas_olhadas)
    sql = (
        f"SELECT * FROM documento WHERE {onde}{ate} AND {fino}"  # noqa: S608 -- own words
        " ORDER BY atualizado_em DESC, id DESC LIMIT ?"
    )
    achada = _com_chave(c.execute(sql, (*q.valores, *limites, *q.valores_delas, POR_PAGINA + 1)).fetchall())
    if achada.depois is not None or fim is None:
        return achada
    return PaginaDeDocumentos(achada.linhas, None, _chave(fim))


def _consulta(f: Filtro) -> _Consulta:
    """Leads the query by one index: the condition that leaves least. The others are looked at row by row."""
    q = _Consulta()
    condicoes = [*_de_indice(f), *_sem_indice(f)]
    lidera = condicoes[0][2] if condicoes else False
    for i, (onde, valor, _) in enumerate(condicoes):
        onde_vao, valores = (q.onde, q.valores) if lidera and i == 0 else (q.so_nas_olhadas, q.valores_delas)
        onde_vao.append(onde if onde_vao is q.onde else f"+{onde}")  # the plus keeps its index from leading
        valores.append(valor)
    return q


def _de_indice(f: Filtro) -> Iterator[tuple[str, object, bool]]:
    emitente = f.emitente if len(f.emitente) == _CNPJ_INTEIRO else ""
    for coluna, valor in (("numero", f.numero), ("carga", f.carga), ("emitente", emitente), ("situacao", f.situacao)):
        if valor:
            yield f"{coluna} = ?", valor, True


def _sem_indice(f: Filtro) -> Iterator[tuple[str, object, bool]]:
    if f.emitente and len(f.emitente) != _CNPJ_INTEIRO:
        yield "instr(emitente, ?) = 1", f.emitente, False
    if f.serie:
        yield "serie = ?", f.serie, False
    for sinal, dia in ((">=", f.de), ("<", f.ate + timedelta(days=1) if f.ate is not None else None)):
        if dia is not None:
            yield f"emitido_em {sinal} ?", texto_de(datetime(dia.year, dia.month, dia.day, tzinfo=das_pessoas())), False


def contagens(c: sqlite3.Connection) -> dict[str, int]:
    """Returns how many documents are in each of the situações in which something is still to come: at most CONTADAS
    and one more."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM documento WHERE situacao = ? LIMIT ?)"
    return {s.value: int(c.execute(sql, (s.value, CONTADAS + 1)).fetchone()[0]) for s in ABERTAS}
