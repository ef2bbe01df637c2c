"""Keeps named secrets, each encrypted by itself with AES-256-GCM.

Each secret has its own random nonce. Number, name and key id are its associated data, so that rows cannot be swapped.
The vault does not know the database: it stores rows through `LugarDosSegredos`,
which `cofre.banco.TabelaDeSegredos` implements.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from separador.cofre.chave_mestra import Chave, ChaveMestra
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.segredo_cifrado import Lacrado

TAMANHO_NONCE = 12


class LugarDosSegredos(Protocol):
    """Stores sealed secrets. Every method may be called inside an open transaction."""

    def transacao(self) -> AbstractContextManager[object]:
        """Opens a transaction: all of its changes are kept, or none."""

    def novo_id(self) -> int:
        """Returns a number never given before. Only inside a transaction."""

    def inserir(self, lacrado: Lacrado) -> None:
        """Adds a row; its name must be free."""

    def atualizar(self, lacrado: Lacrado) -> None:
        """Replaces the content of the row with that id."""

    def pegar(self, id_: int) -> Lacrado | None:
        """Returns the row with that id."""

    def achar(self, nome: str) -> Lacrado | None:
        """Returns the row with that name."""

    def todos(self) -> Iterable[Lacrado]:
        """Returns every row, ordered by id."""

    def por_chave(self) -> Mapping[str, str]:
        """Returns the id of every key that closed a row, with the name of the first one."""

    def remover(self, id_: int) -> None:
        """Deletes the row."""


class CofreError(Exception):
    """A secret cannot be given: it does not exist, or our key did not close the stored bytes for that row."""


class Cofre:
    """Is the open vault. Secrets are bytes; nothing here logs or formats them.

    Open it with `abrir`, which checks the key.
    """

    def __init__(
        self, segredos: LugarDosSegredos, chave_mestra: ChaveMestra, sortear: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._tabela = segredos
        self._mestra = chave_mestra
        self._sortear = sortear

    def guardar(self, nome: str, segredo: bytes) -> int:
        """Keeps a new secret and returns its number.

        Raises CofreError when the name is taken (use `trocar` to change it).
        """
        with self._tabela.transacao():
            if self._tabela.achar(nome) is not None:
                raise CofreError(f"o cofre já tem um segredo chamado {nome}")
            id_ = self._tabela.novo_id()
            self._tabela.inserir(self._fechar(id_, nome, segredo, self._mestra.atual))
        return id_

    def ler(self, id_: int) -> bytes:
        """Returns the secret in clear. Raises CofreError."""
        return self._abrir(self._existente(id_))

    def trocar(self, id_: int, segredo: bytes) -> None:
        """Puts another content under the same number and name. Raises CofreError when there is none."""
        with self._tabela.transacao():
            antigo = self._existente(id_)
            self._tabela.atualizar(self._fechar(id_, antigo.nome, segredo, self._mestra.atual))

    def apagar(self, id_: int) -> None:
        """Deletes the secret. A secret that does not exist is no error."""
        with self._tabela.transacao():
            self._tabela.remover(id_)

    def achar(self, nome: str) -> int | None:
        """Returns the number of the secret with that name."""
        linha = self._tabela.achar(nome)
        return linha.id if linha is not None else None

    def refechar(self, mestra: ChaveMestra) -> int:
        """Closes every secret again with the current key of `mestra`, all or none. Returns how many changed.

        Each secret is opened before it is closed again. One that does not open leaves all as they were (raises
        CofreError).
        """
        feitos = 0
        with self._tabela.transacao():
            for linha in list(self._tabela.todos()):
                if linha.chave_id != mestra.atual.id:
                    claro = self._abrir(linha)
                    self._tabela.atualizar(self._fechar(linha.id, linha.nome, claro, mestra.atual))
                    feitos += 1
        self._mestra = mestra
        return feitos

    def conferir(self) -> int:
        """Opens every secret and returns how many there are. Raises CofreError at the first that does not open."""
        return sum(1 for linha in self._tabela.todos() if self._abrir(linha) is not None)

    def _existente(self, id_: int) -> Lacrado:
        linha = self._tabela.pegar(id_)
        if linha is None:
            raise CofreError(f"o cofre não tem o segredo {id_}")
        return linha

    def _fechar(self, id_: int, nome: str, segredo: bytes, chave: Chave) -> Lacrado:
        nonce = self._sortear(TAMANHO_NONCE)
        cifra = AESGCM(chave.bytes_).encrypt(nonce, segredo, _associado(id_, nome, chave.id))
        return Lacrado(id_, nome, chave.id, nonce, cifra)

    def _abrir(self, linha: Lacrado) -> bytes:
        chave = self._mestra.de_id(linha.chave_id)
        if chave is None:
            raise CofreError(f"o segredo {linha.nome} foi fechado com outra chave mestra ({linha.chave_id})")
        try:
            return AESGCM(chave.bytes_).decrypt(linha.nonce, linha.cifra, _associado(linha.id, linha.nome, chave.id))
        except InvalidTag as erro:
            raise CofreError(f"o segredo {linha.nome} foi alterado ou trocado de lugar no banco") from erro


def _associado(id_: int, nome: str, chave_id: str) -> bytes:
    return f"separador/cofre/1\0{id_}\0{nome}\0{chave_id}".encode()


def abrir(
    segredos: LugarDosSegredos, mestra: ChaveMestra, sortear: Callable[[int], bytes] = os.urandom
) -> Cofre | Recusa:
    """Opens the vault, after checking that the key of every stored secret is at hand."""
    for chave_id, nome in segredos.por_chave().items():
        if mestra.de_id(chave_id) is None:
            return _de_outra_chave(chave_id, nome, mestra)
    return Cofre(segredos, mestra, sortear)


def _de_outra_chave(chave_id: str, nome: str, mestra: ChaveMestra) -> Recusa:
    if chave_id in mestra.aposentadas:
        mensagem = (
            f"O banco é de antes da última troca da chave mestra: o segredo {nome} foi fechado com a chave "
            f"aposentada {chave_id}."
        )
        fazer = "Restaure a cópia mais nova do banco, ou ponha a chave antiga depois da atual até girar de novo."
        return _recusa("COPIA-ANTIGA", mensagem, fazer)
    mensagem = (
        f"A chave mestra que está em {mestra.origem.removeprefix('o ').removeprefix('a ')} não abre o cofre: o segredo "
        f"{nome} foi fechado com a chave {chave_id}."
    )
    fazer = "Devolva a chave mestra desta instalação. Nada foi mudado; sem ela, restaure uma cópia: cofre restaurar."
    return _recusa("CHAVE-ERRADA", mensagem, fazer)


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-COFRE-{codigo}", "SEP", mensagem, o_que_fazer),))
