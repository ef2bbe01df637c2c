"""Finds out on which mounted device a path lies, without touching the path.

A look at a path on a share that hangs hangs too. The table of mounts is the kernel's own, and reading it never waits
for a share. Links are read only on disks of this machine, because a link there may lead to a share.
"""

import os
import re
import select
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ARQUIVO = "/proc/self/mountinfo"
_LIGACOES = 40
"""Number of links followed on the way to a folder, as in the kernel."""
_LOCAIS = frozenset("ext2 ext3 ext4 xfs btrfs f2fs zfs jfs reiserfs overlay tmpfs ramfs rootfs".split())
"""Kinds of filesystem whose links are read. Any other may be a share."""
_ESCAPE = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Montagem:
    """One line of the table of mounts. `dispositivo` is `major:minor`: two mounts of one share have the same."""

    numero: int
    mae: int
    dispositivo: str
    ponto: bytes
    tipo: str = ""


def ler_tabela(texto: bytes) -> tuple[Montagem, ...]:
    """Returns the mounts of a text in the form of /proc/self/mountinfo, in its order. Lines of another form are left
    out."""
    montagens = []
    for linha in texto.splitlines():
        frente, _, fim = linha.partition(b" - ")
        campos = frente.split(b" ")
        if len(campos) > 4 and campos[0].isdigit() and campos[1].isdigit():
            ponto = _ESCAPE.sub(lambda m: bytes([int(m[1], 8)]), campos[4])
            dispositivo, tipo = (t.decode("ascii", "replace") for t in (campos[2], fim.partition(b" ")[0]))
            montagens.append(Montagem(int(campos[0]), int(campos[1]), dispositivo, ponto, tipo))
    return tuple(montagens)


def montagem_de(caminho: bytes, tabela: Sequence[Montagem]) -> Montagem | None:
    """Returns the mount that a path without links lies on: the longest prefix, and of mounts on one point the topmost.

    A mount that another one hides is not chosen. None where the table has no root, as in a changed root.
    """
    achada: Montagem | None = None
    prefixos = [b"/"]
    for parte in caminho.split(b"/")[1:]:
        if parte:
            prefixos.append(prefixos[-1].rstrip(b"/") + b"/" + parte)
    for prefixo in prefixos:
        neste = [m for m in tabela if m.ponto == prefixo]
        while neste:
            filha = next((m for m in reversed(neste) if achada is None or m.mae == achada.numero), None)
            if filha is None:
                break
            achada = filha
            neste.remove(filha)
    return achada


class Montagens:
    """The table of mounts, read again when the kernel says that it changed. Any thread may ask."""

    def __init__(self, arquivo: str = ARQUIVO) -> None:
        self._arquivo = arquivo
        self._fd = -1
        self._poll = select.poll()
        self._trava = threading.Lock()
        self._tabela: tuple[Montagem, ...] = ()
        self.versao = 0

    def tabela(self) -> tuple[Montagem, ...]:
        """Returns the mounts of now; the last ones known where they cannot be read, empty before. `versao` counts the
        readings."""
        with self._trava:
            try:
                if self._fd < 0:
                    self._fd = os.open(self._arquivo, os.O_RDONLY | os.O_CLOEXEC)
                    self._poll.register(self._fd, select.POLLERR | select.POLLPRI)
                elif not self._poll.poll(0):
                    return self._tabela
                self._tabela = ler_tabela(_tudo(self._fd))
                self.versao += 1
            except OSError:
                return self._tabela
            return self._tabela

    def dispositivo(self, caminho: Path) -> str | None:
        """Returns the device that a path leads to, links included; None when it is unknown."""
        tabela = self.tabela()
        falta = [p for p in reversed(os.fsencode(os.path.abspath(caminho)).split(b"/")) if p]
        feito, ligacoes = b"", 0
        onde = montagem_de(b"/", tabela)
        while falta:
            parte = falta.pop()
            if parte == b"..":
                feito = feito.rpartition(b"/")[0]
                continue
            feito += b"/" + parte
            onde = montagem_de(feito, tabela)
            alvo = _ligacao(feito) if onde is None or onde.tipo in _LOCAIS else None
            if alvo is not None and ligacoes < _LIGACOES:
                ligacoes += 1
                feito = b"" if alvo.startswith(b"/") else feito.rpartition(b"/")[0]
                falta += [p for p in reversed(alvo.split(b"/")) if p not in (b"", b".")]
        return onde.dispositivo if onde is not None else None


def _ligacao(caminho: bytes) -> bytes | None:
    """Returns where a link leads; None when this is no link, or is not there."""
    try:
        return os.readlink(caminho)
    except OSError:
        return None


def _tudo(fd: int) -> bytes:
    """Returns the whole table. It is read from its beginning; the kernel gives it in pieces."""
    os.lseek(fd, 0, os.SEEK_SET)
    partes = []
    while parte := os.read(fd, 65536):
        partes.append(parte)
    return b"".join(partes)
