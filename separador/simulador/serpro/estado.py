"""Keeps the memory of the local SERPRO in its own SQLite file.

The server's one thread writes it; other processes read its ledger while it runs (WAL).
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from separador.simulador.serpro.cenario import Cenario, Contribuinte, Documento, Outorga, Parte

ARQUIVO = "serpro.db"
_ESQUEMA = """
CREATE TABLE IF NOT EXISTS contribuinte (ni TEXT PRIMARY KEY, nome TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS outorga (
    outorgante TEXT NOT NULL, outorgado TEXT NOT NULL, ate TEXT NOT NULL, sistemas TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS documento (
    numero TEXT PRIMARY KEY, ni TEXT NOT NULL, tipo TEXT NOT NULL, periodo TEXT NOT NULL, vencimento TEXT NOT NULL,
    partes TEXT NOT NULL, emitido TEXT NOT NULL, arrecadacao TEXT, registrado TEXT, referencia TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS documento_ni ON documento (ni, arrecadacao, numero);
CREATE TABLE IF NOT EXISTS token (acesso TEXT PRIMARY KEY, jwt TEXT NOT NULL, fim TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS termo (
    autor TEXT PRIMARY KEY, resumo TEXT NOT NULL, token TEXT NOT NULL, fim TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS protocolo (
    protocolo TEXT PRIMARY KEY, pessoas TEXT NOT NULL, lista TEXT NOT NULL, quando TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS chamada (
    id INTEGER PRIMARY KEY, quando TEXT NOT NULL, etiqueta TEXT NOT NULL, caminho TEXT NOT NULL,
    servico TEXT NOT NULL, autor TEXT NOT NULL, contribuinte TEXT NOT NULL, numero TEXT NOT NULL,
    http INTEGER NOT NULL, cobrada INTEGER NOT NULL, codigo TEXT NOT NULL, falha TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS contador (nome TEXT PRIMARY KEY, valor INTEGER NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Chamada:
    """One request and its answer. `http` 0 = no answer was given. `falha`: the fault applied to it, or ""."""

    quando: datetime
    etiqueta: str
    caminho: str
    servico: str
    autor: str
    contribuinte: str
    numero: str
    http: int
    cobrada: bool
    codigo: str
    falha: str


class Arquivo:
    """Is the store. It has one writer; statements commit one by one."""

    def __init__(self, pasta: Path, *, so_leitura: bool = False) -> None:
        pasta.mkdir(parents=True, exist_ok=True)
        alvo = f"{(pasta / ARQUIVO).absolute().as_uri()}?mode={'ro' if so_leitura else 'rwc'}"
        self._banco = sqlite3.connect(alvo, uri=True, isolation_level=None, check_same_thread=False)
        self._banco.row_factory = sqlite3.Row
        if not so_leitura:
            self._banco.execute("PRAGMA journal_mode = WAL")
            self._banco.execute("PRAGMA synchronous = OFF")
            self._banco.executescript(_ESQUEMA)

    def fechar(self) -> None:
        """Closes the file. Call it once."""
        self._banco.close()

    def carregar(self, cenario: Cenario) -> None:
        """Adds what the scenario says. Rows that are already there stay as they are."""
        self._banco.execute("BEGIN IMMEDIATE")
        self._banco.executemany(
            "INSERT OR IGNORE INTO contribuinte VALUES (?, ?)", [(c.ni, c.nome) for c in cenario.contribuintes]
        )
        vazia = self._um("SELECT COUNT(*) FROM outorga") == 0
        for outorga in cenario.outorgas if vazia else ():
            self.outorgar(outorga)
        for documento in cenario.documentos:
            self.emitir(documento)
        self._banco.execute("COMMIT")

    def contar(self, nome: str) -> int:
        """Returns the next number of a series that never repeats."""
        return self._um(
            "INSERT INTO contador VALUES (?, 1) ON CONFLICT (nome) DO UPDATE SET valor = valor + 1 RETURNING valor",
            nome,
        )

    def _um(self, sql: str, *valores: object) -> int:
        return int(self._banco.execute(sql, valores).fetchone()[0])

    # --- people ------------------------------------------------------------------------------------------------------

    def contribuinte(self, ni: str) -> Contribuinte:
        """Returns the taxpayer. An unknown one gets a name made of the number."""
        linha = self._banco.execute("SELECT * FROM contribuinte WHERE ni = ?", (ni,)).fetchone()
        return Contribuinte(ni, linha["nome"] if linha else f"CONTRIBUINTE {ni}")

    def outorgar(self, o: Outorga) -> None:
        """Stores one more procuração."""
        self._banco.execute(
            "INSERT INTO outorga VALUES (?, ?, ?, ?)",
            (o.outorgante, o.outorgado, o.ate.isoformat(), " ".join(o.sistemas)),
        )

    def revogar(self, outorgante: str) -> None:
        """Deletes all procurações of this taxpayer."""
        self._banco.execute("DELETE FROM outorga WHERE outorgante = ?", (outorgante,))

    def outorgas(self, outorgante: str, outorgado: str, hoje: date) -> list[Outorga]:
        """Returns the procurações in force."""
        linhas = self._banco.execute(
            "SELECT * FROM outorga WHERE outorgante = ? AND outorgado = ? AND ate >= ?",
            (outorgante, outorgado, hoje.isoformat()),
        ).fetchall()
        return [
            Outorga(o["outorgante"], o["outorgado"], date.fromisoformat(o["ate"]), tuple(o["sistemas"].split()))
            for o in linhas
        ]

    # --- documents ---------------------------------------------------------------------------------------------------

    def emitir(self, d: Documento) -> None:
        """Stores a document. One with that number that is already there stays."""
        partes = json.dumps([{k: str(v) if v is not None else None for k, v in asdict(p).items()} for p in d.partes])
        self._banco.execute(
            "INSERT OR IGNORE INTO documento VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(d.numero, d.ni, d.tipo, d.periodo.isoformat(), d.vencimento.isoformat(), partes),
                *(d.emitido.isoformat(), _iso(d.arrecadacao), _iso(d.registrado), d.referencia),
            ),
        )

    def pagar(self, numero: str, quando: date, registrado: date | None = None) -> bool:
        """Marks the document as paid on that day, and in the base on `registrado`.

        Returns False when there is no such document, or it was already paid.
        """
        feito = self._banco.execute(
            "UPDATE documento SET arrecadacao = ?, registrado = ? WHERE numero = ? AND arrecadacao IS NULL",
            (quando.isoformat(), (registrado or quando).isoformat(), numero),
        )
        return feito.rowcount == 1

    def estornar(self, numero: str, quando: date) -> None:
        """Cancels the payment: it leaves the base, and the day of the last event changes."""
        self._banco.execute(
            "UPDATE documento SET arrecadacao = NULL, registrado = ? WHERE numero = ?", (quando.isoformat(), numero)
        )

    def documento(self, numero: str) -> Documento | None:
        """Returns the document with these 17 digits."""
        linha = self._banco.execute("SELECT * FROM documento WHERE numero = ?", (numero,)).fetchone()
        return _documento(linha) if linha is not None else None

    def documentos(self, ni: str, *, pagos: bool | None = None) -> list[Documento]:
        """Returns the documents of one taxpayer, unpaid ones first, then by day of payment.

        `pagos`: only paid ones (True), only unpaid ones (False), or both (None).
        """
        linhas = self._banco.execute("SELECT * FROM documento WHERE ni = ? ORDER BY arrecadacao, numero", (ni,))
        todos = [_documento(linha) for linha in linhas]
        return [d for d in todos if pagos is None or (d.arrecadacao is not None) == pagos]

    def ultimo_evento(self, ni: str) -> date | None:
        """Returns the day of the last change of this taxpayer's payments."""
        valor = self._banco.execute("SELECT MAX(registrado) FROM documento WHERE ni = ?", (ni,)).fetchone()[0]
        return date.fromisoformat(valor) if valor else None

    # --- tokens, termos, protocols -----------------------------------------------------------------------------------

    def novo_token(self, acesso: str, jwt: str, fim: datetime) -> None:
        """Stores a token in force until `fim`."""
        self._banco.execute("INSERT INTO token VALUES (?, ?, ?)", (acesso, jwt, fim.isoformat()))

    def token_vale(self, acesso: str, jwt: str, agora: datetime) -> bool:
        """Says whether both tokens belong together and are in force."""
        linha = self._banco.execute("SELECT jwt, fim FROM token WHERE acesso = ?", (acesso,)).fetchone()
        return linha is not None and linha["jwt"] == jwt and agora < datetime.fromisoformat(linha["fim"])

    def esquecer_tokens(self) -> None:
        """Ends all tokens now."""
        self._banco.execute("DELETE FROM token")

    def termo(self, autor: str) -> tuple[str, str, datetime] | None:
        """Returns (digest of the XML, token, end) of the last termo of this author."""
        linha = self._banco.execute("SELECT * FROM termo WHERE autor = ?", (autor,)).fetchone()
        return (linha["resumo"], linha["token"], datetime.fromisoformat(linha["fim"])) if linha else None

    def novo_termo(self, autor: str, resumo: str, token: str, fim: datetime) -> None:
        """Stores a termo in place of the author's former one."""
        self._banco.execute("INSERT OR REPLACE INTO termo VALUES (?, ?, ?, ?)", (autor, resumo, token, fim.isoformat()))

    def esquecer_termos(self) -> None:
        """Ends all tokens of procuradores now."""
        self._banco.execute("DELETE FROM termo")

    def novo_protocolo(self, protocolo: str, pessoas: str, lista: Sequence[str], quando: datetime) -> None:
        """Stores a request for events."""
        self._banco.execute(
            "INSERT INTO protocolo VALUES (?, ?, ?, ?)", (protocolo, pessoas, ",".join(lista), quando.isoformat())
        )

    def protocolo(self, protocolo: str, pessoas: str) -> tuple[list[str], datetime] | None:
        """Returns (taxpayers, instant of the request)."""
        linha = self._banco.execute(
            "SELECT lista, quando FROM protocolo WHERE protocolo = ? AND pessoas = ?", (protocolo, pessoas)
        ).fetchone()
        return (linha["lista"].split(","), datetime.fromisoformat(linha["quando"])) if linha else None

    def protocolos_do_dia(self, pessoas: str, dia: str) -> int:
        """Returns how many requests there were on that day (AAAA-MM-DD)."""
        return self._um("SELECT COUNT(*) FROM protocolo WHERE pessoas = ? AND quando LIKE ?", pessoas, f"{dia}%")

    # --- ledger ------------------------------------------------------------------------------------------------------

    def anotar(self, c: Chamada) -> None:
        """Stores one more call."""
        self._banco.execute(
            "INSERT INTO chamada (quando, etiqueta, caminho, servico, autor, contribuinte, numero, http, cobrada, "
            "codigo, falha) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(c.quando.isoformat(), c.etiqueta, c.caminho, c.servico, c.autor, c.contribuinte, c.numero),
                *(c.http, int(c.cobrada), c.codigo, c.falha),
            ),
        )

    def chamadas(self, servico: str | None = None) -> list[Chamada]:
        """Returns the ledger, oldest first; of one function, or of all."""
        linhas: Iterable[sqlite3.Row] = self._banco.execute(
            "SELECT * FROM chamada WHERE ?1 IS NULL OR servico = ?1 ORDER BY id", (servico,)
        ).fetchall()
        return [
            Chamada(
                datetime.fromisoformat(x["quando"]), x["etiqueta"], x["caminho"], x["servico"], x["autor"],
                x["contribuinte"], x["numero"], x["http"], bool(x["cobrada"]), x["codigo"], x["falha"],
            )
            for x in linhas
        ]  # fmt: skip


def _iso(dia: date | None) -> str | None:
    return dia.isoformat() if dia else None


def _parte(p: Mapping[str, str]) -> Parte:
    principal, multa, juros = (Decimal(p[n]) for n in ("principal", "multa", "juros"))
    return Parte(p["receita"], p["descricao"], principal, multa, juros, p["extensao"])


def _documento(x: sqlite3.Row) -> Documento:
    partes = tuple(_parte(p) for p in json.loads(x["partes"]))
    return Documento(
        ni=x["ni"],
        numero=x["numero"],
        tipo=x["tipo"],
        periodo=date.fromisoformat(x["periodo"]),
        vencimento=date.fromisoformat(x["vencimento"]),
        partes=partes,
        emitido=date.fromisoformat(x["emitido"]),
        arrecadacao=date.fromisoformat(x["arrecadacao"]) if x["arrecadacao"] else None,
        registrado=date.fromisoformat(x["registrado"]) if x["registrado"] else None,
        referencia=x["referencia"],
    )
