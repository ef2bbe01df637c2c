"""Keeps the receipts: one per paid document, recorded before it is made visible."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao

API, MANUAL = "api", "manual"


@dataclass(frozen=True, slots=True)
class NovoComprovante:
    """A receipt that is durable in the staging corner of `raiz`, as `dominio.raiz` writes it. `caminho`: its future
    place, relative to `raiz`."""

    contribuinte: str
    tipo: str
    numero: str
    sha256: str
    tamanho: int
    raiz: str
    caminho: str
    arrecadacao: str
    total: str | None
    origem: str
    arquivo_id: int | None = None


def registrar(c: Conexao, n: NovoComprovante, quando: str) -> int:
    """Records a receipt. Raises sqlite3.IntegrityError when the document has one."""
    cursor = c.execute(
        "INSERT INTO ecac_comprovante (contribuinte, tipo, numero, sha256, tamanho, raiz, caminho, arrecadacao, total,"
        " origem, arquivo_id, estado, recebido_em) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'recebido', ?)",
        (
            *(n.contribuinte, n.tipo, n.numero, n.sha256, n.tamanho, n.raiz, n.caminho, n.arrecadacao, n.total),
            *(n.origem, n.arquivo_id, quando),
        ),
    )
    return int(cursor.lastrowid or 0)


def por_documento(c: Conexao, contribuinte: str, canonico: str) -> Row | None:
    """Returns the receipt of a paid document."""
    sql = "SELECT * FROM ecac_comprovante WHERE contribuinte = ? AND numero = ?"
    linha: Row | None = c.execute(sql, (contribuinte, canonico)).fetchone()
    return linha


def por_id(c: Conexao, comprovante_id: int) -> Row | None:
    """Returns one receipt."""
    linha: Row | None = c.execute("SELECT * FROM ecac_comprovante WHERE id = ?", (comprovante_id,)).fetchone()
    return linha


def recebidos(c: Conexao) -> list[Row]:
    """Returns the receipts that are not known to be visible yet, oldest first."""
    return c.execute("SELECT * FROM ecac_comprovante WHERE estado = 'recebido' ORDER BY id").fetchall()


def arquivado(c: Conexao, comprovante_id: int, caminho: str, quando: str) -> None:
    """Records that the receipt stands under its name, durably."""
    c.execute(
        "UPDATE ecac_comprovante SET estado = 'arquivado', caminho = ?, arquivado_em = ? WHERE id = ?",
        (caminho, quando, comprovante_id),
    )


def raizes(c: Conexao) -> list[str]:
    """Returns the roots of receipts, as they are recorded."""
    return [r["raiz"] for r in c.execute("SELECT DISTINCT raiz FROM ecac_comprovante").fetchall()]


def mudar_raiz(c: Conexao, de: str, para: str) -> None:
    """Writes a root in another form."""
    c.execute("UPDATE ecac_comprovante SET raiz = ? WHERE raiz = ?", (para, de))


def mudar_caminho(c: Conexao, comprovante_id: int, caminho: str) -> None:
    """Records the next name to try, before it is tried, because the last one was taken."""
    c.execute("UPDATE ecac_comprovante SET caminho = ? WHERE id = ?", (caminho, comprovante_id))
