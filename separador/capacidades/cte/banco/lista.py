"""Reads the list of documents for commands: page by page, each led by one index, however many there are.

What the index does not serve is looked for among `JANELA` documents at a time. No question reads all of them, but for
whoever asks for all.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from separador.nucleo.situacao import Situacao

_PONTO = re.compile(r"([0-9T:.+Z-]{1,40})/([0-9]{1,18})")

JANELA = 20_000
"""Documents that one page looks at for what no index serves."""
EXATO = 10_000
"""Up to so many, totals are counted one by one."""
CONTADOS = 500
"""Up to so many, the documents of an open situação are counted."""
ABERTAS = (Situacao.NAO_ENVIADO, Situacao.AGUARDANDO_RETORNO, Situacao.REJEITADO, Situacao.AGUARDANDO_CANCELAMENTO)
"""The situações in which something is still to come."""


@dataclass(frozen=True, slots=True)
class Filtro:
    """A filter of documents; None = any.

    `emitente`, `tomador`: a CNPJ or the beginning of one. `de`, `ate`: instants of emission as stored, from the first
    and before the second.
    """

    situacao: str | None = None
    carga: str | None = None
    emitente: str | None = None
    tomador: str | None = None
    numero: str | None = None
    serie: str | None = None
    cstat: str | None = None
    rota: int | None = None
    de: str | None = None
    ate: str | None = None


class Ponto(NamedTuple):
    """A place in the list: the instant that orders it, and the document."""

    em: str
    id: int

    def __str__(self) -> str:
        """Returns it as people pass it on."""
        return f"{self.em}/{self.id}"


def ler_ponto(texto: str) -> Ponto | None:
    """Reads a place as people passed it on; None when it is none."""
    lido = _PONTO.fullmatch(texto)
    return Ponto(lido[1], int(lido[2])) if lido is not None else None


def limpar(nome: str, texto: str) -> str:
    """Returns what a person typed into a field of the filter as it is stored: no dots, no zeros from the left."""
    if nome in ("emitente", "tomador"):
        return "".join(letra for letra in texto if letra.isalnum()).upper()
    return texto.strip().lstrip("0") or "0" if nome in ("numero", "serie") else texto.strip()


@dataclass(frozen=True, slots=True)
class Pagina:
    """Some documents of a list. `proxima`: where to go on, None at the end; `incompleta`: the page ended because it had
    looked at `JANELA` documents."""

    linhas: list[sqlite3.Row]
    proxima: Ponto | None = None
    incompleta: bool = False


@dataclass(frozen=True, slots=True)
class Totais:
    """Sums of a list by situação: (documents, cents). `completos`: they are of all that the filter finds."""

    por_situacao: dict[str, tuple[int, int]] = field(default_factory=dict)
    completos: bool = True

    @property
    def documentos(self) -> int:
        """Returns how many documents were counted."""
        return sum(n for n, _ in self.por_situacao.values())

    @property
    def centavos(self) -> int:
        """Returns their value."""
        return sum(valor for _, valor in self.por_situacao.values())


class Caminho(NamedTuple):
    """How a filter is read: the index that leads, the column of its order, what it serves, and what is left."""

    indice: str
    ordem: str
    servidas: dict[str, object]
    resto: dict[str, object]


def caminho(f: Filtro) -> Caminho:
    """Chooses the index that leaves the fewest documents to look at."""
    pedidas = {
        "numero = ?": f.numero,
        "serie = ?": f.serie,
        "carga = ?": f.carga,
        "tomador = ?": f.tomador if _inteiro(f.tomador) else None,
        "instr(tomador, ?) = 1": None if _inteiro(f.tomador) else f.tomador,
        "emitido_em >= ?": f.de,
        "emitido_em < ?": f.ate,
        "situacao = ?": f.situacao,
        "emitente = ?": f.emitente if _inteiro(f.emitente) else None,
        "instr(emitente, ?) = 1": None if _inteiro(f.emitente) else f.emitente,
        "cstat = ?": f.cstat,
        "rota_id = ?": f.rota,
    }
    filtros: dict[str, object] = {condicao: valor for condicao, valor in pedidas.items() if valor is not None}
    indice, ordem, serve = _indice(f)
    servidas = {c: filtros[c] for c in serve if c in filtros}
    resto = {c: v for c, v in filtros.items() if c not in servidas}
    # Without a first day: every instant. An emission that cannot be told is '', and stands before all of them.
    if "emitido_em < ?" in servidas and "emitido_em >= ?" not in servidas:
        servidas["emitido_em >= ?"] = "0"
    return Caminho(indice, ordem, servidas or {"atualizado_em > ?": ""}, resto)


def _indice(f: Filtro) -> tuple[str, str, tuple[str, ...]]:
    if f.numero is not None:
        return "documento_numero", "atualizado_em", ("numero = ?", "serie = ?")
    if f.carga is not None:
        return "documento_carga", "atualizado_em", ("carga = ?",)
    if _inteiro(f.tomador):
        return "documento_tomador", "atualizado_em", ("tomador = ?",)
    da_situacao = ("documento_situacao", "atualizado_em", ("situacao = ?",))
    if f.situacao is not None and f.situacao != Situacao.AUTORIZADO.value:
        return da_situacao  # few are in any other situação, however many years there are
    if f.de is not None or f.ate is not None:
        return "documento_emissao", "emitido_em", ("emitido_em >= ?", "emitido_em < ?")
    if _inteiro(f.emitente):
        return "documento_emitente", "atualizado_em", ("emitente = ?",)
    return da_situacao if f.situacao is not None else ("documento_mudou", "atualizado_em", ())


def _inteiro(cadastro: str | None) -> bool:
    return cadastro is not None and len(cadastro) in (11, 14)


def pagina(c: sqlite3.Connection, f: Filtro, limite: int, depois: Ponto | None = None) -> Pagina:
    """Returns documents, the one that changed last first; with days of emission, the one emitted last."""
    como = caminho(f)
    onde, valores = _condicoes(como.servidas, depois, como.ordem)
    janela = _fim_da_janela(c, como, onde, valores) if como.resto else None
    if janela is not None:
        onde, valores = f"{onde} AND ({como.ordem}, id) >= (?, ?)", (*valores, *janela)
    linhas = list(_ler(c, como, onde, valores, limite + 1))
    if len(linhas) > limite:
        ultima = linhas[limite - 1]
        return Pagina(linhas[:limite], Ponto(ultima[como.ordem], ultima["id"]))
    return Pagina(linhas, janela, incompleta=janela is not None)


def todos(c: sqlite3.Connection, f: Filtro, limite: int | None = None) -> Iterator[sqlite3.Row]:
    """Yields the documents in the same order as they are read, all of one instant: whoever asks for them wants all."""
    como = caminho(f)
    onde, valores = _condicoes(como.servidas, None, como.ordem)
    yield from _ler(c, como, onde, valores, -1 if limite is None else limite)


def somar(c: sqlite3.Connection, f: Filtro) -> Totais:
    """Returns the sums of a list, exact up to `EXATO` documents; of more, or of what no index serves, those of its
    beginning."""
    como = caminho(f)
    onde, valores = _condicoes(como.servidas, None, como.ordem)
    janela = _fim_da_janela(c, como, onde, valores) if como.resto else None
    if janela is not None:
        onde, valores = f"{onde} AND ({como.ordem}, id) >= (?, ?)", (*valores, *janela)
    resto, do_resto = _resto(como)
    valor, indexado = ("valor" if em_dia(c) else "NULL AS valor"), _indexado(c, como.indice)
    linhas = c.execute(
        f"SELECT situacao, count(*), coalesce(sum(valor), 0) FROM (SELECT situacao, {valor} FROM documento {indexado}"  # noqa: S608 - constants
        f" WHERE {onde}{resto} ORDER BY {como.ordem} DESC, id DESC LIMIT ?) GROUP BY situacao ORDER BY 2 DESC",
        (*valores, *do_resto, EXATO + 1),
    )
    somas = {str(linha[0]): (int(linha[1]), int(linha[2])) for linha in linhas}
    return Totais(somas, completos=janela is None and sum(n for n, _ in somas.values()) <= EXATO)


def contar_abertos(c: sqlite3.Connection) -> dict[str, int]:
    """Returns how many documents are in each open situação: at most `CONTADOS` and one more."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM documento WHERE situacao = ? LIMIT ?)"
    return {s.value: int(c.execute(sql, (s.value, CONTADOS + 1)).fetchone()[0]) for s in ABERTAS}


def em_dia(c: sqlite3.Connection) -> bool:
    """Says whether the database has the columns of lists. Before the new service started, it has not."""
    return any(linha["name"] == "emitido_em" for linha in c.execute("PRAGMA table_info(documento)"))


def ha_por_ler(c: sqlite3.Connection) -> bool:
    """Says whether there are documents from before the columns of lists that the service has not read yet."""
    sql = "SELECT 1 FROM documento INDEXED BY documento_a_ler WHERE emitido_em IS NULL LIMIT 1"
    return em_dia(c) and c.execute(sql).fetchone() is not None


CAMPOS = (
    *("id", "chave", "situacao", "etapa", "modelo", "serie", "numero", "emitente", "protocolo", "cstat", "motivo"),
    *("marca", "carga", "rota_id", "atualizado_em"),
)
NOVOS = ("emitido_em", "tomador", "fim", "valor")


def _ler(
    c: sqlite3.Connection, como: Caminho, onde: str, valores: tuple[object, ...], limite: int
) -> Iterator[sqlite3.Row]:
    novos = NOVOS if em_dia(c) else tuple(f"NULL AS {n}" for n in NOVOS)
    campos, indexado = ", ".join((*CAMPOS, *novos)), _indexado(c, como.indice)
    resto, do_resto = _resto(como)
    yield from c.execute(
        f"SELECT {campos} FROM documento {indexado} WHERE {onde}{resto}"  # noqa: S608 - constants
        f" ORDER BY {como.ordem} DESC, id DESC LIMIT ?",
        (*valores, *do_resto, limite),
    )


def _fim_da_janela(c: sqlite3.Connection, como: Caminho, onde: str, valores: tuple[object, ...]) -> Ponto | None:
    """Returns the last place that a page looks at; None when it looks at all there are. It reads the index only."""
    indexado = _indexado(c, como.indice)
    linha = c.execute(
        f"SELECT {como.ordem}, id FROM documento {indexado} WHERE {onde}"  # noqa: S608 - constants
        f" ORDER BY {como.ordem} DESC, id DESC LIMIT 1 OFFSET ?",
        (*valores, JANELA - 1),
    ).fetchone()
    return Ponto(str(linha[0]), int(linha[1])) if linha is not None else None


def _condicoes(servidas: dict[str, object], depois: Ponto | None, ordem: str) -> tuple[str, tuple[object, ...]]:
    onde, valores = " AND ".join(servidas), tuple(servidas.values())
    return (onde, valores) if depois is None else (f"{onde} AND ({ordem}, id) < (?, ?)", (*valores, *depois))


def _resto(como: Caminho) -> tuple[str, tuple[object, ...]]:
    return "".join(f" AND {condicao}" for condicao in como.resto), tuple(como.resto.values())


def _indexado(c: sqlite3.Connection, indice: str) -> str:
    """Names the index, so that no statistics lead elsewhere; not in a database that does not have it yet."""
    tem = c.execute("SELECT 1 FROM pragma_index_info(?)", (indice,)).fetchone()
    return f"INDEXED BY {indice}" if tem is not None else ""
