"""Reads documents for the commands, through a connection that cannot write."""

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from separador.banco.leitura import uma


def documento(c: sqlite3.Connection, chave: str) -> sqlite3.Row | None:
    """Returns the document of a key."""
    return uma(c, "SELECT * FROM documento WHERE chave = ?", chave)


@dataclass(frozen=True, slots=True)
class Filtro:
    """A filter of documents; None = any. `limite` None = all.

    `emitente`, `tomador`: a CNPJ or the beginning of one. `de`, `ate`: instants of emission as stored, from the first and
    before the second.
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
    limite: int | None = None


def documentos(c: sqlite3.Connection, f: Filtro) -> Iterator[sqlite3.Row]:
    """Yields documents, the one that changed last first."""
    pedidas = {
        "atualizado_em > ?": "",
        "situacao = ?": f.situacao,
        "carga = ?": f.carga,
        "instr(emitente, ?) = 1": f.emitente,
        "instr(tomador, ?) = 1": f.tomador,
        "numero = ?": f.numero,
        "serie = ?": f.serie,
        "cstat = ?": f.cstat,
        "rota_id = ?": f.rota,
        "emitido_em >= ?": f.de,
        "emitido_em < ?": f.ate,
    }
    filtros = {condicao: valor for condicao, valor in pedidas.items() if valor is not None}
    condicoes = " AND ".join(filtros)
    yield from c.execute(
        f"SELECT {_CAMPOS}, {_novos(c)} FROM documento WHERE {condicoes}"  # noqa: S608 - constants
        " ORDER BY atualizado_em DESC, id DESC LIMIT ?",
        (*filtros.values(), -1 if f.limite is None else f.limite),
    )


_CAMPOS = (
    "chave, situacao, etapa, modelo, serie, numero, emitente, protocolo, cstat, motivo, carga, rota_id, atualizado_em"
)
_NOVOS = ("emitido_em", "tomador", "fim", "valor")


def _novos(c: sqlite3.Connection) -> str:
    """Returns the columns that a database has not before the new service brought it up to date; there they are NULL."""
    tem = {linha["name"] for linha in c.execute("PRAGMA table_info(documento)")}
    return ", ".join(nome if nome in tem else f"NULL AS {nome}" for nome in _NOVOS)


def assinado(c: sqlite3.Connection, documento_id: int, digest: str) -> bytes | None:
    """Returns the signed bytes of one version of a document."""
    linha = uma(c, "SELECT dados FROM assinado WHERE documento_id = ? AND digest = ?", documento_id, digest)
    return zlib.decompress(linha["dados"]) if linha is not None else None
