"""Reads guides and occurrences page by page: by an index, from a key on, never more than `JANELA` rows at a time."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from sqlite3 import Row
from typing import NamedTuple

from separador.capacidades.ecac.banco import leitura
from separador.capacidades.ecac.banco.leitura import FiltroGuias
from separador.capacidades.ecac.dominio.ocorrencia import Status

JANELA = 20_000
"""Rows that one page looks at for what no index serves."""
POUCAS = 1_000
"""Occurrences of one status that are found by it, however old they are: those that are open are few."""
_PONTO = re.compile(r"([0-9-]{0,10})/([0-9]{1,18})")


class Ponto(NamedTuple):
    """A place in the list of guides: the due date ("" where there is none), and the guide. Of occurrences, the id."""

    em: str
    id: int

    def __str__(self) -> str:
        """Returns it as an address carries it."""
        return f"{self.em}/{self.id}"


COMECO = Ponto("9999-12-31", 2**62)
"""Before every guide and occurrence. A statement that always begins at a place never reads its table whole."""

_DO_DIA, _ANTES, _SEM_DIA = "vencimento = ? AND id < ?", "vencimento < ?", "vencimento IS NULL AND id < ?"


def ler_ponto(texto: str) -> Ponto | None:
    """Reads a place from an address; None when it is none."""
    lido = _PONTO.fullmatch(texto)
    return Ponto(lido[1], int(lido[2])) if lido is not None else None


@dataclass(frozen=True, slots=True)
class Pagina:
    """Some rows of a list. `proxima`: where to go on, None at the end; `incompleta`: the page ended because it had
    looked at `JANELA` rows."""

    linhas: list[Row]
    proxima: Ponto | None = None
    incompleta: bool = False


def guias(c: sqlite3.Connection, f: FiltroGuias, limite: int, depois: Ponto | None = None) -> Pagina:
    """Returns guides with their receipts, the one due last first; those without a due date come at the end."""

    def serve(g: Row) -> bool:
        return (
            f.estado in (None, g["estado"])
            and f.tipo in (None, g["tipo"])
            and f.baixada in (None, g["pagamento"] is not None)
        )

    achadas, parou, incompleta = _percorrer(_por_vencimento(c, f.contribuinte, depois or COMECO), serve, limite)
    linhas = [g for g in (leitura.guia(c, a["id"]) for a in achadas) if g is not None]
    proxima = Ponto(parou["vencimento"] or "", parou["id"]) if parou is not None else None
    return Pagina(linhas, proxima, incompleta)


def _por_vencimento(c: sqlite3.Connection, contribuinte: str | None, depois: Ponto) -> Iterator[Row]:
    """Yields guides from a place on: what is left of its day, the days before, those without a day."""
    faixas: list[tuple[str, tuple[str | int, ...]]] = [(_SEM_DIA, (depois.id,))]
    if depois.em:
        faixas = [(_DO_DIA, (depois.em, depois.id)), (_ANTES, (depois.em,)), (_SEM_DIA, (COMECO.id,))]
    return chain.from_iterable(_da_faixa(c, contribuinte, faixa, valores) for faixa, valores in faixas)


def _da_faixa(
    c: sqlite3.Connection, contribuinte: str | None, faixa: str, valores: tuple[str | int, ...]
) -> sqlite3.Cursor:
    indice, de_quem = "ecac_guia_vencimento", ""
    if contribuinte is not None:
        indice, de_quem, valores = "ecac_guia_contribuinte", "contribuinte = ? AND", (contribuinte, *valores)
    return c.execute(
        f"SELECT id, vencimento, estado, tipo, pagamento FROM ecac_guia INDEXED BY {indice}"  # noqa: S608 -- constants
        f" WHERE {de_quem} {faixa} ORDER BY vencimento DESC, id DESC",
        valores,
    )


@dataclass(frozen=True, slots=True)
class FiltroOcorrencias:
    """A filter of occurrences; None = any."""

    status: str | None = None
    contribuinte: str | None = None
    especie: str | None = None


def ocorrencias(c: sqlite3.Connection, f: FiltroOcorrencias, limite: int, depois: Ponto | None = None) -> Pagina:
    """Returns occurrences, newest first."""

    def serve(o: Row) -> bool:
        return f.status in (None, o["status"]) and f.especie in (None, o["especie"])

    antes = (depois or COMECO).id
    poucas = _poucas(c, f.status) if f.contribuinte is None and f.status is not None else None
    if poucas is not None:
        lidas: Iterable[Row] = _uma_a_uma(c, (i for i in poucas if i < antes))
    elif f.contribuinte is None:
        lidas = c.execute("SELECT id, status, especie FROM ecac_ocorrencia WHERE id < ? ORDER BY id DESC", (antes,))
    else:
        estados = [f.status] if f.status is not None else [s.value for s in Status]
        marcas = ", ".join("?" * len(estados))
        sql = (
            "SELECT id, status, especie FROM ecac_ocorrencia INDEXED BY ecac_ocorrencia_status"  # noqa: S608 -- constants
            f" WHERE status IN ({marcas}) AND contribuinte = ? AND id < ? ORDER BY id DESC"
        )
        lidas = c.execute(sql, (*estados, f.contribuinte, antes))
    achadas, parou, incompleta = _percorrer(lidas, serve, limite)
    inteiras = (c.execute("SELECT * FROM ecac_ocorrencia WHERE id = ?", (a["id"],)).fetchone() for a in achadas)
    return Pagina(list(inteiras), Ponto("", parou["id"]) if parou is not None else None, incompleta)


def _poucas(c: sqlite3.Connection, status: str) -> list[int] | None:
    """Returns the occurrences of a status, newest first; None where they are many."""
    sql = "SELECT id FROM ecac_ocorrencia INDEXED BY ecac_ocorrencia_status WHERE status = ? LIMIT ?"
    achadas = [r["id"] for r in c.execute(sql, (status, POUCAS + 1))]
    return sorted(achadas, reverse=True) if len(achadas) <= POUCAS else None


def _uma_a_uma(c: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Row]:
    for i in ids:
        yield c.execute("SELECT id, status, especie FROM ecac_ocorrencia WHERE id = ?", (i,)).fetchone()


def _percorrer(linhas: Iterable[Row], serve: Callable[[Row], bool], limite: int) -> tuple[list[Row], Row | None, bool]:
    """Returns the rows that fit, the last row of the page where there may be more, and whether the window ended it."""
    achadas: list[Row] = []
    for n, linha in enumerate(linhas, 1):
        if serve(linha):
            if len(achadas) == limite:
                return achadas, achadas[-1], False
            achadas.append(linha)
        if n >= JANELA:
            return achadas, linha, True
    return achadas, None, False
