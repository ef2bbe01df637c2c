"""Keeps the summary: one row per hour, company, route, authoriser, outcome and code.

Rows that a capability keeps for good are counted once each, by their ids: the summary knows up to where, in the same
transaction. Files have one outcome each, and are counted when they get it.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from separador.capacidades.movimento.dominio import DA_SEFAZ, DAQUI, RECUSADO, REJEITADO, TEMPOS_S, Contado, Fonte

if TYPE_CHECKING:  # sqlite-utils, which reading commands do without
    from separador.banco.conexao import Banco, Linhas

DE_ARQUIVOS = "arquivo"
"""The source that is no log: files, which change when they end."""
DE_CADA_VEZ = 5_000
"""Rows that one transaction counts: tens of milliseconds."""
_CHAVE = "hora, empresa, rota_id, autorizador, desfecho, cstat"
_TEMPOS = tuple(f"t{i}" for i in range(len(TEMPOS_S) + 1))
_DO_RESUMO = ", ".join(f"sum({c})" for c in ("quantos", "valor", *_TEMPOS))
_LIMITES = (0.0, *TEMPOS_S)
_SEM_TEMPOS = 8
"""Columns before those of the times."""


def _classe(i: int) -> str:
    depois = f"tempo_s >= {_LIMITES[i]}" if i else "tempo_s IS NOT NULL"  # a clock that was set back: the first class
    return f"sum({depois} AND tempo_s < {_LIMITES[i + 1]})" if i < len(TEMPOS_S) else f"sum({depois})"


_SOMAS = ", ".join(
    ("count(*)", "coalesce(sum(valor), 0)", *(f"coalesce({_classe(i)}, 0)" for i in range(len(_TEMPOS))))
)
_MAIS = ", ".join(f"{c} = {c} + excluded.{c}" for c in ("quantos", "valor", *_TEMPOS))
_COLUNAS = f"{_CHAVE}, quantos, valor, {', '.join(_TEMPOS)}"
_ARQUIVOS = (
    "SELECT substr(terminado_em, 1, 13) AS hora, coalesce(substr(chave, 7, 14), '') AS empresa, rota_id,"
    " '' AS autorizador, desfecho, coalesce(codigo, '') AS cstat, NULL AS valor, NULL AS tempo_s FROM arquivo"
)
_TERMINADOS = f"{_ARQUIVOS} WHERE id IN (SELECT value FROM json_each(?)) AND desfecho IS NOT NULL"  # noqa: S608 - constants
_DO_PASSADO = (
    f"{_ARQUIVOS} WHERE id > ? AND id <= ? AND desfecho IS NOT NULL"  # noqa: S608 - constants
    " AND id NOT IN (SELECT value FROM json_each(?))"
)


def _somar(banco: "Linhas", linhas: str, *valores: object) -> None:
    """Adds rows to the summary: one statement, however many they are."""
    banco.execute(
        f"INSERT INTO resumo ({_COLUNAS}) SELECT {_CHAVE}, {_SOMAS} FROM ({linhas}) WHERE true"  # noqa: S608 - constants
        f" GROUP BY {_CHAVE} ON CONFLICT ({_CHAVE}) DO UPDATE SET {_MAIS}",
        valores,
    )


def contar_arquivos(banco: "Banco", ids: Sequence[int]) -> None:
    """Counts files whose outcome became final in this transaction."""
    _somar(banco, _TERMINADOS, json.dumps(list(ids)))


def contar_novos(banco: "Linhas", nome: str, fonte: Fonte) -> bool:
    """Counts the rows of a source that were not counted yet, up to `DE_CADA_VEZ`. Returns True while there are more: a
    program of before the summary wrote them, and whoever decides now must not wait for years of them."""
    marca = banco.execute("SELECT ate FROM resumo_fonte WHERE fonte = ?", (nome,)).fetchone()
    ultimo = int(banco.execute(fonte.ultimo).fetchone()[0])
    if marca is None:  # a source that is new here: what it has is the past
        banco.execute("INSERT INTO resumo_fonte (fonte, ate, passado) VALUES (?, ?, ?)", (nome, ultimo, ultimo))
        return False
    ate = min(ultimo, int(marca["ate"]) + DE_CADA_VEZ)
    if ate > marca["ate"]:
        _somar(banco, fonte.linhas, marca["ate"], ate)
        banco.execute("UPDATE resumo_fonte SET ate = ? WHERE fonte = ?", (ate, nome))
    return ate < ultimo


class Passado(NamedTuple):
    """How far the past of all sources is counted: rows done, rows in all."""

    feito: int
    total: int

    @property
    def falta(self) -> bool:
        """Says whether there are rows that nobody counted."""
        return self.feito < self.total


def passado(c: sqlite3.Connection) -> Passado:
    """Returns how far the past is counted."""
    feito, total = c.execute("SELECT coalesce(sum(feito), 0), coalesce(sum(passado), 0) FROM resumo_fonte").fetchone()
    return Passado(int(feito), int(total))


def recomecar(banco: "Banco", fontes: dict[str, Fonte]) -> None:
    """Empties the summary: everything up to now is the past, and what comes is counted as it comes."""
    banco.execute("DELETE FROM resumo")
    banco.execute("DELETE FROM resumo_fonte")
    for nome, fonte in fontes.items():
        ultimo = int(banco.execute(fonte.ultimo).fetchone()[0])
        banco.execute("INSERT INTO resumo_fonte (fonte, ate, passado) VALUES (?, ?, ?)", (nome, ultimo, ultimo))
    abertos = [r["id"] for r in banco.todas("SELECT id FROM arquivo INDEXED BY arquivo_aberto WHERE desfecho IS NULL")]
    ultimo = int(banco.execute("SELECT coalesce(max(id), 0) FROM arquivo").fetchone()[0])
    banco.execute(
        "INSERT INTO resumo_fonte (fonte, ate, passado, menos) VALUES (?, ?, ?, ?)",
        (DE_ARQUIVOS, ultimo, ultimo, json.dumps(abertos)),
    )


def contar_passado(banco: "Banco", fontes: dict[str, Fonte]) -> bool:
    """Counts a group of the past and notes that it did, in one transaction. Returns False when there is no more."""
    with banco.transacao():
        falta = banco.uma("SELECT * FROM resumo_fonte WHERE feito < passado ORDER BY fonte LIMIT 1")
        if falta is None:
            return False
        nome, de = str(falta["fonte"]), int(falta["feito"])
        ate = min(de + DE_CADA_VEZ, int(falta["passado"]))
        if nome == DE_ARQUIVOS:
            _somar(banco, _DO_PASSADO, de, ate, falta["menos"])
        elif nome in fontes:
            _somar(banco, fontes[nome].linhas, de, ate)
        banco.execute("UPDATE resumo_fonte SET feito = ? WHERE fonte = ?", (ate, nome))
    return True


def contados(c: sqlite3.Connection, primeira: str, depois: str) -> Iterator[Contado]:
    """Yields the rows of a period, from an hour and before another."""
    sql = f"SELECT {_COLUNAS} FROM resumo WHERE hora >= ? AND hora < ? ORDER BY hora"  # noqa: S608 - constants
    for linha in c.execute(sql, (primeira, depois)):
        valores = tuple(linha)
        yield Contado._make((*valores[:_SEM_TEMPOS], valores[_SEM_TEMPOS:]))


def por_hora(c: sqlite3.Connection, primeira: str, depois: str, empresa: str | None) -> Iterator[Contado]:
    """Yields the sums of a period by hour and outcome, of all companies or of one. The key begins with the hour: an
    hour is summed at a time, however many companies and codes it has."""
    sql = (
        f"SELECT hora, desfecho, {_DO_RESUMO} FROM resumo WHERE hora >= ?1 AND hora < ?2"  # noqa: S608 - constants
        " AND (?3 IS NULL OR empresa = ?3) GROUP BY hora, desfecho"
    )
    for hora, desfecho, quantos, valor, *tempos in c.execute(sql, (primeira, depois, empresa)):
        yield Contado(hora, "", 0, "", desfecho, "", quantos, valor, tuple(tempos))


def somas(c: sqlite3.Connection, primeira: str, depois: str, empresa: str | None) -> Iterator[Contado]:
    """Yields the sums of a period by outcome, of all companies or of one. Their hour is the first."""
    sql = (
        f"SELECT desfecho, {_DO_RESUMO} FROM resumo WHERE hora >= ?1 AND hora < ?2"  # noqa: S608 - constants
        " AND (?3 IS NULL OR empresa = ?3) GROUP BY desfecho"
    )
    for desfecho, quantos, valor, *tempos in c.execute(sql, (primeira, depois, empresa)):
        yield Contado(primeira, "", 0, "", desfecho, "", quantos, valor, tuple(tempos))


def extremos(c: sqlite3.Connection, primeira: str, depois: str) -> tuple[str, str] | None:
    """Returns the first and the last hour of a period in which anything passed."""
    periodo = (primeira, depois)
    de = c.execute("SELECT min(hora) FROM resumo WHERE hora >= ? AND hora < ?", periodo).fetchone()[0]
    ate = c.execute("SELECT max(hora) FROM resumo WHERE hora >= ? AND hora < ?", periodo).fetchone()[0]
    return (de, ate) if de is not None else None


def recusas(
    c: sqlite3.Connection, primeira: str, depois: str, empresa: str | None, quantas: int
) -> list[tuple[str, str, int]]:
    """Returns who refused, with which code, and how often: the commonest first. `quantas` below 0: all of them."""
    sql = (
        "SELECT desfecho, cstat, sum(quantos) AS vezes FROM resumo WHERE hora >= ?1 AND hora < ?2"
        " AND (?3 IS NULL OR empresa = ?3) AND desfecho IN (?4, ?5) AND cstat <> ''"
        " GROUP BY desfecho, cstat ORDER BY vezes DESC, cstat LIMIT ?6"
    )
    linhas = c.execute(sql, (primeira, depois, empresa, REJEITADO, RECUSADO, quantas))
    return [(DA_SEFAZ if r[0] == REJEITADO else DAQUI, str(r[1]), int(r[2])) for r in linhas]


def autorizados(
    c: sqlite3.Connection, desde: str, empresa: str | None, rota: int | None, cstat: str | None
) -> tuple[int, int]:
    """Returns the authorisations since an hour, and their value in cents. None: of all companies, routes, codes."""
    linha = c.execute(
        "SELECT coalesce(sum(quantos), 0), coalesce(sum(valor), 0) FROM resumo WHERE hora >= ?1"
        " AND desfecho = 'autorizado' AND (?2 IS NULL OR empresa = ?2) AND (?3 IS NULL OR rota_id = ?3)"
        " AND (?4 IS NULL OR cstat = ?4)",
        (desde, empresa, rota, cstat),
    ).fetchone()
    return int(linha[0]), int(linha[1])


def existe(c: sqlite3.Connection) -> bool:
    """Says whether the database has the summary. Before the new service started, it has not."""
    return c.execute("SELECT 1 FROM sqlite_master WHERE name = 'resumo_fonte'").fetchone() is not None
