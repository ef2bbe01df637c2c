"""Reads and writes the rows of the vault (table `segredo`). Decrypts nothing: cofre/cofre.py does."""

from collections.abc import Generator
from contextlib import contextmanager
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.nucleo.segredo_cifrado import Lacrado

_COLUNAS = "id, nome, chave_id, nonce, cifra"


class TabelaDeSegredos:
    """Implements `cofre.cofre.TabelaDeSegredos` over the state database."""

    def __init__(self, banco: Banco) -> None:
        self._banco = banco

    @contextmanager
    def transacao(self) -> Generator[None, None, None]:
        """Opens a transaction. Inside an open one, opens a savepoint of it."""
        with self._banco.transacao():
            yield

    def novo_id(self) -> int:
        """Returns a number never given before, not even to a row that was deleted. Call it only inside a
        transaction."""
        linha = self._banco.uma("SELECT seq FROM sqlite_sequence WHERE name = 'segredo'")
        return (int(linha["seq"]) if linha is not None else 0) + 1

    def inserir(self, lacrado: Lacrado) -> None:
        """Inserts a new row; the name must be free."""
        self._banco.execute(
            f"INSERT INTO segredo ({_COLUNAS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - constant
            (lacrado.id, lacrado.nome, lacrado.chave_id, lacrado.nonce, lacrado.cifra),
        )

    def atualizar(self, lacrado: Lacrado) -> None:
        """Gives the row of that id another content."""
        self._banco.execute(
            "UPDATE segredo SET chave_id = ?, nonce = ?, cifra = ? WHERE id = ?",
            (lacrado.chave_id, lacrado.nonce, lacrado.cifra, lacrado.id),
        )

    def pegar(self, id_: int) -> Lacrado | None:
        """Returns the row of an id."""
        return _lacrado(self._banco.uma(f"SELECT {_COLUNAS} FROM segredo WHERE id = ?", id_))  # noqa: S608 - constant

    def achar(self, nome: str) -> Lacrado | None:
        """Returns the row of a name."""
        return _lacrado(self._banco.uma(f"SELECT {_COLUNAS} FROM segredo WHERE nome = ?", nome))  # noqa: S608 - constant

    def todos(self) -> list[Lacrado]:
        """Returns every row, by id."""
        linhas = self._banco.todas(f"SELECT {_COLUNAS} FROM segredo ORDER BY id")  # noqa: S608 - constant
        return [_de(linha) for linha in linhas]

    def por_chave(self) -> dict[str, str]:
        """Returns the id of every key that closed a row, with the name of the first one, in the order of these rows."""
        linhas = self._banco.todas("SELECT chave_id, nome, min(id) AS id FROM segredo GROUP BY chave_id ORDER BY 3")
        return {linha["chave_id"]: linha["nome"] for linha in linhas}

    def remover(self, id_: int) -> None:
        """Deletes the row."""
        self._banco.execute("DELETE FROM segredo WHERE id = ?", (id_,))


def geracao(banco: Banco) -> int:
    """Returns a number that grows with every change of the vault. A smaller number than one remembered outside means an
    older database."""
    linha = banco.uma("SELECT numero FROM cofre_geracao")
    return int(linha["numero"]) if linha is not None else 0


def _lacrado(linha: Row | None) -> Lacrado | None:
    return _de(linha) if linha is not None else None


def _de(linha: Row) -> Lacrado:
    return Lacrado(linha["id"], linha["nome"], linha["chave_id"], bytes(linha["nonce"]), bytes(linha["cifra"]))
