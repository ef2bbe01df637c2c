"""Keeps the rows of documents that third parties issued and the distribution brought."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco


@dataclass(frozen=True, slots=True)
class NovoDistribuido:
    """One document to be filed as `pasta`/`nome`. `defeito`: the reason why it is kept raw."""

    nsu: int
    esquema: str
    sha256: str
    pasta: str
    nome: bytes
    estado: str
    chave: str | None = None
    tp_evento: str | None = None
    n_seq: int | None = None
    defeito: str | None = None


def registrar(banco: Banco, cnpj: str, ambiente: str, d: NovoDistribuido, quando: str) -> None:
    """Registers one document of a lot. A number that came before in another way (kept raw) is written over."""
    banco.execute(
        "INSERT INTO distribuido (cnpj, ambiente, nsu, esquema, chave, tp_evento, n_seq, sha256, pasta, nome, estado,"
        " defeito, recebido_em) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (cnpj, ambiente, nsu) DO UPDATE SET esquema = excluded.esquema, chave = excluded.chave,"
        " tp_evento = excluded.tp_evento, n_seq = excluded.n_seq, sha256 = excluded.sha256, pasta = excluded.pasta,"
        " nome = excluded.nome, estado = excluded.estado, defeito = excluded.defeito,"
        " recebido_em = excluded.recebido_em",
        (
            *(cnpj, ambiente, d.nsu, d.esquema, d.chave, d.tp_evento, d.n_seq, d.sha256, d.pasta, d.nome, d.estado),
            *(d.defeito, quando),
        ),
    )


def documentos_da_chave(banco: Banco, chave: str) -> list[Row]:
    """Returns the places where the documents (not the events) of a key were filed, the newest first."""
    return banco.todas(
        "SELECT pasta, nome FROM distribuido WHERE chave = ? AND tp_evento IS NULL ORDER BY id DESC", chave
    )


def ja_arquivado(banco: Banco, sha256: str) -> bool:
    """Says whether these bytes are filed, or being filed, under any number of any company."""
    return banco.uma("SELECT 1 FROM distribuido WHERE sha256 = ? LIMIT 1", sha256) is not None
