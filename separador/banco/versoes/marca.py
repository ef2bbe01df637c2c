"""Reads and writes which version of the program wrote a database, and which is the oldest that may open it.

The oldest is raised only by a migration that an older program would be broken by. So an older program goes on with a
database that a newer one has only added to.
"""

import re
import sqlite3
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separador import __version__

if TYPE_CHECKING:
    from separador.banco.conexao import Linhas

_NUNCA = (sys.maxsize,)


class BancoRecusadoError(sqlite3.DatabaseError):
    """The database can be read, and must not be used here. The message is one whole sentence with the way out."""


class BancoMaisNovoError(BancoRecusadoError):
    """A newer version wrote the database, and this one must not open it. `saida`: the way out, which is in the message
    too."""

    def __init__(self, mensagem: str, saida: str) -> None:
        super().__init__(f"{mensagem} {saida}")
        self.mensagem, self.saida = mensagem, saida


@dataclass(frozen=True, slots=True)
class Marca:
    """`escrita_por` None: a version that did not say so."""

    escrita_por: str | None
    minima: str

    def __str__(self) -> str:
        """Says it in Portuguese."""
        quem = f"gravado pelo separador {self.escrita_por}" if self.escrita_por else "ninguém disse que versão o gravou"
        return f"{quem}, abre da versão {self.minima} em diante"


def ler(c: "Linhas") -> Marca | None:
    """Returns what the database says; None before the migration that lets it say so."""
    if c.execute("SELECT 1 FROM pragma_table_info('instalacao') WHERE name = 'versao_minima'").fetchone() is None:
        return None
    linha = c.execute("SELECT escrita_por, versao_minima FROM instalacao").fetchone()
    return Marca(None if linha[0] is None else str(linha[0]), str(linha[1])) if linha is not None else None


def exigir(lida: Marca | None, programa: str = __version__) -> None:
    """Raises `BancoMaisNovoError` when the program is older than the oldest that may open the database."""
    if lida is None or numeros(lida.minima) <= numeros(programa):
        return
    raise BancoMaisNovoError(
        f"O banco de dados é de uma versão mais nova: foi gravado pelo separador {lida.escrita_por or lida.minima} e só"
        f" abre da versão {lida.minima} em diante; este programa é o {programa}, e nada foi mudado.",
        f"Instale o separador {lida.minima} ou mais novo, ou volte à cópia feita antes da atualização: separador banco "
        "voltar",
    )


def escrever(c: "Linhas", programa: str = __version__) -> None:
    """Records that this program writes the database, if another one did last."""
    lida = ler(c)
    if lida is not None and lida.escrita_por != programa:
        c.execute("UPDATE instalacao SET escrita_por = ?", (programa,))


def numeros(versao: str) -> tuple[int, ...]:
    """Returns what versions are compared by. A text that is no version is above all of them: nobody understands it."""
    achada = re.match(r"(\d+)\.(\d+)\.(\d+)", versao)
    return tuple(int(n) for n in achada.groups()) if achada else _NUNCA
