"""Keeps the audit trail: who did what, chained by hash. It needs sqlite3 alone, so that any command can write it.

Every row holds the sha256 of its content and of the row before. The database refuses to change or remove rows
(triggers of `m0003_acesso`). `conferir` finds rows that were changed in spite of that. The seal is a file beside the
database with the last link. It reveals a trail whose end was cut off, and a database restored from an older backup.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.texto.quantidade import milhar, quantos

FEITO, RECUSADO = "feito", "recusado"
SELO = "auditoria.selo"
GATILHOS = ("auditoria_nao_muda", "auditoria_fica", "auditoria_so_cresce")
_CAMPOS = ("id", "quando", "quem", "acao", "alvo", "resultado", "detalhe", "anterior")
_INSERIR = (
    "INSERT INTO auditoria (id, quando, quem, acao, alvo, resultado, detalhe, anterior, elo)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_TAMANHO = 500
ASSUNTO = "auditoria"
"""What a failure of the chain is about."""
_DEPOIS_DE_TODAS = 2**63 - 1


class Conexao(Protocol):
    """A database connection with rows by name: `sqlite3.Connection` and `Banco` alike."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> sqlite3.Cursor:
        """Runs one statement."""


def registrar(
    c: Conexao, quando: str, quem: str, acao: str, alvo: str = "", *, resultado: str = FEITO, detalhe: str = ""
) -> int:
    """Adds a row, inside the transaction of the act that it records (which must be IMMEDIATE). Returns its number.

    Never give a secret in `alvo` or `detalhe`. Both are cut at 500 characters.
    """
    ultima = _ultima(c)
    numero, anterior = (ultima["id"] + 1, ultima["elo"]) if ultima is not None else (1, "")
    textos = [_limpo(t) for t in (quem, acao, alvo)]
    valores = (numero, quando, *textos, resultado, _limpo(detalhe), anterior)
    c.execute(_INSERIR, (*valores, _elo(valores)))
    return int(numero)


def levar(de: Conexao, para: Conexao) -> None:
    """Adds to the trail of an older database the rows that the trail of another one has beyond it.

    Only when it goes on where the older one ends: then the seal, which is of the longer one, stays true.
    """
    if not (existe(de) and existe(para)):
        return
    ultima = _ultima(para)
    desde, elo = (ultima["id"], ultima["elo"]) if ultima is not None else (0, "")
    for linha in de.execute("SELECT * FROM auditoria WHERE id > ? ORDER BY id", (desde,)):
        if linha["anterior"] != elo:
            return
        para.execute(_INSERIR, tuple(linha[n] for n in (*_CAMPOS, "elo")))
        elo = linha["elo"]


def desde_a_linha(c: Conexao, numero: int) -> list[sqlite3.Row]:
    """Returns what was done after a row, oldest first; nothing that was refused."""
    return c.execute(
        "SELECT acao, alvo FROM auditoria WHERE id > ? AND resultado = 'feito' ORDER BY id", (numero,)
    ).fetchall()


def existe(c: Conexao) -> bool:
    """Says whether the database has a trail. A database that was not migrated yet has none."""
    return c.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'auditoria'").fetchone() is not None


def _limpo(texto: str) -> str:
    """Makes any text printable: a file name may hold any byte, and a reason any line break."""
    return mostrar(texto.encode("utf-8", "surrogateescape"))[:_TAMANHO]


def _ultima(c: Conexao) -> sqlite3.Row | None:
    linha: sqlite3.Row | None = c.execute(
        "SELECT id, elo FROM auditoria WHERE id = (SELECT max(id) FROM auditoria)"
    ).fetchone()
    return linha


def ultimo_numero(c: Conexao) -> int:
    """Returns the number of the newest row; 0 when there is none."""
    linha = _ultima(c)
    return int(linha["id"]) if linha is not None else 0


def _elo(valores: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(list(valores), ensure_ascii=False).encode()).hexdigest()


def listar(
    c: Conexao,
    *,
    quem: str | None = None,
    recusados: bool = False,
    limite: int | None = None,
    antes_de: int | None = None,
    desde: int = 0,
) -> list[sqlite3.Row]:
    """Returns rows, newest first; only those before the number `antes_de`, and from `desde` on."""
    return c.execute(
        "SELECT * FROM auditoria WHERE (?1 IS NULL OR quem = ?1) AND (NOT ?2 OR resultado = 'recusado') AND id < ?4"
        " AND id >= ?5 ORDER BY id DESC LIMIT ?3",
        (quem, recusados, -1 if limite is None else limite, _DEPOIS_DE_TODAS if antes_de is None else antes_de, desde),
    ).fetchall()


class Conferencia:
    """One look at the whole chain, which may be made in steps: what was added meanwhile is looked at, too."""

    def __init__(self, c: Conexao, dados: Path) -> None:
        self._c = c
        self._selo = ler_selo(dados)
        self._anterior, self._ultima = "", 0
        self._elo_do_selo: str | None = None
        self.quantas = 0
        self.problemas: list[str] = []
        self.terminada = False

    def continuar(self, linhas: int = -1) -> bool:
        """Looks at so many more rows (-1: all). Returns True when the look is over. Writes nothing."""
        if self.terminada:
            return True
        if not existe(self._c):
            if self._selo is not None and self._selo[0]:
                self.problemas.append("A auditoria foi tirada do banco.")
            self.terminada = True
            return True
        sql = "SELECT * FROM auditoria WHERE id > ? ORDER BY id LIMIT ?"
        vistas = 0
        for linha in self._c.execute(sql, (self._ultima, linhas)):
            vistas += 1
            self._uma(linha)
        self.terminada = linhas < 0 or vistas < linhas
        if self.terminada:
            guardas = [f"A proteção {g} foi tirada do banco." for g in GATILHOS if not _protege(self._c, g)]
            self.problemas = [*guardas, *self.problemas, *self._do_selo()]
        return self.terminada

    def _uma(self, linha: sqlite3.Row) -> None:
        self.quantas += 1
        esperado = self._ultima + 1
        if linha["id"] != esperado:
            self.problemas.append(f"Faltam as linhas {esperado} a {linha['id'] - 1}.")
        if linha["anterior"] != self._anterior and linha["id"] == esperado:
            self.problemas.append(f"A linha {linha['id']} não continua a anterior: uma das duas foi trocada.")
        if _elo([linha[n] for n in _CAMPOS]) != linha["elo"]:
            self.problemas.append(f"A linha {linha['id']} ({linha['quando']}, {linha['acao']}) foi alterada.")
        self._anterior, self._ultima = linha["elo"], linha["id"]
        if self._selo is not None and linha["id"] == self._selo[0]:
            self._elo_do_selo = linha["elo"]

    def _do_selo(self) -> list[str]:
        if self._selo is None:
            falta = self.quantas > 0 or _ja_selada(self._c)
            return ["O selo (auditoria.selo) falta ou não se lê: não há como saber se o fim foi cortado."] * falta
        numero, elo = self._selo
        if numero == 0 or self._elo_do_selo == elo:
            return []
        if self._elo_do_selo is None:
            teve = f"A auditoria já teve {quantos(numero, 'linha', 'linhas')} e agora tem {milhar(self.quantas)}"
            return [f"{teve}: o fim foi cortado, ou o banco foi restaurado de uma cópia mais antiga."]
        return [f"A linha {numero} não é a que foi selada: a auditoria foi reescrita, ou o banco é de outra cópia."]


def conferir(c: Conexao, dados: Path) -> tuple[int, list[str]]:
    """Returns how many rows there are and what is wrong with them (Portuguese). Writes nothing."""
    conferencia = Conferencia(c, dados)
    conferencia.continuar()
    return conferencia.quantas, conferencia.problemas


def _protege(c: Conexao, gatilho: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'auditoria' AND name = ?"
    return c.execute(sql, (gatilho,)).fetchone() is not None


def ler_selo(dados: Path) -> tuple[int, str] | None:
    """Returns (number, link) of the last row that was sealed; None when there is no seal or it cannot be read."""
    try:
        lido = json.loads((dados / SELO).read_bytes())
        return int(lido["id"]), str(lido["elo"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def selo_e_hora(dados: Path) -> tuple[int, float] | None:
    """Returns the number of the row that was sealed last, and when the seal was written; None as `ler_selo`."""
    selo = ler_selo(dados)
    try:
        return (selo[0], (dados / SELO).stat().st_mtime) if selo is not None else None
    except OSError:
        return None


def selar(c: Conexao, dados: Path) -> None:
    """Notes the last link outside the database, after the commit. When the seal cannot be written it stays at an older
    row, which does no harm.

    Only an empty trail that never had a seal gets its first one. A trail that does not continue its seal, or that lost
    it, is left so, however much is added: only `selar_de_novo` accepts that.
    """
    ultima, selo = _ultima(c), ler_selo(dados)
    if selo is None:
        if ultima is not None or (dados / SELO).exists() or _ja_selada(c):
            return
        selo_novo: tuple[int, str] = (0, "")
    elif ultima is None or ultima["id"] <= selo[0] or not _continua(c, selo):
        return
    else:
        selo_novo = (ultima["id"], ultima["elo"])
    with suppress(OSError):  # no right in the folder, or no space: the next call writes it
        _gravar_selo(dados, *selo_novo)
        _notar_que_tem_selo(c)


def _continua(c: Conexao, selo: tuple[int, str]) -> bool:
    """Says whether the row that was sealed is there, as it was sealed."""
    if selo[0] == 0:
        return True
    linha = c.execute("SELECT elo FROM auditoria WHERE id = ?", (selo[0],)).fetchone()
    return linha is not None and bool(linha["elo"] == selo[1])


def _ja_selada(c: Conexao) -> bool:
    """Says whether the trail ever had a seal, as the database remembers it."""
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'instalacao'").fetchone() is None:
        return False
    return c.execute("SELECT 1 FROM instalacao WHERE selada = 1").fetchone() is not None


def _notar_que_tem_selo(c: Conexao) -> None:
    with suppress(sqlite3.Error):  # a database of before this note, or one that is busy: the next seal notes it
        if not _ja_selada(c):
            c.execute("UPDATE instalacao SET selada = 1")


def selar_de_novo(c: Conexao, dados: Path) -> None:
    """Seals the trail as it is now, even when it lost its end: a backup was restored, and somebody answers for it.
    Raises OSError."""
    ultima = _ultima(c)
    _gravar_selo(dados, *((ultima["id"], ultima["elo"]) if ultima is not None else (0, "")))
    _notar_que_tem_selo(c)


def _gravar_selo(dados: Path, numero: int, elo: str) -> None:
    from separador.pastas.criacao import dar_ao_dono  # noqa: PLC0415 -- only what writes needs the folders

    novo = dados / f".{SELO}.novo"
    novo.unlink(missing_ok=True)
    fd = os.open(novo, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    with open(fd, "w", encoding="ascii") as aberto:
        dar_ao_dono(fd, dados)
        aberto.write(json.dumps({"id": numero, "elo": elo}) + "\n")
    novo.replace(dados / SELO)
