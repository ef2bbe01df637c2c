"""Keeps how far the import is with each company, the runs with their progress, and the signed terms."""

from collections.abc import Iterable
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao

EM_ANDAMENTO, CONCLUIDA, PARADA, INTERROMPIDA = "em andamento", "concluída", "parada", "interrompida"


def todas(c: Conexao) -> dict[str, Row]:
    """Returns the state by CNPJ. A company that was never touched is not in it."""
    return {r["cnpj"]: r for r in c.execute("SELECT * FROM ecac_empresa").fetchall()}


def uma(c: Conexao, cnpj: str) -> Row | None:
    """Returns the state of one company."""
    linha: Row | None = c.execute("SELECT * FROM ecac_empresa WHERE cnpj = ?", (cnpj,)).fetchone()
    return linha


def _garantir(c: Conexao, cnpj: str) -> None:
    c.execute("INSERT OR IGNORE INTO ecac_empresa (cnpj) VALUES (?)", (cnpj,))


def marcar(c: Conexao, cnpjs: Iterable[str]) -> None:
    """Notes that these companies have to be asked about. The note stays until it is done, whatever happens to the
    run."""
    for cnpj in cnpjs:
        _garantir(c, cnpj)
        c.execute("UPDATE ecac_empresa SET pendente = 1 WHERE cnpj = ?", (cnpj,))


def evento(c: Conexao, cnpj: str, dia: str) -> None:
    """Notes the day of the last payment event."""
    _garantir(c, cnpj)
    c.execute("UPDATE ecac_empresa SET evento_dia = ? WHERE cnpj = ?", (dia, cnpj))


def consultada(c: Conexao, cnpj: str, *, quando: str, dia: str, desde: str, proxima_em: str) -> None:
    """Notes that a complete answer was taken in. `dia` is Brasília's; `desde` is the start date that it covers."""
    _garantir(c, cnpj)
    c.execute(
        "UPDATE ecac_empresa SET pendente = 0, consultada_em = ?, consultada_dia = ?, consultada_desde ="
        " min(ifnull(consultada_desde, ?3), ?3), proxima_em = ?4, negada_ate = NULL, negada_por = NULL,"
        " negada_autor = NULL, ultimo_erro = NULL WHERE cnpj = ?5",
        (quando, dia, desde, proxima_em, cnpj),
    )


def negar(c: Conexao, cnpj: str, ate: str, motivo: str, autor: str) -> None:
    """Notes that the company was refused (403) to this author, who does not ask about it again before `ate`."""
    _garantir(c, cnpj)
    c.execute(
        "UPDATE ecac_empresa SET negada_ate = ?, negada_por = ?, negada_autor = ? WHERE cnpj = ?",
        (ate, motivo, autor, cnpj),
    )


def errar(c: Conexao, cnpj: str, motivo: str) -> None:
    """Notes that it did not work this time. The company stays pending."""
    _garantir(c, cnpj)
    c.execute("UPDATE ecac_empresa SET ultimo_erro = ?, pendente = 1 WHERE cnpj = ?", (motivo, cnpj))


def situar(
    c: Conexao,
    cnpjs: Iterable[str],
    situacao: str,
    detalhe: str,
    *,
    quando: str,
    importacao_id: int,
    autor: str | None = None,
) -> None:
    """Notes what an import came to with these companies. `autor`: who would have asked, and could not."""
    for cnpj in cnpjs:
        _garantir(c, cnpj)
        c.execute(
            "UPDATE ecac_empresa SET situacao = ?, situacao_detalhe = ?, situacao_em = ?, situacao_importacao = ?,"
            " situacao_autor = ? WHERE cnpj = ?",
            (situacao, detalhe, quando, importacao_id, autor, cnpj),
        )


def nao_chegou(
    c: Conexao, cnpjs: Iterable[str], situacao: str, detalhe: str, *, quando: str, importacao_id: int
) -> None:
    """Notes the same of those of them whose turn did not come in this import."""
    for cnpj in cnpjs:
        estado = uma(c, cnpj)
        if estado is None or estado["situacao_importacao"] != importacao_id:
            situar(c, [cnpj], situacao, detalhe, quando=quando, importacao_id=importacao_id)


# --- runs ------------------------------------------------------------------------------------------------------------


def iniciar(
    c: Conexao, *, motivo: str, quem: str, empresa: str | None, a3: bool, tarefa_id: int | None, quando: str
) -> int:
    """Begins a run. Returns its id."""
    cursor = c.execute(
        "INSERT INTO ecac_importacao (motivo, quem, empresa, a3, tarefa_id, estado, fase, iniciada_em, atualizada_em)"
        " VALUES (?, ?, ?, ?, ?, ?, 'início', ?, ?)",
        (motivo, quem, empresa, int(a3), tarefa_id, EM_ANDAMENTO, quando, quando),
    )
    return int(cursor.lastrowid or 0)


def progredir(c: Conexao, importacao_id: int, *, fase: str, total: int, feitas: int, quando: str) -> None:
    """Notes how far the run is, for the progress bar."""
    c.execute(
        "UPDATE ecac_importacao SET fase = ?, total = ?, feitas = ?, atualizada_em = ? WHERE id = ?",
        (fase, total, feitas, quando, importacao_id),
    )


def contar(
    c: Conexao, importacao_id: int, *, empresas: int = 0, pagamentos: int = 0, baixas: int = 0, comprovantes: int = 0
) -> None:
    """Adds to the totals of what the run has done so far."""
    c.execute(
        "UPDATE ecac_importacao SET empresas = empresas + ?, pagamentos = pagamentos + ?, baixas = baixas + ?,"
        " comprovantes = comprovantes + ? WHERE id = ?",
        (empresas, pagamentos, baixas, comprovantes, importacao_id),
    )


def terminar(c: Conexao, importacao_id: int, estado: str, mensagem: str, quando: str) -> None:
    """Ends a run."""
    c.execute(
        "UPDATE ecac_importacao SET estado = ?, mensagem = ?, terminada_em = ?, atualizada_em = ? WHERE id = ?",
        (estado, mensagem, quando, quando, importacao_id),
    )


def interrompidas(c: Conexao, quando: str) -> list[Row]:
    """Closes the runs that a dead process left, and returns them."""
    linhas = c.execute("SELECT * FROM ecac_importacao WHERE estado = ? ORDER BY id", (EM_ANDAMENTO,)).fetchall()
    for linha in linhas:
        terminar(c, linha["id"], INTERROMPIDA, "O serviço parou no meio; a importação seguinte continua daqui.", quando)
    return linhas


def importacao(c: Conexao, importacao_id: int) -> Row | None:
    """Returns one run."""
    linha: Row | None = c.execute("SELECT * FROM ecac_importacao WHERE id = ?", (importacao_id,)).fetchone()
    return linha


def ultima(c: Conexao) -> Row | None:
    """Returns the newest run."""
    linha: Row | None = c.execute(
        "SELECT * FROM ecac_importacao WHERE id = (SELECT max(id) FROM ecac_importacao)"
    ).fetchone()
    return linha


def do_pedido(c: Conexao, tarefa_id: int) -> Row | None:
    """Returns the run of an order."""
    sql = "SELECT * FROM ecac_importacao WHERE tarefa_id = ? ORDER BY id DESC LIMIT 1"
    linha: Row | None = c.execute(sql, (tarefa_id,)).fetchone()
    return linha


def primeira_do_pedido(c: Conexao, tarefa_id: int) -> int | None:
    """Returns the id of the first run of an order: one that a stop cut goes on in another run."""
    linha = c.execute("SELECT min(id) AS id FROM ecac_importacao WHERE tarefa_id = ?", (tarefa_id,)).fetchone()
    return int(linha["id"]) if linha["id"] is not None else None


# --- terms of authorisation ------------------------------------------------------------------------------------------


def termo(c: Conexao, autor: str) -> Row | None:
    """Returns the signed term of an author."""
    linha: Row | None = c.execute("SELECT * FROM ecac_termo WHERE autor = ?", (autor,)).fetchone()
    return linha


def guardar_termo(c: Conexao, autor: str, xml: bytes, vigencia: str, *, a3: bool, quando: str) -> None:
    """Keeps a signed term in the place of the one before it, which is of no use any more."""
    c.execute(
        "INSERT INTO ecac_termo (autor, xml, vigencia, a3, assinado_em) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (autor)"
        " DO UPDATE SET xml = ?2, vigencia = ?3, a3 = ?4, assinado_em = ?5",
        (autor, xml, vigencia, int(a3), quando),
    )
