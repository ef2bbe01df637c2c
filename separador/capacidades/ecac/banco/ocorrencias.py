"""Opens, updates and closes the occurrences of the settlement. A trigger writes their history."""

from collections.abc import Collection, Iterable
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia, Status

DE_IMPORTACAO = "importacao:"
"""Prefix of subjects that an import of guides found. The matching does not know of them; a person resolves them."""


def abrir(c: Conexao, o: Ocorrencia, quando: str, por: str = "serviço") -> int:
    """Opens an occurrence, or finds it: one seen again is the same one. One that a person dismissed stays dismissed.
    Returns its id."""
    linha = _achar(c, o.especie, o.contribuinte, o.assunto)
    if linha is None:
        cursor = c.execute(
            "INSERT INTO ecac_ocorrencia (especie, contribuinte, assunto, detalhe, guia_id, pagamento, status, desde,"
            " atualizada_em, por) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(o.especie.value, o.contribuinte, o.assunto, o.detalhe, o.guia, o.pagamento, Status.ABERTA.value),
                *(quando, quando, por),
            ),
        )
        return int(cursor.lastrowid or 0)
    if linha["status"] == Status.RESOLVIDA or (linha["status"] == Status.ABERTA and linha["detalhe"] != o.detalhe):
        c.execute(
            "UPDATE ecac_ocorrencia SET status = ?, detalhe = ?, guia_id = ?, pagamento = ?, atualizada_em = ?, por = ?"
            " WHERE id = ?",
            (Status.ABERTA.value, o.detalhe, o.guia, o.pagamento, quando, por, linha["id"]),
        )
    return int(linha["id"])


def _achar(c: Conexao, especie: str, contribuinte: str, assunto: str) -> Row | None:
    sql = "SELECT * FROM ecac_ocorrencia WHERE especie = ? AND contribuinte = ? AND assunto = ?"
    linha: Row | None = c.execute(sql, (especie, contribuinte, assunto)).fetchone()
    return linha


def encerrar(
    c: Conexao, especie: Especie, contribuinte: str, quando: str, por: str, *, assunto: str | None = None
) -> int:
    """Resolves the open ones of a kind and taxpayer (with `assunto`, of that subject only). Returns how many."""
    return c.execute(
        "UPDATE ecac_ocorrencia SET status = ?1, atualizada_em = ?2, por = ?3 WHERE especie = ?4 AND contribuinte = ?5"
        " AND status = ?6 AND (?7 IS NULL OR assunto = ?7)",
        (Status.RESOLVIDA.value, quando, por, especie.value, contribuinte, Status.ABERTA.value, assunto),
    ).rowcount


def mudar_status(c: Conexao, ocorrencia_id: int, status: Status, quando: str, por: str) -> None:
    """Records a person's decision, or what follows from one."""
    c.execute(
        "UPDATE ecac_ocorrencia SET status = ?, atualizada_em = ?, por = ? WHERE id = ? AND status <> ?",
        (status.value, quando, por, ocorrencia_id, status.value),
    )


def acertar(
    c: Conexao, contribuinte: str, especies: Collection[Especie], achadas: Iterable[Ocorrencia], quando: str
) -> None:
    """Makes the open ones of these kinds exactly what was found. The others are resolved, except those that an import
    of guides opened."""
    vistas = set()
    for o in achadas:
        abrir(c, o, quando)
        vistas.add((o.especie.value, o.assunto))
    for especie in especies:
        sql = "SELECT id, assunto FROM ecac_ocorrencia WHERE especie = ? AND contribuinte = ? AND status = ?"
        for linha in c.execute(sql, (especie.value, contribuinte, Status.ABERTA.value)).fetchall():
            fica = linha["assunto"].startswith(DE_IMPORTACAO)
            if not fica and (especie.value, linha["assunto"]) not in vistas:
                mudar_status(c, linha["id"], Status.RESOLVIDA, quando, "acertada pela conciliação")


def por_id(c: Conexao, ocorrencia_id: int) -> Row | None:
    """Returns one occurrence."""
    linha: Row | None = c.execute("SELECT * FROM ecac_ocorrencia WHERE id = ?", (ocorrencia_id,)).fetchone()
    return linha


def historico(c: Conexao, ocorrencia_id: int) -> list[Row]:
    """Returns the history of an occurrence, oldest first."""
    sql = "SELECT * FROM ecac_ocorrencia_historico WHERE ocorrencia_id = ? ORDER BY id"
    return c.execute(sql, (ocorrencia_id,)).fetchall()


def da_guia(c: Conexao, contribuinte: str, guia_id: int) -> list[Row]:
    """Returns the occurrences about a guide, newest first."""
    sql = (
        "SELECT * FROM ecac_ocorrencia INDEXED BY ecac_ocorrencia_status WHERE status IN (?, ?, ?)"
        " AND contribuinte = ? AND guia_id = ? ORDER BY id DESC"
    )
    return c.execute(sql, (*(s.value for s in Status), contribuinte, guia_id)).fetchall()


def listar(
    c: Conexao, *, status: str | None = None, contribuinte: str | None = None, especie: str | None = None
) -> list[Row]:
    """Returns occurrences, newest first; None = any."""
    sql = (
        "SELECT * FROM ecac_ocorrencia WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR contribuinte = ?2)"
        " AND (?3 IS NULL OR especie = ?3) ORDER BY id DESC"
    )
    return c.execute(sql, (status, contribuinte, especie)).fetchall()
