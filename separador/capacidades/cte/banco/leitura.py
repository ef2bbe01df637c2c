"""Reads documents for the commands, through a connection that cannot write."""

import sqlite3

from separador.banco import assinados
from separador.banco.leitura import uma


def documento(c: sqlite3.Connection, chave: str) -> sqlite3.Row | None:
    """Returns the document of a key."""
    return uma(c, "SELECT * FROM documento WHERE chave = ?", chave)


def assinado(c: sqlite3.Connection, documento_id: int, digest: str) -> bytes | None:
    """Returns the signed bytes of one version of a document."""
    linha = uma(c, "SELECT * FROM assinado WHERE documento_id = ? AND digest = ?", documento_id, digest)
    return assinados.abrir(c, linha) if linha is not None else None
