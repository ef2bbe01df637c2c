"""Reads the kept answers of queries, for a caller who asks again before SEFAZ's limits of use allow a new call."""

from collections.abc import Iterable
from sqlite3 import Row

from separador.banco.conexao import Banco


def situacao(banco: Banco, chave: str, desde: str) -> Row | None:
    """Returns the newest answer about a key that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE chave = ? AND alvo = 'consulta' AND estado = 'aplicada' AND bruto IS NOT NULL"
        " AND resultado GLOB '[0-9]*' AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(chave, desde),
    )


def status(banco: Banco, fila: str, desde: str) -> Row | None:
    """Returns the newest answer to the status queries of a queue that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'aplicada' AND bruto IS NOT NULL"
        " AND resultado GLOB '[0-9]*' AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(fila, desde),
    )


def status_pendentes(banco: Banco, fila: str) -> list[Row]:
    """Returns the status queries that wait for their turn: one answer serves them all."""
    return banco.todas(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'pendente' ORDER BY id", fila
    )


def por_pasta(banco: Banco, desde: str, limite: str) -> list[Row]:
    """Returns the queries that were made visible to the transmitter between `desde` and `limite`, and were asked for by
    file or are about a key that is not ours."""
    return banco.todas(
        "SELECT p.nome, p.pasta, p.publicada_em FROM publicacao p LEFT JOIN arquivo a ON a.id = p.arquivo_id"
        " WHERE p.tipo = 'consulta' AND p.publicada_em >= ? AND p.publicada_em < ?"
        " AND (p.documento_id IS NULL OR a.regra = 'cte-consulta') ORDER BY p.id",
        *(desde, limite),
    )


def houve_retorno(banco: Banco, nomes: Iterable[bytes], desde: str) -> bool:
    """Says whether a return file of one of these names was taken since `desde`."""
    sql = "SELECT 1 FROM arquivo WHERE nome = ? AND regra = 'cte-retorno' AND tomado_em >= ?"
    return any(banco.uma(sql, nome, desde) is not None for nome in nomes)
