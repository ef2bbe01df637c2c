"""Keeps the files that we put in a folder. Each is recorded before it becomes visible, so that a crash publishes it
once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco

PREPARADA, PUBLICADA, RETIRADA = "preparada", "publicada", "retirada"


@dataclass(slots=True)
class NovaPublicacao:
    """A staged file: `provisorio` (its path from the folder, in our corner) becomes `<pasta>/<nome>` by one rename."""

    tipo: str
    pasta: str
    nome: bytes
    provisorio: bytes
    sha256: str
    substitui: bool = False
    arquivo_id: int | None = None
    tarefa_id: int | None = None
    documento_id: int | None = None
    evento_id: int | None = None


def inserir(banco: Banco, p: NovaPublicacao, quando: str) -> int:
    """Records the intent to publish. Returns its id."""
    cursor = banco.execute(
        "INSERT INTO publicacao (tipo, pasta, nome, provisorio, sha256, substitui, arquivo_id, tarefa_id, documento_id,"
        " evento_id, estado, criada_em) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(p.tipo, p.pasta, p.nome, p.provisorio, p.sha256, int(p.substitui)),
            *(p.arquivo_id, p.tarefa_id, p.documento_id, p.evento_id, PREPARADA, quando),
        ),
    )
    return int(cursor.lastrowid or 0)


def pendentes(banco: Banco) -> list[Row]:
    """Returns those recorded and not known to be published, in the order in which they must become visible.

    Each row has what the second commit needs of the file (`arquivo_*`, `lote`, `trabalho`, `resultado`, `rota_id`) and
    of the document (`situacao`).
    """
    return banco.todas(
        "SELECT p.*, a.nome AS arquivo_nome, a.lote, a.trabalho, a.resultado, a.rota_id, d.situacao,"
        " coalesce(d.chave, a.chave) AS chave"
        " FROM publicacao p LEFT JOIN arquivo a ON a.id = p.arquivo_id LEFT JOIN documento d ON d.id = p.documento_id"
        " WHERE p.estado = ? ORDER BY p.id",
        PREPARADA,
    )


def renomear(banco: Banco, publicacao_id: int, nome: bytes) -> None:
    """Gives this publication another name, because somebody else's file took the first."""
    banco.execute("UPDATE publicacao SET nome = ? WHERE id = ?", (nome, publicacao_id))


def mudar_provisorio(banco: Banco, provisorios: Mapping[int, bytes]) -> None:
    """Records where these staged files lie now."""
    sql = "UPDATE publicacao SET provisorio = ? WHERE id = ?"
    banco.conn.executemany(sql, [(p, i) for i, p in provisorios.items()])


def concluir(banco: Banco, ids: Iterable[int], quando: str) -> None:
    """Records that these are visible, durably."""
    banco.conn.executemany(
        "UPDATE publicacao SET estado = ?, publicada_em = ?, provisorio = NULL WHERE id = ?",
        [(PUBLICADA, quando, i) for i in ids],
    )


def ultima(banco: Banco, tipo: str, *, documento_id: int | None = None, evento_id: int | None = None) -> Row | None:
    """Returns the newest publication of one kind for a document or an event."""
    coluna, valor = ("evento_id", evento_id) if evento_id is not None else ("documento_id", documento_id)
    return banco.uma(
        f"SELECT * FROM publicacao WHERE tipo = ? AND {coluna} = ? ORDER BY id DESC LIMIT 1",  # noqa: S608 - two constants
        tipo,
        valor,
    )


def publicou_igual(banco: Banco, tipo: str, documento_id: int, sha256: str) -> bool:
    """Says whether the same bytes were already put out for this document."""
    sql = "SELECT 1 FROM publicacao WHERE documento_id = ? AND tipo = ? AND sha256 = ? AND estado <> ? LIMIT 1"
    return banco.uma(sql, documento_id, tipo, sha256, RETIRADA) is not None


def dona_do_nome(banco: Banco, nome: bytes) -> Row | None:
    """Returns the newest request published under this name. A return without chave belongs to that request."""
    return banco.uma(
        "SELECT * FROM publicacao WHERE nome = ? AND tipo IN ('documento', 'evento', 'consulta')"
        " ORDER BY id DESC LIMIT 1",
        nome,
    )


def retirada(banco: Banco, publicacao_id: int) -> None:
    """Records that this was taken back before anybody collected it, or given up, for it cannot be told whether it was
    published."""
    banco.execute("UPDATE publicacao SET estado = ?, provisorio = NULL WHERE id = ?", (RETIRADA, publicacao_id))
