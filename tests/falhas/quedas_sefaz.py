"""Runs the local SEFAZ of the kill test: one process for all the runs of a scenario. Its ledger is put back before each
run.

What it counts is part of the compared state: an interrupted run must leave it as a run that nobody interrupted, with
one reception and one authorisation for each key.
"""

import contextlib
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmProcesso

_TABELAS = ("documento", "referencia", "evento", "chamada", "nsu", "bloqueio", "contador")
_FATOS = {
    "sefaz tem": "SELECT chave, situacao, nprot FROM documento",
    "sefaz recebeu": "SELECT servico, chave, decidido FROM chamada WHERE servico IN ('recepcao', 'evento')",
    "sefaz registrou": "SELECT chave, tp_evento, n_seq, nprot FROM evento",
}
Razao = dict[str, list[tuple[object, ...]]]
ESPERAS = 8
"""Is the largest number of look-ups that a run may leave for later."""


class SefazDeQuedas:
    """A SEFAZ that `ligar` starts and names in an installation. `lembrar` keeps its ledger; `repor` puts it back."""

    def __init__(self, pasta: Path) -> None:
        self._sefaz = SefazEmProcesso(pasta)
        self._guardado: Razao = {}

    def ligar(self, maquina: Maquina) -> None:
        """Starts it and writes its address in the configuration of the installation."""
        self._sefaz.ligar()
        secao = {"simulador": self._sefaz.endereco, "ca": str(self._sefaz.ca)}
        maquina.gravar_config(ambiente="simulado", sefaz=secao)

    def desligar(self) -> None:
        """Ends it."""
        self._sefaz.parar()

    def lembrar(self) -> None:
        """Keeps the ledger as it is now: every run begins with it."""
        self._guardado = self.copiar()

    def copiar(self) -> Razao:
        """Returns the ledger as it is now."""
        with closing(self._banco()) as banco:
            return {t: banco.execute(f"SELECT * FROM {t}").fetchall() for t in _TABELAS}

    def repor(self, razao: Razao | None = None) -> None:
        """Puts the kept ledger back (or `razao`), which forgets what was sent since."""
        with closing(self._banco()) as banco:
            banco.execute("BEGIN IMMEDIATE")
            for tabela, linhas in (self._guardado if razao is None else razao).items():
                banco.execute(f"DELETE FROM {tabela}")
                for linha in linhas:
                    banco.execute(f"INSERT INTO {tabela} VALUES ({', '.join('?' * len(linha))})", linha)
            banco.execute("COMMIT")

    def fatos(self) -> Counter[tuple[str, ...]]:
        """Returns what SEFAZ has, and what it was sent."""
        achados: Counter[tuple[str, ...]] = Counter()
        with closing(self._banco()) as banco:
            for nome, sql in _FATOS.items():
                for linha in banco.execute(sql):
                    achados[nome, *(str(v) for v in linha)] += 1
        return achados

    def _banco(self) -> sqlite3.Connection:
        return sqlite3.connect(self._sefaz.pasta / "sefaz.db", isolation_level=None, timeout=10)


def adiantar(instalacao: Path) -> bool:
    """Lets the time pass for which a look-up waits. Returns False when none waits. The service must be stopped."""
    with (
        contextlib.suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(instalacao / "var" / "separador.db", isolation_level=None, timeout=10)) as banco,
    ):
        esperam = banco.execute("UPDATE transmissao SET proxima_em = NULL WHERE estado = 'pendente'").rowcount
        banco.execute("DELETE FROM parada")
        return esperam > 0
    return False
