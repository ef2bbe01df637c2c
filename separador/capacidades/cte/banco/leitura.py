"""Reads documents for the commands, through a connection that cannot write."""

import sqlite3
import zlib
from dataclasses import dataclass

from separador.banco.leitura import uma


def documento(c: sqlite3.Connection, chave: str) -> sqlite3.Row | None:
    """Returns the document of a key."""
    return uma(c, "SELECT * FROM documento WHERE chave = ?", chave)


@dataclass(frozen=True, slots=True)
class Filtro:
    """A filter of documents; None = any. `limite` None = all."""

    situacao: str | None = None
    carga: str | None = None
    emitente: str | None = None
    limite: int | None = None


def documentos(c: sqlite3.Connection, f: Filtro) -> list[sqlite3.Row]:
    """Returns documents, the one that changed last first. `emitente`: a CNPJ or the beginning of one."""
    return c.execute(
        "SELECT chave, situacao, etapa, modelo, serie, numero, emitente, protocolo, cstat, motivo, carga, atualizado_em"
        " FROM documento WHERE (?1 IS NULL OR situacao = ?1) AND (?2 IS NULL OR carga = ?2)"
        " AND (?3 IS NULL OR substr(emitente, 1, length(?3)) = ?3) ORDER BY atualizado_em DESC, id DESC LIMIT ?4",
        (f.situacao, f.carga, f.emitente, -1 if f.limite is None else f.limite),
    ).fetchall()


def assinado(c: sqlite3.Connection, documento_id: int, digest: str) -> bytes | None:
    """Returns the signed bytes of one version of a document."""
    linha = uma(c, "SELECT dados FROM assinado WHERE documento_id = ? AND digest = ?", documento_id, digest)
    return zlib.decompress(linha["dados"]) if linha is not None else None
