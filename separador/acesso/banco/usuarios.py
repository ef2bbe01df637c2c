"""Keeps users, their one-time codes and sessions. It only reads and writes rows.

`acesso.dominio` decides what is allowed.
"""

import sqlite3
from dataclasses import dataclass
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao
from separador.acesso.dominio import Conta, Nivel

CONTA_DO_PAINEL = -1
"""Stands in a session for the account of the operating system: a token of `separador entrar` is no cookie."""


@dataclass(frozen=True, slots=True)
class NovoUsuario:
    """The data that a user begins with; no password."""

    email: str
    nome: str
    nivel: Nivel
    escritorio: str | None = None
    ativo: bool = True


def ha_usuarios(c: Conexao) -> bool:
    """Says whether anybody is registered. In a database from before there were users it says no."""
    try:
        return c.execute("SELECT 1 FROM usuario LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError as erro:
        if "no such table" in str(erro):
            return False
        raise


def por_email(c: Conexao, email: str) -> Row | None:
    """Returns one user; `email` is normalised."""
    linha: Row | None = c.execute("SELECT * FROM usuario WHERE email = ?", (email,)).fetchone()
    return linha


def por_id(c: Conexao, usuario_id: int) -> Row | None:
    """Returns one user."""
    linha: Row | None = c.execute("SELECT * FROM usuario WHERE id = ?", (usuario_id,)).fetchone()
    return linha


def listar(c: Conexao) -> list[Row]:
    """Returns all users, by e-mail. The password is not in the rows, only whether there is one."""
    return c.execute(
        "SELECT id, email, nome, nivel, ativo, escritorio, senha IS NOT NULL AS tem_senha, senha_em, falhas,"
        " bloqueado_ate, criado_em, alterado_em FROM usuario ORDER BY email"
    ).fetchall()


def inserir(c: Conexao, novo: NovoUsuario, quando: str) -> int:
    """Registers a user. Raises sqlite3.IntegrityError for an e-mail that exists."""
    cursor = c.execute(
        "INSERT INTO usuario (email, nome, nivel, escritorio, ativo, criado_em, alterado_em)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (novo.email, novo.nome, novo.nivel.value, novo.escritorio, novo.ativo, quando, quando),
    )
    return int(cursor.lastrowid or 0)


def alterar(
    c: Conexao, usuario_id: int, *, nome: str, nivel: Nivel, ativo: bool, escritorio: str | None, quando: str
) -> None:
    """Changes everything that an administrator may change."""
    c.execute(
        "UPDATE usuario SET nome = ?, nivel = ?, ativo = ?, escritorio = ?, alterado_em = ? WHERE id = ?",
        (nome, nivel.value, ativo, escritorio, quando, usuario_id),
    )


def conta(c: Conexao, linha: Row) -> Conta:
    """Returns the facts that `acesso.dominio.mudanca_recusada` needs."""
    outros = c.execute(
        "SELECT 1 FROM usuario WHERE nivel = 'administrador' AND ativo = 1 AND id <> ? LIMIT 1", (linha["id"],)
    ).fetchone()
    return Conta(Nivel(linha["nivel"]), bool(linha["ativo"]), ultimo_administrador=outros is None)


def definir_senha(c: Conexao, usuario_id: int, resumo: str, quando: str) -> None:
    """Sets another password. Forgets the failures, and closes the sessions and the open codes."""
    c.execute(
        "UPDATE usuario SET senha = ?, senha_em = ?, falhas = 0, bloqueado_ate = NULL, alterado_em = ? WHERE id = ?",
        (resumo, quando, quando, usuario_id),
    )
    encerrar_sessoes(c, usuario_id, quando)
    anular_codigos(c, usuario_id, quando)


def trocar_resumo(c: Conexao, usuario_id: int, resumo: str) -> None:
    """Stores the same password, hashed with today's parameters."""
    c.execute("UPDATE usuario SET senha = ? WHERE id = ?", (resumo, usuario_id))


def anotar_falha(c: Conexao, usuario_id: int, falhas: int, bloqueado_ate: str | None) -> None:
    """Notes how many wrong passwords came in a row, and until when no password is tried."""
    c.execute("UPDATE usuario SET falhas = ?, bloqueado_ate = ? WHERE id = ?", (falhas, bloqueado_ate, usuario_id))


# --- one-time codes --------------------------------------------------------------------------------------------------


def guardar_codigo(c: Conexao, sha256: str, usuario_id: int, criado_em: str, expira_em: str) -> None:
    """Keeps a new code. The codes that were open are no longer valid."""
    anular_codigos(c, usuario_id, criado_em)
    c.execute(
        "INSERT INTO usuario_codigo (sha256, usuario_id, criado_em, expira_em) VALUES (?, ?, ?, ?)",
        (sha256, usuario_id, criado_em, expira_em),
    )


def codigo(c: Conexao, sha256: str) -> Row | None:
    """Returns one code."""
    linha: Row | None = c.execute("SELECT * FROM usuario_codigo WHERE sha256 = ?", (sha256,)).fetchone()
    return linha


def tem_codigo_desde(c: Conexao, usuario_id: int, desde: str, agora: str) -> bool:
    """Says whether a user has an open code that was made since an instant, and not after now."""
    sql = "SELECT 1 FROM usuario_codigo WHERE usuario_id = ? AND usado_em IS NULL AND criado_em BETWEEN ? AND ?"
    return c.execute(sql, (usuario_id, desde, agora)).fetchone() is not None


def anular_codigos(c: Conexao, usuario_id: int, quando: str) -> None:
    """Closes the open codes of a user."""
    c.execute("UPDATE usuario_codigo SET usado_em = ? WHERE usuario_id = ? AND usado_em IS NULL", (quando, usuario_id))


# --- sessions --------------------------------------------------------------------------------------------------------


def abrir_sessao(c: Conexao, sha256: str, usuario_id: int, conta_so: int, criada_em: str, expira_em: str) -> None:
    """Opens a session of one user on one operating-system account."""
    c.execute(
        "INSERT INTO usuario_sessao (sha256, usuario_id, conta_so, criada_em, expira_em) VALUES (?, ?, ?, ?, ?)",
        (sha256, usuario_id, conta_so, criada_em, expira_em),
    )


def sessao(c: Conexao, sha256: str) -> Row | None:
    """Returns a session with `email`, `nivel` and `ativo` of its user."""
    linha: Row | None = c.execute(
        "SELECT s.*, u.email, u.nome, u.nivel, u.ativo FROM usuario_sessao s JOIN usuario u ON u.id = s.usuario_id"
        " WHERE s.sha256 = ?",
        (sha256,),
    ).fetchone()
    return linha


def encerrar_sessao(c: Conexao, sha256: str, quando: str) -> None:
    """Closes one session."""
    c.execute("UPDATE usuario_sessao SET encerrada_em = ? WHERE sha256 = ? AND encerrada_em IS NULL", (quando, sha256))


def encerrar_sessoes(c: Conexao, usuario_id: int, quando: str) -> None:
    """Closes all sessions of a user."""
    c.execute(
        "UPDATE usuario_sessao SET encerrada_em = ? WHERE usuario_id = ? AND encerrada_em IS NULL",
        (quando, usuario_id),
    )


def encerrar_outras(c: Conexao, usuario_id: int, sha256: str, quando: str) -> int:
    """Closes all sessions of a user but one. Returns how many."""
    return c.execute(
        "UPDATE usuario_sessao SET encerrada_em = ? WHERE usuario_id = ? AND sha256 <> ? AND encerrada_em IS NULL",
        (quando, usuario_id, sha256),
    ).rowcount


def sessoes_abertas(c: Conexao, usuario_id: int, agora: str) -> list[Row]:
    """Returns the open sessions of a user, newest first."""
    return c.execute(
        "SELECT sha256, conta_so, criada_em, expira_em FROM usuario_sessao"
        " WHERE usuario_id = ? AND encerrada_em IS NULL AND expira_em > ? ORDER BY criada_em DESC",
        (usuario_id, agora),
    ).fetchall()


def ultimas_entradas(c: Conexao) -> dict[int, str]:
    """Returns when each user opened a session last."""
    sql = "SELECT usuario_id, max(criada_em) AS ultima FROM usuario_sessao GROUP BY usuario_id"
    return {int(r["usuario_id"]): str(r["ultima"]) for r in c.execute(sql)}
