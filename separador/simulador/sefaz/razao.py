"""Keeps the memory of the local SEFAZ in its own SQLite file, shared with nobody.

The server's one thread writes it; any other process may read it while it runs (WAL). A power cut may lose the last
answers, which is acceptable in a simulator.
"""

import gzip
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ARQUIVO = "sefaz.db"

_ESQUEMA = """
CREATE TABLE IF NOT EXISTS documento (
    chave TEXT PRIMARY KEY, tipo TEXT NOT NULL, natural TEXT NOT NULL, autorizador TEXT NOT NULL,
    tp_cte TEXT NOT NULL, tomador TEXT NOT NULL, atores TEXT NOT NULL,
    dh_emi TEXT NOT NULL, valor TEXT NOT NULL, digest TEXT NOT NULL, nprot TEXT NOT NULL UNIQUE,
    dh_recbto TEXT NOT NULL, situacao TEXT NOT NULL, fisco TEXT, xml BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS documento_natural ON documento (natural, autorizador);
CREATE TABLE IF NOT EXISTS referencia (chave TEXT NOT NULL, alvo TEXT NOT NULL, PRIMARY KEY (alvo, chave)) STRICT;
CREATE TABLE IF NOT EXISTS evento (
    id INTEGER PRIMARY KEY, chave TEXT NOT NULL, tp_evento TEXT NOT NULL, n_seq INTEGER NOT NULL,
    cstat TEXT NOT NULL, nprot TEXT NOT NULL UNIQUE, quando TEXT NOT NULL, alvo TEXT NOT NULL,
    xml BLOB NOT NULL, ret BLOB NOT NULL, UNIQUE (chave, tp_evento, n_seq)
) STRICT;
CREATE TABLE IF NOT EXISTS chamada (
    id INTEGER PRIMARY KEY, quando TEXT NOT NULL, servico TEXT NOT NULL, autorizador TEXT NOT NULL,
    cnpj TEXT NOT NULL, chave TEXT NOT NULL, tp_evento TEXT NOT NULL, n_seq INTEGER NOT NULL, digest TEXT NOT NULL,
    decidido TEXT NOT NULL, motivo TEXT NOT NULL, falha TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS chamada_chave ON chamada (chave, servico);
CREATE TABLE IF NOT EXISTS nsu (
    nsu INTEGER PRIMARY KEY AUTOINCREMENT, interessado TEXT NOT NULL, chave TEXT NOT NULL, evento INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS nsu_interessado ON nsu (interessado, nsu);
CREATE TABLE IF NOT EXISTS bloqueio (
    cnpj TEXT NOT NULL, servico TEXT NOT NULL, ate TEXT NOT NULL, PRIMARY KEY (cnpj, servico)
) STRICT;
CREATE TABLE IF NOT EXISTS contador (nome TEXT PRIMARY KEY, valor INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Documento:
    """An authorised document. `natural`: issuer, model, series and number, which no two keys may share."""

    chave: str
    tipo: str
    natural: str
    autorizador: str
    tp_cte: str
    tomador: str
    atores: str
    dh_emi: str
    valor: str
    digest: str
    nprot: str
    dh_recbto: datetime
    situacao: str
    fisco: str | None
    xml: bytes


@dataclass(frozen=True, slots=True)
class Evento:
    """A recorded event. `alvo`: the protocol of the event that this one cancels, or "". `ret`: retEventoCTe."""

    chave: str
    tp_evento: str
    n_seq: int
    cstat: str
    nprot: str
    quando: datetime
    alvo: str
    xml: bytes
    ret: bytes


@dataclass(frozen=True, slots=True)
class Chamada:
    """One call and its decision; `falha` names the fault applied to its answer."""

    quando: datetime
    servico: str
    autorizador: str
    cnpj: str
    chave: str
    tp_evento: str
    n_seq: int
    digest: str
    decidido: str
    motivo: str
    falha: str


class Razao:
    """Is the ledger. It has one writer; every change is made inside `gravando`."""

    def __init__(self, pasta: Path, *, so_leitura: bool = False) -> None:
        arquivo = pasta / ARQUIVO
        alvo = f"{arquivo.absolute().as_uri()}?mode={'ro' if so_leitura else 'rwc'}"
        self._banco = sqlite3.connect(alvo, uri=True, isolation_level=None, check_same_thread=False)
        self._banco.row_factory = sqlite3.Row
        if not so_leitura:
            self._banco.execute("PRAGMA journal_mode = WAL")
            self._banco.execute("PRAGMA synchronous = OFF")
            self._banco.executescript(_ESQUEMA)

    def fechar(self) -> None:
        """Closes the file. Call it once."""
        self._banco.close()

    @contextmanager
    def gravando(self) -> Iterator[None]:
        """Opens a transaction: all of its changes are kept, or none."""
        self._banco.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._banco.execute("ROLLBACK")
            raise
        self._banco.execute("COMMIT")

    def contar(self, nome: str) -> int:
        """Returns the next number of a series that never repeats."""
        linha = self._banco.execute(
            "INSERT INTO contador VALUES (?, 1) ON CONFLICT (nome) DO UPDATE SET valor = valor + 1 RETURNING valor",
            (nome,),
        ).fetchone()
        return int(linha[0])

    # --- documents ---------------------------------------------------------------------------------------------------

    def guardar(self, d: Documento, referidas: Iterable[str], comprimido: bytes = b"") -> None:
        """Stores a document that is authorised now. `referidas`: keys that it complements or replaces.

        `comprimido`: `d.xml` as gzip, when it is at hand (compressing costs as much as judging the rules). Raises
        sqlite3.IntegrityError when the document is already there.
        """
        self._banco.executemany("INSERT INTO referencia VALUES (?, ?)", [(d.chave, alvo) for alvo in set(referidas)])
        self._banco.execute(
            "INSERT INTO documento VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(d.chave, d.tipo, d.natural, d.autorizador, d.tp_cte, d.tomador, d.atores, d.dh_emi),
                *(
                    d.valor,
                    d.digest,
                    d.nprot,
                    d.dh_recbto.isoformat(),
                    d.situacao,
                    d.fisco,
                    comprimido or gzip.compress(d.xml, 1),
                ),
            ),
        )

    def documento(self, chave: str) -> Documento | None:
        """Returns the document with this key."""
        return self._documento("SELECT * FROM documento WHERE chave = ?", chave)

    def pelo_numero(self, natural: str, autorizador: str) -> Documento | None:
        """Returns the document with this issuer, model, series and number, whatever its key."""
        return self._documento("SELECT * FROM documento WHERE natural = ? AND autorizador = ?", natural, autorizador)

    def que_referem(self, chave: str) -> list[Documento]:
        """Returns the authorised documents (complement, substitution) that refer to this one."""
        linhas = self._banco.execute(
            "SELECT d.* FROM referencia r JOIN documento d ON d.chave = r.chave WHERE r.alvo = ?", (chave,)
        ).fetchall()
        return [_documento(linha) for linha in linhas]

    def cancelar(self, chave: str) -> None:
        """Marks the document as cancelled: from now on the answer is 101."""
        self._banco.execute("UPDATE documento SET situacao = 'cancelado' WHERE chave = ?", (chave,))

    def _documento(self, sql: str, *valores: str) -> Documento | None:
        linha = self._banco.execute(sql, valores).fetchone()
        return _documento(linha) if linha is not None else None

    # --- events ------------------------------------------------------------------------------------------------------

    def registrar(self, e: Evento) -> int:
        """Stores an event and returns its id."""
        feito = self._banco.execute(
            "INSERT INTO evento (chave, tp_evento, n_seq, cstat, nprot, quando, alvo, xml, ret) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(e.chave, e.tp_evento, e.n_seq, e.cstat, e.nprot, e.quando.isoformat(), e.alvo),
                *(zlib.compress(e.xml, 1), zlib.compress(e.ret, 1)),
            ),
        )
        return int(feito.lastrowid or 0)

    def evento(self, identificador: int) -> Evento:
        """Returns the event with this id."""
        return _evento(self._banco.execute("SELECT * FROM evento WHERE id = ?", (identificador,)).fetchone())

    def eventos(self, chave: str) -> list[Evento]:
        """Returns the events of one document, oldest first."""
        linhas = self._banco.execute("SELECT * FROM evento WHERE chave = ? ORDER BY id", (chave,)).fetchall()
        return [_evento(linha) for linha in linhas]

    # --- distribution ------------------------------------------------------------------------------------------------

    def distribuir(self, interessados: Iterable[str], chave: str, evento: int = 0) -> None:
        """Puts a document, or an event of it by its id, under the next NSU of each company.

        The company is known by the base of its CNPJ.
        """
        bases = dict.fromkeys(numero[:8] if len(numero) == 14 else numero for numero in interessados)
        self._banco.executemany(
            "INSERT INTO nsu (interessado, chave, evento) VALUES (?, ?, ?)", [(b, chave, evento) for b in bases]
        )

    def maior_nsu(self, interessado: str) -> int:
        """Returns the greatest NSU of a company; 0 when there is nothing for it."""
        sql = "SELECT COALESCE(MAX(nsu), 0) FROM nsu WHERE interessado = ?"
        return int(self._banco.execute(sql, (interessado,)).fetchone()[0])

    def nsus(self, interessado: str, depois_de: int, quantos: int) -> list[tuple[int, str, int]]:
        """Returns (NSU, key, id of the event or 0) for this company, in order."""
        linhas = self._banco.execute(
            "SELECT nsu, chave, evento FROM nsu WHERE interessado = ? AND nsu > ? ORDER BY nsu LIMIT ?",
            (interessado, depois_de, quantos),
        ).fetchall()
        return [(n, chave, evento) for n, chave, evento in linhas]

    # --- limits of use -----------------------------------------------------------------------------------------------

    def bloqueio(self, cnpj: str, servico: str) -> datetime | None:
        """Returns the end of the time in which this service answers 678 or 656 to this company."""
        linha = self._banco.execute(
            "SELECT ate FROM bloqueio WHERE cnpj = ? AND servico = ?", (cnpj, servico)
        ).fetchone()
        return datetime.fromisoformat(linha[0]) if linha is not None else None

    def bloquear(self, cnpj: str, servico: str, ate: datetime) -> None:
        """Blocks the company in this service from now until then."""
        self._banco.execute("INSERT OR REPLACE INTO bloqueio VALUES (?, ?, ?)", (cnpj, servico, ate.isoformat()))

    def chamadas_desde(self, desde: datetime, campos: Mapping[str, str]) -> int:
        """Counts the calls since then whose columns have these values."""
        return self._contadas(desde, campos, "1")

    def rejeicoes_desde(self, desde: datetime, campos: Mapping[str, str]) -> int:
        """Counts the refusals since then with one code, the commonest."""
        return self._contadas(desde, campos, "decidido >= '200' GROUP BY decidido ORDER BY 1 DESC LIMIT 1")

    def _contadas(self, desde: datetime, campos: Mapping[str, str], resto: str) -> int:
        onde = " AND ".join(f"{nome} = ?" for nome in campos)
        linha = self._banco.execute(
            f"SELECT COUNT(*) FROM chamada WHERE {onde} AND quando > ? AND {resto}",  # noqa: S608 -- our own names
            (*campos.values(), desde.isoformat()),
        ).fetchone()
        return int(linha[0]) if linha is not None else 0

    # --- calls -------------------------------------------------------------------------------------------------------

    def anotar(self, c: Chamada) -> None:
        """Stores one call."""
        self._banco.execute(
            "INSERT INTO chamada (quando, servico, autorizador, cnpj, chave, tp_evento, n_seq, digest, decidido, "
            "motivo, falha) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(c.quando.isoformat(), c.servico, c.autorizador, c.cnpj, c.chave, c.tp_evento, c.n_seq, c.digest),
                *(c.decidido, c.motivo, c.falha),
            ),
        )

    # --- reading it all ----------------------------------------------------------------------------------------------

    def todas(self, sql: str, *valores: Any) -> list[sqlite3.Row]:
        """Runs a query for a report."""
        return self._banco.execute(sql, valores).fetchall()


def _documento(linha: sqlite3.Row) -> Documento:
    campos = dict(linha)
    quando = datetime.fromisoformat(campos.pop("dh_recbto")).astimezone(UTC)
    return Documento(**(campos | {"dh_recbto": quando, "xml": gzip.decompress(campos["xml"])}))


def _evento(linha: sqlite3.Row) -> Evento:
    return Evento(
        linha["chave"], linha["tp_evento"], linha["n_seq"], linha["cstat"], linha["nprot"],
        datetime.fromisoformat(linha["quando"]), linha["alvo"], zlib.decompress(linha["xml"]),
        zlib.decompress(linha["ret"]),
    )  # fmt: skip
