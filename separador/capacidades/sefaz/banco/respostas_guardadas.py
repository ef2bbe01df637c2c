"""Answers of queries that are kept, for whoever asks again before SEFAZ's limits allow it (SEFAZ-05)."""

from collections.abc import Iterable
from sqlite3 import Row

from separador.banco.conexao import Banco


def situacao(banco: Banco, chave: str, desde: str) -> Row | None:
    """The newest answer about a key that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE chave = ? AND alvo = 'consulta' AND estado = 'aplicada' AND bruto IS NOT NULL"
        " AND resultado GLOB '[0-9]*' AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(chave, desde),
    )


def status(banco: Banco, fila: str, desde: str) -> Row | None:
    """The newest answer to the status queries of a queue that came since `desde`."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'aplicada' AND bruto IS NOT NULL"
        " AND resultado GLOB '[0-9]*' AND respondida_em >= ? ORDER BY id DESC LIMIT 1",
        *(fila, desde),
    )


def status_pendentes(banco: Banco, fila: str) -> list[Row]:
    """Status queries that wait for their turn: one answer serves them all."""
    return banco.todas(
        "SELECT * FROM transmissao WHERE fila = ? AND alvo = 'status' AND estado = 'pendente' ORDER BY id", fila
    )


def por_pasta(banco: Banco, desde: str, limite: str) -> list[Row]:
    """Queries made visible to the transmitter in between, for whoever asked by file or about a key that is not ours."""
    return banco.todas(
        "SELECT p.nome, p.pasta, p.publicada_em FROM publicacao p LEFT JOIN arquivo a ON a.id = p.arquivo_id"
        " WHERE p.tipo = 'consulta' AND p.publicada_em >= ? AND p.publicada_em < ?"
        " AND (p.documento_id IS NULL OR a.regra = 'cte-consulta') ORDER BY p.id",
        *(desde, limite),
    )


def houve_retorno(banco: Banco, nomes: Iterable[bytes], desde: str) -> bool:
    """Whether a return file of one of these names was taken since."""
    sql = "SELECT 1 FROM arquivo WHERE nome = ? AND regra = 'cte-retorno' AND tomado_em >= ?"
    return any(banco.uma(sql, nome, desde) is not None for nome in nomes)
