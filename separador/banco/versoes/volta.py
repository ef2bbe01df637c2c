"""Goes back to a copy that was made before a migration, and says before what would be lost by it.

The database of now keeps a name beside the one that takes its place, so that nothing is thrown away. The audit trail
goes along: it is never shorter afterwards.
"""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from separador.banco import leitura, troca
from separador.banco.versoes import marca
from separador.banco.versoes.copia import Copia
from separador.banco.versoes.marca import BancoRecusadoError
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.texto.razao import razao

DEIXADO = f"{leitura.ARQUIVO}.antes-de-voltar"
PROVISORIO = f".{leitura.ARQUIVO}.volta"
_EXEMPLOS = 20


@dataclass(frozen=True, slots=True)
class Perda:
    """What came since the copy. `um`, `varios`: its words. `exemplos`: names of the first ones."""

    um: str
    varios: str
    quantos: int
    exemplos: tuple[str, ...] = ()


def migracoes(arquivo: Path) -> tuple[str, ...]:
    """Returns the migrations that a database has, in their order. Raises sqlite3.Error."""
    with closing(ler(arquivo)) as c:
        return tuple(str(r[0]) for r in c.execute("SELECT name FROM _sqlite_migrations ORDER BY id"))


def marca_de(arquivo: Path) -> marca.Marca | None:
    """Returns what a database says of its version; None when it does not. Raises sqlite3.Error."""
    with closing(ler(arquivo)) as c:
        return marca.ler(c)


def exigir_boa(copia: Copia, instalacao: str | None) -> None:
    """Raises `BancoRecusadoError` for a copy that is damaged, or of another installation."""
    try:
        with closing(ler(copia.arquivo)) as c:
            dito = leitura.integridade_inteira(c)
            dona = _dona(c) if dito == "ok" else None
    except sqlite3.DatabaseError as erro:
        dito, dona = razao(erro), None
    if dito != "ok":
        raise BancoRecusadoError(
            f"A cópia {copia.arquivo} está danificada ({' '.join(dito.split())[:200]}); nada foi mudado. Use outra "
            "cópia: separador banco versao"
        )
    if dona is not None and instalacao is not None and dona != instalacao:
        raise BancoRecusadoError(
            f"A cópia {copia.arquivo} é de outra instalação ({dona}; esta é {instalacao}); nada foi mudado."
        )


def _dona(c: sqlite3.Connection) -> str | None:
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'instalacao'").fetchone() is None:
        return None
    linha = c.execute("SELECT id FROM instalacao").fetchone()
    return str(linha[0]) if linha is not None and linha[0] is not None else None


def perdas(dados: Path, copia: Copia, palavras: Mapping[str, tuple[str, str]]) -> list[Perda]:
    """Returns what came since the copy, by the tables that have words; empty when nothing did. Raises sqlite3.Error.

    Ids only grow, so a new row is one above the last of the copy.
    """
    achadas = []
    with closing(ler(dados / leitura.ARQUIVO)) as c:
        c.execute("ATTACH ? AS antes", (f"{copia.arquivo.absolute().as_uri()}?mode=ro",))
        agora, antes = _tabelas(c, "main"), _tabelas(c, "antes")
        for tabela, (um, varios) in palavras.items():
            if tabela not in agora:
                continue
            ultima = _ultima(c, tabela) if tabela in antes else 0
            sql = f"SELECT count(*) FROM main.{tabela} WHERE rowid > ?"  # noqa: S608 -- a name of the program
            quantos = int(c.execute(sql, (ultima,)).fetchone()[0])
            if quantos:
                achadas.append(Perda(um, varios, quantos, _nomes(c) if tabela == "arquivo" else ()))
        terminados = int(
            c.execute(
                "SELECT count(*) FROM antes.arquivo v JOIN main.arquivo n ON n.id = v.id"
                " WHERE v.desfecho IS NULL AND n.desfecho IS NOT NULL"
            ).fetchone()[0]
        )
    if terminados:
        achadas.append(Perda("arquivo que estava em mãos", "arquivos que estavam em mãos", terminados))
    return achadas


def _ultima(c: sqlite3.Connection, tabela: str) -> int:
    sql = f"SELECT coalesce(max(rowid), 0) FROM antes.{tabela}"  # noqa: S608 -- a name of the program
    return int(c.execute(sql).fetchone()[0])


def _nomes(c: sqlite3.Connection) -> tuple[str, ...]:
    sql = "SELECT nome FROM main.arquivo WHERE rowid > ? ORDER BY rowid LIMIT ?"
    return tuple(mostrar(bytes(r[0])) for r in c.execute(sql, (_ultima(c, "arquivo"), _EXEMPLOS)))


def voltar(dados: Path, copia: Copia, levar: Callable[[sqlite3.Connection, sqlite3.Connection], None]) -> None:
    """Puts what the copy holds in the place of the database. `levar(now, back)` brings over what must not be lost.

    Raises sqlite3.Error, OSError, troca.EmUsoError, BancoRecusadoError; then the database is what it was.
    """
    novo = dados / PROVISORIO
    _remover(novo)
    try:
        if shutil.disk_usage(dados).free < copia.tamanho:
            raise BancoRecusadoError(f"Não cabe em {dados}: preciso de {copia.tamanho} bytes livres; nada foi mudado.")
        shutil.copyfile(copia.arquivo, novo)
        with closing(sqlite3.connect(novo, isolation_level=None)) as volta:
            volta.row_factory = sqlite3.Row
            volta.execute("PRAGMA journal_mode=DELETE")  # one file, until the service opens it
            volta.execute("BEGIN IMMEDIATE")
            with closing(ler(dados / leitura.ARQUIVO)) as agora:
                levar(agora, volta)
            volta.execute("COMMIT")
        troca.por_no_lugar(dados, novo, guardar_como=DEIXADO)
    finally:
        _remover(novo)


def _tabelas(c: sqlite3.Connection, banco: str) -> set[str]:
    esquema = "antes.sqlite_master" if banco == "antes" else "main.sqlite_master"
    return {str(r[0]) for r in c.execute(f"SELECT name FROM {esquema} WHERE type = 'table'")}  # noqa: S608


def ler(arquivo: Path) -> sqlite3.Connection:
    """Returns a database of any version, read only. Raises sqlite3.Error."""
    conexao = sqlite3.connect(f"{arquivo.absolute().as_uri()}?mode=ro", uri=True)
    conexao.row_factory = sqlite3.Row
    return conexao


def _remover(novo: Path) -> None:
    for final in ("", "-journal", "-wal", "-shm"):
        novo.with_name(novo.name + final).unlink(missing_ok=True)
