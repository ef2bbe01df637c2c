"""Opens the kept form of signed bytes, and makes it small.

A document is kept with zlib at first. Later it is kept beside another of its emitter, the dictionary: certificate,
addresses and texts are the same in both, and a tenth is left. Each row names its dictionary; a dictionary is never
changed nor removed.
"""

import sqlite3
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # sqlite-utils, which reading commands do without
    from separador.banco.conexao import Banco, Linhas

_ALCANCE = 32_768
"""What zlib sees of a dictionary."""
_SERVE = 0.6
"""A dictionary that leaves more than this share of the bytes serves no longer: another one is made."""


def abrir(c: "Linhas", linha: sqlite3.Row) -> bytes:
    """Returns the signed bytes of a row of `assinado`. Raises LookupError, zlib.error for a broken database."""
    qual = linha["dicionario"] if "dicionario" in linha.keys() else None  # noqa: SIM118 -- a Row is no mapping
    if qual is None:
        return zlib.decompress(linha["dados"])
    aberto = zlib.decompressobj(zdict=_dicionario(c, int(qual)))
    return aberto.decompress(linha["dados"]) + aberto.flush()


def _dicionario(c: "Linhas", qual: int) -> bytes:
    linha = c.execute("SELECT dados FROM dicionario WHERE id = ?", (qual,)).fetchone()
    if linha is None:
        raise LookupError(f"dicionário {qual} não existe")
    return zlib.decompress(linha["dados"])[-_ALCANCE:]


def fechar(dados: bytes, dicionario: bytes) -> bytes:
    """Returns bytes in their small form."""
    compressor = zlib.compressobj(9, zdict=dicionario)
    return compressor.compress(dados) + compressor.flush()


def compactar(banco: "Banco", quantos: int) -> int:
    """Makes the next rows small, in the order in which they came, in one transaction. Returns how many it looked at.

    Each costs about half a millisecond.
    """
    if banco.uma("SELECT 1 FROM assinado WHERE rowid > (SELECT ate FROM assinado_compactado) LIMIT 1") is None:
        return 0
    with banco.transacao():
        linhas = banco.todas(
            "SELECT a.rowid AS linha, a.dados, a.dicionario, d.emitente, d.modelo FROM assinado a"
            " JOIN documento d ON d.id = a.documento_id"
            " WHERE a.rowid > (SELECT ate FROM assinado_compactado) ORDER BY a.rowid LIMIT ?",
            quantos,
        )
        for linha in linhas:
            if linha["dicionario"] is None:
                _compactar(banco, linha)
        if linhas:
            banco.execute("UPDATE assinado_compactado SET ate = ?", (linhas[-1]["linha"],))
    return len(linhas)


def _compactar(banco: "Banco", linha: sqlite3.Row) -> None:
    """Writes a row in its small form, if it reads back the same and is smaller."""
    try:
        dados = zlib.decompress(linha["dados"])
    except zlib.error:
        return  # told by who needs it; nothing is made of what cannot be read
    achado = banco.uma(
        "SELECT id, dados FROM dicionario WHERE emitente = ? AND modelo = ? ORDER BY id DESC LIMIT 1",
        *(linha["emitente"], linha["modelo"]),
    )
    if achado is not None:
        qual, dicionario = int(achado["id"]), zlib.decompress(achado["dados"])[-_ALCANCE:]
        pequeno = fechar(dados, dicionario)
    if achado is None or len(pequeno) > _SERVE * len(linha["dados"]):
        sql = "INSERT INTO dicionario (emitente, modelo, dados) VALUES (?, ?, ?)"
        novo = banco.execute(sql, (linha["emitente"], linha["modelo"], zlib.compress(dados, 9)))
        qual, dicionario = int(novo.lastrowid or 0), dados[-_ALCANCE:]
        pequeno = fechar(dados, dicionario)
    aberto = zlib.decompressobj(zdict=dicionario)
    if len(pequeno) < len(linha["dados"]) and aberto.decompress(pequeno) + aberto.flush() == dados:
        banco.execute("UPDATE assinado SET dados = ?, dicionario = ? WHERE rowid = ?", (pequeno, qual, linha["linha"]))
