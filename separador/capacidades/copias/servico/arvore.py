"""Reads and writes a folder of copies by descriptor, one component at a time, by the lane of its device.

A copy may lie on a share that hangs, and in a folder where others write. So no call goes by a whole path, no link is
followed, and a share that does not answer ends the work with `SemResposta`.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

from separador.pastas import faixas
from separador.pastas.erros import traduzindo
from separador.pastas.gravacao import GRAVAR, PORCAO_BYTES, escrever

BLOCO = 1024 * 1024
PROVISORIO = ".separador-novo"
_PASTA = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_LER = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

P = ParamSpec("P")
T = TypeVar("T")


class Arvore:
    """An open folder. Paths are relative to it, with `/`. Every method raises `FalhaDePasta`; those that look for
    something that is not there return None."""

    def __init__(self, pasta: Path) -> None:
        self.pasta = pasta
        self._tocadas: set[str] = set()
        self._aqui: tuple[str, int] | None = None
        self._raiz = self._fazer(os.open, os.fspath(pasta), _PASTA & ~os.O_NOFOLLOW)

    def _fazer(self, funcao: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with traduzindo(self.pasta):
            return faixas.fazer(self.pasta, funcao, *args, **kwargs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._esquecer()
        os.close(self._raiz)

    def _esquecer(self) -> None:
        if self._aqui is not None:
            os.close(self._aqui[1])
            self._aqui = None

    # --- folders -------------------------------------------------------------------------------------------------

    def _abrir(self, pasta: str, *, criar: bool) -> int:
        """Returns the descriptor of a folder, which stays open until another one is asked for."""
        if self._aqui is not None and self._aqui[0] == pasta:
            return self._aqui[1]
        fd = self._fazer(self._andar, pasta, criar)
        self._esquecer()
        self._aqui = (pasta, fd)
        return fd

    def _andar(self, pasta: str, criar: bool) -> int:
        fd = os.dup(self._raiz)
        caminho = ""
        try:
            for parte in filter(None, pasta.split("/")):
                if criar:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(parte, 0o700, dir_fd=fd)
                        self._tocadas.add(caminho)
                dentro = os.open(parte, _PASTA, dir_fd=fd)
                os.close(fd)
                fd = dentro
                caminho = f"{caminho}/{parte}".lstrip("/")
        except BaseException:
            os.close(fd)
            raise
        return fd

    def criar(self, pasta: str) -> None:
        """Makes a folder, and those above it, 0700."""
        self._abrir(pasta, criar=True)

    def listar(self, pasta: str) -> list[tuple[str, bool]]:
        """Returns the names in a folder, each with whether it is a folder; nothing when there is no such folder."""
        try:
            return self._fazer(self._listar, self._abrir(pasta, criar=False))
        except Exception as erro:
            if _nao_ha(erro):
                return []
            raise

    @staticmethod
    def _listar(fd: int) -> list[tuple[str, bool]]:
        with os.scandir(fd) as itens:
            return sorted((i.name, i.is_dir(follow_symlinks=False)) for i in itens)

    def firmar(self) -> None:
        """Makes the names in every folder that was written to durable."""
        for pasta in sorted(self._tocadas, reverse=True):
            with contextlib.suppress(FileNotFoundError):
                self._fazer(_sincronizar, self._abrir(pasta, criar=False))
        self._tocadas.clear()

    # --- files ---------------------------------------------------------------------------------------------------

    def tamanho(self, caminho: str) -> int | None:
        """Returns the size of a regular file; None when there is none."""
        visto = self.olhar(caminho)
        return visto.st_size if visto is not None and stat.S_ISREG(visto.st_mode) else None

    def olhar(self, caminho: str) -> os.stat_result | None:
        """Returns the `lstat` of what is there; None when nothing is."""
        pasta, _, nome = caminho.rpartition("/")
        try:
            fd = self._abrir(pasta, criar=False)
            return self._fazer(os.stat, nome, dir_fd=fd, follow_symlinks=False)
        except Exception as erro:
            if _nao_ha(erro):
                return None
            raise

    def blocos(self, caminho: str) -> Iterator[bytes]:
        """Yields the content of a regular file. Raises `FalhaDePasta`, also when there is none."""
        pasta, _, nome = caminho.rpartition("/")
        fd = self._fazer(os.open, nome, _LER, dir_fd=self._abrir(pasta, criar=False))
        try:
            while bloco := self._fazer(os.read, fd, BLOCO):
                yield bloco
        finally:
            os.close(fd)

    def ler(self, caminho: str) -> bytes:
        """Returns the content of a small file. Raises `FalhaDePasta`."""
        return b"".join(self.blocos(caminho))

    def resumo(self, caminho: str) -> str:
        """Returns the sha256 of a file. Raises `FalhaDePasta`."""
        resumo = hashlib.sha256()
        for bloco in self.blocos(caminho):
            resumo.update(bloco)
        return resumo.hexdigest()

    def gravar(self, caminho: str, blocos: Iterator[bytes], modo: int = 0o600, mtime_ns: int | None = None) -> str:
        """Writes a file whole or not at all, durably but for its name (`firmar`). Returns the sha256 of what was
        written. One of the same name is replaced."""
        pasta, _, nome = caminho.rpartition("/")
        onde = self._abrir(pasta, criar=True)
        resumo = hashlib.sha256()
        fd = self._fazer(_novo, onde, modo)
        try:
            solto = 0
            for bloco in blocos:
                resumo.update(bloco)
                self._fazer(escrever, fd, bloco)
                solto += len(bloco)
                if solto >= PORCAO_BYTES:
                    self._fazer(os.fdatasync, fd)
                    solto = 0
            if mtime_ns is not None:
                self._fazer(os.utime, fd, ns=(mtime_ns, mtime_ns))
            self._fazer(os.fsync, fd)
        finally:
            os.close(fd)
        self._fazer(os.rename, PROVISORIO, nome, src_dir_fd=onde, dst_dir_fd=onde)
        self._tocadas.add(pasta)
        return resumo.hexdigest()

    def renomear(self, de: str, para: str) -> None:
        """Renames within one folder of this tree, durably."""
        pasta, _, nome = de.rpartition("/")
        fd = self._abrir(pasta, criar=False)
        self._fazer(os.rename, nome, para.rpartition("/")[2], src_dir_fd=fd, dst_dir_fd=fd)
        self._fazer(_sincronizar, fd)

    def mover(self, de: str, para: str) -> None:
        """Moves something to another folder of this tree, durably."""
        origem, _, nome = de.rpartition("/")
        destino, _, novo = para.rpartition("/")
        fd = os.dup(self._abrir(origem, criar=False))
        try:
            onde = self._abrir(destino, criar=True)
            self._fazer(os.rename, nome, novo, src_dir_fd=fd, dst_dir_fd=onde)
            self._fazer(_sincronizar, onde)
            self._fazer(_sincronizar, fd)
        finally:
            os.close(fd)

    def apagar(self, caminho: str) -> None:
        """Removes a file, or a folder with all in it. Nothing there is no error."""
        pasta, _, nome = caminho.rpartition("/")
        visto = self.olhar(caminho)
        if visto is None:
            return
        if stat.S_ISDIR(visto.st_mode):
            for dentro, _ in self.listar(caminho):
                self.apagar(f"{caminho}/{dentro}")
            self._fazer(os.rmdir, nome, dir_fd=self._abrir(pasta, criar=False))
        else:
            self._fazer(os.unlink, nome, dir_fd=self._abrir(pasta, criar=False))


def _novo(onde: int, modo: int) -> int:
    """Opens the provisional file of a folder anew: one that is there was left by a death."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(PROVISORIO, dir_fd=onde)
    return os.open(PROVISORIO, GRAVAR, modo, dir_fd=onde)


def _sincronizar(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as erro:
        if erro.errno != errno.EINVAL:  # the answer of network filesystems
            raise


def _nao_ha(erro: Exception) -> bool:
    """Says whether the failure is that nothing of the name is there."""
    return getattr(erro, "errno", None) in (errno.ENOENT, errno.ENOTDIR)
