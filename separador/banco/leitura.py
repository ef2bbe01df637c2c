"""Reads for the commands, through a connection that cannot write.

It uses sqlite3 alone, so that it starts quickly. Readers never make the service wait (WAL).
"""

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from separador.banco.versoes import marca

ARQUIVO = "separador.db"
ESPERA_S = 5.0
EXAME_S = 0.4
"""Time for the quick check, which sees about a hundred megabytes a second: a database of forty is looked through whole.
The service loads its modules beside it, which takes about as long; of a larger one `verificar --completo` sees all."""

FEITOS = ("entregue", "aplicado", "duplicado")
"""Outcomes that count as done. A refused or quarantined file counts as failing until its line leaves the view."""

_DANOS = (
    (r"row (\d+) missing from index (\S+)", "a linha {} falta no índice {}"),
    (r"wrong # of entries in index (\S+)", "o índice {} não tem tantas linhas quanto a tabela"),
    (r"non-unique entry in index (\S+)", "o índice {} tem um valor repetido"),
    (r"NULL value in (\S+)", "a coluna {} está vazia onde não pode"),
    (r"CHECK constraint failed in (\S+)", "a tabela {} tem um valor que ela não aceita"),
    (r"[Pp]age (\d+)", "a página {} está quebrada"),
)
"""What SQLite finds, and how it is said."""


def abrir_leitura(
    dados: Path, *, so_este_fio: bool = True, de_qualquer_versao: bool = False
) -> sqlite3.Connection | None:
    """Returns the state database, read only; None before the service ever created it. Raises sqlite3.Error, of it
    `BancoMaisNovoError` for a database that a newer version changed into what this one does not understand.

    `so_este_fio` False: another thread may use it, one at a time. `de_qualquer_versao`: only to see whose it is.
    """
    arquivo = dados / ARQUIVO
    if not arquivo.is_file():
        return None
    conexao = _conectar(arquivo, so_este_fio)
    try:
        conexao.row_factory = sqlite3.Row
        conexao.execute("PRAGMA query_only=ON")
        if not de_qualquer_versao:
            marca.exigir(marca.ler(conexao))
        if conexao.execute("SELECT 1 FROM sqlite_master WHERE name = 'bloqueio'").fetchone() is not None:
            return conexao
    except BaseException:
        conexao.close()
        raise
    conexao.close()
    return None


def _conectar(arquivo: Path, so_este_fio: bool) -> sqlite3.Connection:
    """Connects read only.

    Without the right to create the index of the write-ahead log, the database is opened as a file at rest, if it has no
    log.
    """
    uri = "file:" + str(arquivo).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    conexao = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=ESPERA_S, check_same_thread=so_este_fio)
    try:
        conexao.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        conexao.close()
        registro = arquivo.with_name(arquivo.name + "-wal")
        if registro.exists():
            raise
        return sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True, check_same_thread=so_este_fio)
    return conexao


@contextmanager
def um_instante(c: sqlite3.Connection) -> Iterator[None]:
    """Lets every statement in the block read one and the same state, whatever the service commits meanwhile."""
    c.execute("BEGIN")
    try:
        yield
    finally:
        c.rollback()


@dataclass(slots=True)
class Progresso:
    """The numbers of one route. `retidos`: taken, without outcome. `mais_antigo`: instant of the oldest, as stored."""

    feitos: int = 0
    falhando: int = 0
    retidos: int = 0
    mais_antigo: str | None = None


def feitos_desde(c: sqlite3.Connection, rotas: list[int], desde: str) -> dict[int, int]:
    """Returns how many files of each route were done since an instant, as stored. It costs as much as there are."""
    marcas = ", ".join("?" * len(FEITOS))
    sql = (
        "SELECT count(*) FROM arquivo WHERE rota_id = ? AND terminado_em >= ?"  # noqa: S608 - question marks only
        f" AND desfecho IN ({marcas})"
    )
    return {rota: int(c.execute(sql, (rota, desde, *FEITOS)).fetchone()[0]) for rota in rotas}


def progresso(c: sqlite3.Connection, feitos: Mapping[int, int]) -> dict[int, Progresso]:
    """Returns the numbers of the routes. `feitos`: what was done today, by route."""
    tudo = {rota: Progresso(n) for rota, n in feitos.items()}
    for linha in c.execute(
        "SELECT rota_id, count(*) AS n, min(tomado_em) AS desde FROM arquivo WHERE desfecho IS NULL GROUP BY rota_id"
    ):
        if linha["rota_id"] in tudo:
            numeros = tudo[linha["rota_id"]]
            numeros.retidos, numeros.mais_antigo = linha["n"], linha["desde"]
    for linha in c.execute(
        "SELECT coalesce(f.rota_id, d.rota_id) AS rota, count(*) AS n FROM falha f"
        " LEFT JOIN documento d ON d.chave = f.chave WHERE f.encerrada_em IS NULL GROUP BY 1"
    ):
        if linha["rota"] in tudo:
            tudo[linha["rota"]].falhando = linha["n"]
    return tudo


def falhas_abertas(c: sqlite3.Connection) -> list[sqlite3.Row]:
    """Returns the failures view, oldest first. A failure of a document without a route gets the document's."""
    return c.execute(
        "SELECT f.id, f.arquivo, coalesce(f.rota_id, d.rota_id) AS rota, f.chave, f.codigo, f.motivo, f.desde,"
        " f.o_que_fazer FROM falha f LEFT JOIN documento d ON d.chave = f.chave"
        " WHERE f.encerrada_em IS NULL ORDER BY f.desde, f.id"
    ).fetchall()


def falha(c: sqlite3.Connection, falha_id: int) -> sqlite3.Row | None:
    """Returns one failure, open or closed."""
    return uma(c, "SELECT * FROM falha WHERE id = ?", falha_id)


def tarefa(c: sqlite3.Connection, tarefa_id: int) -> sqlite3.Row | None:
    """Returns one order, to see whether it was answered."""
    return uma(c, "SELECT * FROM tarefa WHERE id = ?", tarefa_id)


def tarefas_recentes(c: sqlite3.Connection, pedido: str, desde: str) -> int:
    """Returns how many of the newest thousand orders are of a kind and given since an instant, as stored."""
    sql = (
        "SELECT count(*) FROM tarefa WHERE id > (SELECT coalesce(max(id), 0) FROM tarefa) - 1000"
        " AND pedido = ? AND criada_em >= ?"
    )
    return int(c.execute(sql, (pedido, desde)).fetchone()[0])


def tem_fichas(c: sqlite3.Connection) -> bool:
    """Says whether the database keeps from which form an order came: a service of this program made it so."""
    return uma(c, "SELECT 1 FROM pragma_table_info('tarefa') WHERE name = 'ficha'") is not None


def tarefas_da_ficha(c: sqlite3.Connection, ficha: str) -> list[int]:
    """Returns the numbers of the orders that came from a form, in the order in which they were given."""
    if not tem_fichas(c):
        return []
    sql = "SELECT id FROM tarefa WHERE ficha >= ?1 AND ficha < ?1 || '/' ORDER BY id"  # also `<ficha>.1`, `<ficha>.2`
    return [int(r[0]) for r in c.execute(sql, (ficha,))]


def marcas(c: sqlite3.Connection) -> dict[str, str]:
    """Returns folder → uuid of the sentinel that the service knows for it."""
    return {r["caminho"]: r["marca"] for r in c.execute("SELECT caminho, marca FROM pasta")}


def instante_mais_novo(c: sqlite3.Connection) -> str | None:
    """Returns the newest instant that the database holds. A clock behind it was set back."""
    candidatos = (
        "SELECT max(tomado_em) FROM arquivo WHERE id > (SELECT max(id) FROM arquivo) - 100",
        "SELECT max(quando) FROM historico WHERE id > (SELECT max(id) FROM historico) - 100",
        "SELECT max(desde) FROM falha WHERE id > (SELECT max(id) FROM falha) - 100",
    )
    achados = [c.execute(sql).fetchone()[0] for sql in candidatos]
    return max((str(a) for a in achados if a is not None), default=None)


def integridade(c: sqlite3.Connection, prazo_s: float = EXAME_S) -> str:
    """Returns "ok", or the first things that are broken. What cannot be looked at in time counts as whole."""
    relogio = threading.Timer(prazo_s, c.interrupt)
    relogio.start()
    try:
        return _danos(c.execute("PRAGMA quick_check(3)"))
    except sqlite3.OperationalError as erro:
        if "interrupted" in str(erro):
            return "ok"
        raise
    finally:
        relogio.cancel()
        relogio.join()


def integridade_inteira(c: sqlite3.Connection) -> str:
    """Returns "ok", or what is broken, of every page and index. It takes as long as the database is large."""
    return _danos(c.execute("PRAGMA integrity_check(10)"))


def _danos(linhas: Iterable[tuple[object, ...]]) -> str:
    """Puts the findings of SQLite into Portuguese; "ok" stays. One that has no sentence still names its page."""
    ditos = (dito for linha in linhas for dito in str(linha[0]).splitlines() if not dito.startswith("***"))
    return "; ".join(dict.fromkeys(map(_dano, ditos)))


def _dano(dito: str) -> str:
    for forma, frase in _DANOS:
        if m := re.search(forma, dito):
            return frase.format(*m.groups())
    return dito if dito == "ok" else "a estrutura do arquivo está quebrada"


def fechar(c: sqlite3.Connection | None) -> None:
    """Closes the connection, if there is one. An error of closing is ignored."""
    if c is not None:
        with suppress(sqlite3.Error):
            c.close()


def uma(c: sqlite3.Connection, sql: str, *valores: object) -> sqlite3.Row | None:
    """Returns the first row, or None."""
    linha: sqlite3.Row | None = c.execute(sql, valores).fetchone()
    return linha
