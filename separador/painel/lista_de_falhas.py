"""Lists the open failures for the first page: oldest first, those of one cause in one row, each with what may help."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from separador.painel.base.visita import Visita
from separador.pedidos.falhas import remedio

POR_PAGINA = 50
OLHADAS = 1_000
"""Failures that one page looks at, so that a page costs the same however many there are."""
DOBRADAS = 5
"""So many of one cause stand in one row."""
_CHAVES_MAXIMAS = 50

_Causa = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Linha:
    """One row. `ids`: the failures in it; `todas`: more of its cause may come after those that were looked at.

    `remedio`: words and path of what may help, when the person may do it.
    """

    f: sqlite3.Row
    ids: tuple[int, ...]
    todas: bool = True
    remedio: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Lista:
    """One page. `proximas`: fields of the address of the next one; `continua`: nothing, or not a page full, was found,
    and there are more to look at."""

    linhas: list[Linha]
    proximas: dict[str, str] | None = None
    continua: bool = False


def listar(v: Visita) -> Lista:
    """Returns the page that the address of the visit asks for."""
    filtro = {n: v.consulta.um(n).strip() for n in ("rota", "codigo", "texto")}
    de, depois = _numero(v.consulta.um("de")), _numero(v.consulta.um("depois"))
    lidas = _olhar(v.banco, de)
    olhadas, ha_mais = lidas[:OLHADAS], len(lidas) > OLHADAS
    servem = [f for f in olhadas if _serve(f, filtro)]
    linhas = _dobrar(v, servem, todas=not ha_mais) if not any(filtro.values()) else [_linha(v, [f]) for f in servem]
    vistas = next((i + 1 for i, linha in enumerate(linhas) if linha.f["id"] == depois), 0)
    mostradas = linhas[vistas : vistas + POR_PAGINA]
    if len(linhas) > vistas + POR_PAGINA:
        return Lista(mostradas, {"de": str(de or ""), "depois": str(mostradas[-1].f["id"])})
    if ha_mais:
        proximas = {"de": str(olhadas[-1]["id"]), "depois": ""}
        return Lista(mostradas, proximas, continua=any(filtro.values()) and len(mostradas) < POR_PAGINA)
    return Lista(mostradas)


def _numero(texto: str) -> int | None:
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) < 19 else None


def _olhar(c: sqlite3.Connection, de: int | None) -> list[sqlite3.Row]:
    """Returns so many open failures after a given one, and one more."""
    ponto = c.execute("SELECT desde, id FROM falha WHERE id = ?", (de,)).fetchone() if de is not None else None
    apos = "AND (f.desde, f.id) > (?, ?)" if ponto is not None else ""
    return c.execute(
        "SELECT f.id, f.arquivo, coalesce(f.rota_id, d.rota_id) AS rota, f.chave, f.codigo, f.motivo, f.desde,"  # noqa: S608 -- own words
        " f.o_que_fazer FROM falha f LEFT JOIN documento d ON d.chave = f.chave WHERE f.encerrada_em IS NULL"
        f" {apos} ORDER BY f.desde, f.id LIMIT ?",
        (*(tuple(ponto) if ponto is not None else ()), OLHADAS + 1),
    ).fetchall()


def _serve(f: sqlite3.Row, filtro: dict[str, str]) -> bool:
    if filtro["rota"] and str(f["rota"]) != filtro["rota"]:
        return False
    if filtro["codigo"] and f["codigo"] != filtro["codigo"]:
        return False
    onde = f"{f['arquivo'] or ''} {f['motivo']} {f['chave'] or ''}".lower()
    return filtro["texto"].lower() in onde


def _dobrar(v: Visita, falhas: Sequence[sqlite3.Row], *, todas: bool) -> list[Linha]:
    vezes = Counter(_causa(f) for f in falhas)
    juntas: dict[object, list[sqlite3.Row]] = {}
    for f in falhas:
        juntas.setdefault(_causa(f) if vezes[_causa(f)] >= DOBRADAS else f["id"], []).append(f)
    return [_linha(v, grupo, todas=todas) for grupo in juntas.values()]


def _causa(f: sqlite3.Row) -> _Causa:
    return f["codigo"], f["motivo"], f["rota"]


def _linha(v: Visita, falhas: Sequence[sqlite3.Row], *, todas: bool = True) -> Linha:
    chaves = list(dict.fromkeys(f["chave"] for f in falhas if f["chave"]))[:_CHAVES_MAXIMAS]
    achado, botao = remedio(falhas[0]["codigo"]), None
    if achado is not None and (chaves or "{chaves}" not in achado[2]) and v.pode(achado[0]):
        onde = v.caminho_que_ha(achado[2].format(chaves=urlencode([("chave", c) for c in chaves])))
        botao = (achado[1], onde) if onde is not None else None
    return Linha(falhas[0], tuple(f["id"] for f in falhas), todas, botao)
