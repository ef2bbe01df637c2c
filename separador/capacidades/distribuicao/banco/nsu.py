"""Keeps the ledger of NSU per company and environment, and the documents that came.

`ult_nsu` moves only when every document up to it is durable in its folder. First their rows and staged files are
committed (`lote_nsu` says how far they go), then they become visible, then the ledger moves. Two triggers of the
database guard it: it never goes back, and never past a document that is still being filed.
"""

from sqlite3 import Row

from separador.banco.conexao import Banco

ARQUIVANDO, ARQUIVADO, REPETIDO, DEFEITUOSO = "arquivando", "arquivado", "repetido", "defeituoso"
"""States of a document: being filed; filed; the same bytes were filed before; kept raw (and filed as such)."""
ABERTA, PREENCHIDA, INEXISTENTE = "aberta", "preenchida", "inexistente"
"""States of a missing number: to be asked for; it came; the national environment does not have it."""


def livro(banco: Banco, cnpj: str, ambiente: str) -> Row | None:
    """Returns the ledger of a company; None before its first question."""
    return banco.uma("SELECT * FROM nsu WHERE cnpj = ? AND ambiente = ?", cnpj, ambiente)


def livros_do_ambiente(banco: Banco, ambiente: str) -> list[Row]:
    """Returns every ledger of an environment."""
    return banco.todas("SELECT * FROM nsu WHERE ambiente = ?", ambiente)


def abrir_livro(banco: Banco, cnpj: str, ambiente: str) -> None:
    """Opens a ledger at zero, where there is none."""
    banco.execute("INSERT OR IGNORE INTO nsu (cnpj, ambiente) VALUES (?, ?)", (cnpj, ambiente))


def ordenar(banco: Banco, cnpj: str, ambiente: str) -> None:
    """Records that a person asked: the next question does not wait for the schedule."""
    abrir_livro(banco, cnpj, ambiente)
    banco.execute("UPDATE nsu SET ordenada = 1 WHERE cnpj = ? AND ambiente = ?", (cnpj, ambiente))


def perguntar(banco: Banco, cnpj: str, ambiente: str, quando: str) -> None:
    """Records that a question was queued."""
    banco.execute(
        "UPDATE nsu SET consultada_em = ?, ordenada = 0 WHERE cnpj = ? AND ambiente = ?", (quando, cnpj, ambiente)
    )


def responder(
    banco: Banco,
    cnpj: str,
    ambiente: str,
    *,
    lote_nsu: int | None,
    max_nsu: int | None,
    proxima_em: str | None,
    cstat: str,
    motivo: str,
) -> None:
    """Records an answer. `lote_nsu`: the number to which the ledger may move once its documents are durable."""
    banco.execute(
        "UPDATE nsu SET lote_nsu = ?, max_nsu = coalesce(?, max_nsu), proxima_em = ?, cstat = ?, motivo = ?"
        " WHERE cnpj = ? AND ambiente = ?",
        (lote_nsu, max_nsu, proxima_em, cstat, motivo, cnpj, ambiente),
    )


def descansar(banco: Banco, cnpj: str, ambiente: str, ate: str) -> None:
    """Forbids questions before this instant."""
    banco.execute("UPDATE nsu SET proxima_em = ? WHERE cnpj = ? AND ambiente = ?", (ate, cnpj, ambiente))


def do_nsu(banco: Banco, cnpj: str, ambiente: str, nsu: int) -> Row | None:
    """Returns the document that came under a number."""
    return banco.uma("SELECT * FROM distribuido WHERE cnpj = ? AND ambiente = ? AND nsu = ?", cnpj, ambiente, nsu)


def arquivados(banco: Banco) -> int:
    """Marks as filed the documents whose files are visible by now. Returns how many."""
    cursor = banco.execute(
        "UPDATE distribuido SET estado = CASE WHEN defeito IS NULL THEN ? ELSE ? END, nome = (SELECT p.nome FROM"
        " publicacao p WHERE p.tipo = 'distribuido' AND p.sha256 = distribuido.sha256 AND p.estado = 'publicada'"
        " ORDER BY p.id DESC LIMIT 1)"
        " WHERE estado = ? AND EXISTS (SELECT 1 FROM publicacao p WHERE p.tipo = 'distribuido'"
        " AND p.sha256 = distribuido.sha256 AND p.estado = 'publicada')",
        (ARQUIVADO, DEFEITUOSO, ARQUIVANDO),
    )
    return int(cursor.rowcount)


def lotes_abertos(banco: Banco) -> list[Row]:
    """Returns the ledgers whose last lot is not counted yet; `presos`: documents of it that are not visible."""
    return banco.todas(
        "SELECT n.*, (SELECT count(*) FROM distribuido d WHERE d.cnpj = n.cnpj AND d.ambiente = n.ambiente"
        " AND d.estado = 'arquivando' AND NOT EXISTS (SELECT 1 FROM publicacao p WHERE p.tipo = 'distribuido'"
        " AND p.sha256 = d.sha256 AND p.estado = 'publicada')) AS presos FROM nsu n WHERE n.lote_nsu IS NOT NULL"
    )


def avancar(banco: Banco, cnpj: str, ambiente: str) -> None:
    """Moves the ledger, because the lot's documents are durable."""
    banco.execute(
        "UPDATE nsu SET ult_nsu = max(ult_nsu, lote_nsu), lote_nsu = NULL"
        " WHERE cnpj = ? AND ambiente = ? AND lote_nsu IS NOT NULL",
        (cnpj, ambiente),
    )


def em_voo(banco: Banco, fila: str) -> bool:
    """Says whether a call of this queue waits, is on its way, or is not applied. The query fits the partial index."""
    sql = (
        "SELECT 1 FROM transmissao WHERE fila = ? AND estado IN ('pendente', 'enviando', 'respondida', 'desconhecida')"
        " LIMIT 1"
    )
    return banco.uma(sql, fila) is not None


def aliviar(banco: Banco) -> None:
    """Drops the raw answers of applied calls, because their documents are durable, staged or filed."""
    banco.execute(
        "UPDATE transmissao SET bruto = NULL, xml = NULL WHERE alvo IN ('distribuicao', 'nsu') AND bruto IS NOT NULL"
        " AND estado = 'aplicada'"
    )


# --- missing numbers --------------------------------------------------------------------------------------------


def anotar_falta(banco: Banco, cnpj: str, ambiente: str, nsu: int) -> None:
    """Notes a number that did not come, or came unreadable."""
    banco.execute(
        "INSERT OR IGNORE INTO nsu_falta (cnpj, ambiente, nsu, estado) VALUES (?, ?, ?, ?)",
        (cnpj, ambiente, nsu, ABERTA),
    )


def esquecer(banco: Banco, sha256: str) -> list[int]:
    """Forgets the documents of these bytes that are not known to be filed, and notes their numbers as missing. Returns
    the numbers."""
    linhas = banco.todas(
        "SELECT * FROM distribuido WHERE sha256 = ? AND estado IN (?, ?)", *(sha256, ARQUIVANDO, REPETIDO)
    )
    for linha in linhas:
        banco.execute("DELETE FROM distribuido WHERE id = ?", (linha["id"],))
        anotar_falta(banco, linha["cnpj"], linha["ambiente"], linha["nsu"])
    return [int(linha["nsu"]) for linha in linhas]


def faltas(banco: Banco, cnpj: str, ambiente: str, desde: str, limite: int) -> list[int]:
    """Returns the open ones that were not asked for since `desde`: never asked first, then those asked longest ago."""
    linhas = banco.todas(
        "SELECT nsu FROM nsu_falta WHERE cnpj = ? AND ambiente = ? AND estado = ?"
        " AND (pedida_em IS NULL OR pedida_em < ?) ORDER BY pedida_em, nsu LIMIT ?",
        *(cnpj, ambiente, ABERTA, desde, limite),
    )
    return [int(r["nsu"]) for r in linhas]


def faltas_pedidas_desde(banco: Banco, cnpj: str, ambiente: str, desde: str) -> int:
    """Returns how many were asked for since `desde`."""
    linha = banco.uma(
        "SELECT count(*) AS n FROM nsu_falta WHERE cnpj = ? AND ambiente = ? AND pedida_em >= ?", cnpj, ambiente, desde
    )
    return int(linha["n"]) if linha is not None else 0


def pedir_falta(banco: Banco, cnpj: str, ambiente: str, nsu: int, quando: str) -> None:
    """Records that it was asked for by its number."""
    banco.execute(
        "UPDATE nsu_falta SET tentativas = tentativas + 1, pedida_em = ? WHERE cnpj = ? AND ambiente = ? AND nsu = ?",
        (quando, cnpj, ambiente, nsu),
    )


def encerrar_falta(banco: Banco, cnpj: str, ambiente: str, nsu: int, estado: str) -> None:
    """Closes it, because it came or the national environment does not have it."""
    banco.execute(
        "UPDATE nsu_falta SET estado = ? WHERE cnpj = ? AND ambiente = ? AND nsu = ?", (estado, cnpj, ambiente, nsu)
    )


def desistir_das_faltas(banco: Banco, cnpj: str, ambiente: str, tentativas: int) -> None:
    """Closes the open ones that were asked for so often without a document: they are not there."""
    banco.execute(
        "UPDATE nsu_falta SET estado = ? WHERE cnpj = ? AND ambiente = ? AND estado = ? AND tentativas >= ?",
        (INEXISTENTE, cnpj, ambiente, ABERTA, tentativas),
    )
