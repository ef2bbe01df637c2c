"""Walks to a folder by descriptor, one component at a time.

A link on the way is followed only where nobody but root and us could have put it (`juizo`).
"""

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from separador.pastas.lugar.juizo import Passo, ligacoes_valem
from separador.pastas.sistema import SEM_CHAMADA, aberta_sem_ligacoes, modos_de_outrem

PASSAGEM = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
"""How a folder is opened on the way: not to read it, and never through a link."""
_LIGACOES = 40


class Fazer(Protocol):
    """Makes a missing folder of the way in its parent, and returns its descriptor."""

    def __call__(self, pai: int, nome: str, *, ultimo: bool) -> int:
        """`ultimo`: it is the folder that the walk goes to, and not one on the way. Raises OSError."""


class Impedido(Exception):  # noqa: N818 - the field's word for it
    """The way cannot be trusted. Nothing on it was changed. The text is for the operator."""


def andar(pasta: Path, nosso: int, fazer: Fazer | None = None) -> tuple[int, bool]:
    """Opens the folder (O_PATH). Returns its descriptor, and whether it was made. Raises `Impedido`, OSError."""
    if fazer is None:
        direto = _sem_ligacoes(pasta)
        if direto is not None:
            return direto, False
    caminhada = _Caminhada(pasta, nosso)
    try:
        nova = caminhada.ate_o_fim(fazer)
    except BaseException:
        os.close(caminhada.aqui)
        raise
    return caminhada.aqui, nova


def _sem_ligacoes(pasta: Path) -> int | None:
    """Returns the descriptor, by the usual way, which has no link; None when something on it is no folder."""
    try:
        return aberta_sem_ligacoes(os.fspath(pasta.absolute()), PASSAGEM)
    except OSError as erro:
        if erro.errno in (errno.ENOTDIR, errno.ELOOP):
            return None
        if erro.errno not in SEM_CHAMADA:
            raise
    return _um_a_um(pasta)


def _um_a_um(pasta: Path) -> int | None:
    """Does the same on a system that cannot do it in one call."""
    aqui = os.open("/", PASSAGEM)
    try:
        for nome in pasta.absolute().parts[1:]:
            proximo = os.open(nome, PASSAGEM, dir_fd=aqui)
            os.close(aqui)
            aqui = proximo
    except OSError as erro:
        os.close(aqui)
        if erro.errno in (errno.ENOTDIR, errno.ELOOP):
            return None
        raise
    return aqui


class _Caminhada:
    """A walk that may meet links: it keeps what tells whether they may be followed."""

    def __init__(self, pasta: Path, nosso: int) -> None:
        self._pasta = pasta
        self._nosso = nosso
        self._faltam = list(reversed(pasta.absolute().parts[1:]))
        self._passos: list[Passo] = []
        self._ligacoes: list[str] = []
        self.aqui = os.open("/", PASSAGEM)

    def ate_o_fim(self, fazer: Fazer | None) -> bool:
        """Goes to the end. Returns whether the last folder was made."""
        nova = False
        while self._faltam:
            nome = self._faltam.pop()
            try:
                visto = os.lstat(nome, dir_fd=self.aqui)
            except FileNotFoundError:
                if fazer is None:
                    raise
                self._ir(fazer(self.aqui, nome, ultimo=not self._faltam))
                nova = True
                continue
            self._anotar(visto)
            if stat.S_ISLNK(visto.st_mode):
                self._seguir(nome)
                continue
            self._ir(os.open(nome, PASSAGEM, dir_fd=self.aqui))
            nova = False
        self._julgar()
        return nova

    def _ir(self, proximo: int) -> None:
        os.close(self.aqui)
        self.aqui = proximo

    def _anotar(self, entrada: os.stat_result) -> None:
        pai = os.fstat(self.aqui)
        passo = Passo(pai.st_uid, pai.st_mode, entrada.st_uid, stat.S_ISLNK(entrada.st_mode))
        if not ligacoes_valem((passo,), self._nosso):
            passo = replace(passo, rede=modos_de_outrem(Path(f"/proc/self/fd/{self.aqui}")))
        self._passos.append(passo)

    def _seguir(self, nome: str) -> None:
        self._ligacoes.append(nome)
        self._julgar()
        if len(self._ligacoes) > _LIGACOES:
            raise Impedido(f"o caminho de {self._pasta} dá voltas: há links demais")
        destino = os.readlink(nome, dir_fd=self.aqui)
        if destino.startswith("/"):
            self._ir(os.open("/", PASSAGEM))
        self._faltam += [p for p in reversed(destino.split("/")) if p not in ("", ".")]

    def _julgar(self) -> None:
        if self._ligacoes and not ligacoes_valem(self._passos, self._nosso):
            raise Impedido(
                f"no caminho de {self._pasta}, {self._ligacoes[-1]} é um link, e há no caminho uma pasta em que outros "
                "podem gravar; nada foi feito ali. Escreva na configuração o caminho verdadeiro"
            )
