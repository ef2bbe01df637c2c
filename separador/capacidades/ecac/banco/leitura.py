"""Reads for the reading commands of the e-CAC. Writes nothing."""

import sqlite3
from dataclasses import dataclass
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao


@dataclass(frozen=True, slots=True)
class FiltroGuias:
    """A filter of guides. Every field None = any. `baixada`: settled or not. Dates are ISO, of the due date, both
    included."""

    contribuinte: str | None = None
    estado: str | None = None
    tipo: str | None = None
    baixada: bool | None = None
    de: str | None = None
    ate: str | None = None
    limite: int | None = None


_CAMPOS = "g.*, c.caminho, c.raiz, c.sha256 AS recibo_sha256, c.estado AS recibo_estado, c.arquivado_em"
_RECIBO = "LEFT JOIN ecac_comprovante c ON c.id = g.comprovante_id"


def existe(c: Conexao) -> bool:
    """Says whether the database has the e-CAC's tables. A database that was not migrated yet has none."""
    return c.execute("SELECT 1 FROM sqlite_master WHERE name = 'ecac_guia'").fetchone() is not None


def guias(c: Conexao, f: FiltroGuias) -> list[Row]:
    """Returns guides by due date, the newest first."""
    pedidas = {
        "g.contribuinte = ?": f.contribuinte,
        "g.estado = ?": f.estado,
        "g.tipo = ?": f.tipo,
        "(g.pagamento IS NOT NULL) = ?": f.baixada,
        "g.vencimento >= ?": f.de,
        "g.vencimento <= ?": f.ate,
    }
    filtros = {condicao: valor for condicao, valor in pedidas.items() if valor is not None}
    condicoes = " AND ".join(filtros) or "1"
    return c.execute(
        f"SELECT {_CAMPOS} FROM ecac_guia g {_RECIBO} WHERE {condicoes}"  # noqa: S608 - constants
        " ORDER BY g.vencimento DESC, g.id DESC LIMIT ?",
        (*filtros.values(), -1 if f.limite is None else f.limite),
    ).fetchall()


def guia(c: Conexao, guia_id: int) -> Row | None:
    """Returns one guide with its receipt."""
    linha: Row | None = c.execute(
        f"SELECT {_CAMPOS} FROM ecac_guia g {_RECIBO} WHERE g.id = ?",  # noqa: S608 - constants
        (guia_id,),
    ).fetchone()
    return linha


def achar_guia(c: Conexao, dito: str) -> list[Row]:
    """Finds guides by id or by number, as people type it (mask and leading zero apart)."""
    digitos = "".join(x for x in dito if x.isdigit())
    if len(digitos) < 12:
        uma = guia(c, int(digitos)) if digitos else None
        return [uma] if uma is not None else []
    return c.execute(
        f"SELECT {_CAMPOS} FROM ecac_guia g {_RECIBO} WHERE g.numero = ? ORDER BY g.id",  # noqa: S608 - constants
        (digitos.zfill(17),),
    ).fetchall()


def historico(c: Conexao, guia_id: int) -> list[Row]:
    """Returns the history of a guide, oldest first."""
    return c.execute("SELECT * FROM ecac_guia_historico WHERE guia_id = ? ORDER BY id", (guia_id,)).fetchall()


def contagem_por_empresa(c: Conexao) -> dict[str, Row]:
    """Returns (guias, baixadas, com_comprovante) by CNPJ."""
    linhas = c.execute(
        "SELECT contribuinte, count(*) AS guias, sum(pagamento IS NOT NULL) AS baixadas,"
        " sum(comprovante_id IS NOT NULL) AS com_comprovante FROM ecac_guia GROUP BY contribuinte"
    ).fetchall()
    return {r["contribuinte"]: r for r in linhas}


def abertas_por_empresa(c: Conexao) -> dict[str, int]:
    """Returns the number of open occurrences by CNPJ."""
    sql = "SELECT contribuinte, count(*) AS n FROM ecac_ocorrencia WHERE status = 'aberta' GROUP BY contribuinte"
    return {r["contribuinte"]: int(r["n"]) for r in c.execute(sql).fetchall()}


def falta(conexao: sqlite3.Connection | None) -> bool:
    """Says whether there is nothing to show: no database yet, or one from before the e-CAC."""
    return conexao is None or not existe(conexao)
