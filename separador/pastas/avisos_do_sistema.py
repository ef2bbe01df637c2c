"""Wakes the loop, by inotify, when something happens in an origin. It is a hint: every folder is polled too, because
network mounts give no events, events get lost, and a watch can die.

It uses one thread and one descriptor for all folders, through watchdog's inotify reader. watchdog's Observer is not
used: to hear of files moved in it must also hear of files moved out. It holds those (and everything behind them) back
for half a second, and each of our own claims would cause that.
"""

import errno
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from separador.nucleo.texto.razao import do_sistema, razao

if TYPE_CHECKING:
    from watchdog.observers.inotify_c import InotifyEvent, InotifyFD, Mask, WatchDescriptor

NOMES_LEMBRADOS = 4096
"""Names kept per folder between two collections. When there are more, the whole folder is listed."""

_DO_INOTIFY = {
    errno.ENOSPC: "acabaram as escutas do inotify: aumente fs.inotify.max_user_watches",
    errno.EMFILE: "acabaram as instâncias do inotify: aumente fs.inotify.max_user_instances",
}
"""inotify reports its own limits by numbers that elsewhere mean a full disk and too many open files."""


def _razao(erro: OSError) -> str:
    return _DO_INOTIFY.get(erro.errno or 0) or razao(erro)


@dataclass(frozen=True, slots=True)
class Toque:
    """The events of one folder. `tudo` asks for a listing: names were lost, or the folder itself changed."""

    nomes: frozenset[bytes]
    tudo: bool


@dataclass(frozen=True, slots=True)
class Surda:
    """A folder that is only polled, and why (Portuguese)."""

    pasta: Path
    motivo: str


@dataclass(slots=True)
class _Escuta:
    """The events that the reader's thread hears of one folder."""

    pasta: Path
    tocou: threading.Event
    trava: threading.Lock
    identidade: tuple[int, int] = (0, 0)
    wd: "WatchDescriptor | None" = None
    nomes: set[bytes] = field(default_factory=set)
    tudo: bool = False
    mortos: set[int] = field(default_factory=set)

    def on_event(self, event: "InotifyEvent") -> None:
        """Notes an event; called by the reader. An event without a name is about the folder itself: moved, removed,
        unmounted."""
        with self.trava:
            if not event.name or event.is_delete_self or event.is_move_self:
                self.tudo, self.identidade = True, (0, 0)
            elif len(self.nomes) < NOMES_LEMBRADOS:
                self.nomes.add(event.name)
            else:
                self.tudo = True
        self.tocou.set()

    def on_watch_deleted(self, wd: "WatchDescriptor") -> None:
        """Notes that the kernel dropped the watch: the folder is gone."""
        with self.trava:
            self.mortos.add(wd)
            self.wd, self.tudo = None, True
        self.tocou.set()

    def on_queue_overflow(self) -> None:
        """Notes that events were lost. That is harmless: the folder is listed."""
        with self.trava:
            self.tudo = True
        self.tocou.set()

    def recolher(self) -> Toque | None:
        with self.trava:
            if not self.nomes and not self.tudo:
                return None
            toque = Toque(frozenset(self.nomes), self.tudo)
            self.nomes, self.tudo = set(), False
        return toque


class AvisosDoSistema:
    """Watches the origins and sets `tocou`. `desligada`: gives no notice, for measuring and for polling on purpose."""

    def __init__(self, pastas: Iterable[Path], tocou: threading.Event, *, desligada: bool = False) -> None:
        self._trava = threading.Lock()
        self._escutas = {pasta: _Escuta(pasta, tocou, self._trava) for pasta in pastas}
        self._desligada = desligada
        self._leitor: InotifyFD | None = None

    def __enter__(self) -> "AvisosDoSistema":
        self.armar()
        return self

    def __exit__(self, *_: object) -> None:
        self.fechar()

    def armar(self) -> list[Surda]:
        """Watches every folder that is not watched now. Called at each reading, so that a watch or a reader that died
        comes back.

        Returns the folders that cannot be watched, with the reason. They are polled like all the others.
        """
        if self._desligada:
            return [Surda(pasta, "avisos desligados na configuração") for pasta in self._escutas]
        try:
            leitor = self._leitor_vivo()
        except OSError as erro:
            return [Surda(pasta, _razao(erro)) for pasta in self._escutas]
        return [surda for escuta in self._escutas.values() if (surda := self._armar(leitor, escuta)) is not None]

    def recolher(self) -> dict[Path, Toque]:
        """Returns the events since the last call. Clear `tocou` before calling, so that a later notice is not lost."""
        toques = {pasta: escuta.recolher() for pasta, escuta in self._escutas.items()}
        return {pasta: toque for pasta, toque in toques.items() if toque is not None}

    def fechar(self) -> None:
        """Stops listening and gives back thread and descriptors. May be called twice."""
        leitor, self._leitor = self._leitor, None
        if leitor is not None:
            leitor.stop()
            leitor.join()

    def _leitor_vivo(self) -> "InotifyFD":
        if self._leitor is not None and self._leitor.is_alive():
            return self._leitor
        from watchdog.observers.inotify_c import InotifyFD  # noqa: PLC0415 - 28 ms that commands need not pay

        self.fechar()
        for escuta in self._escutas.values():
            escuta.wd = None
            escuta.mortos.clear()  # they are numbers of the reader that is gone
        leitor = InotifyFD()
        leitor.name = "avisos-do-sistema"
        leitor.start()
        self._leitor = leitor
        return leitor

    def _armar(self, leitor: "InotifyFD", escuta: _Escuta) -> Surda | None:
        from watchdog.observers.inotify_c import CallbackId  # noqa: PLC0415 - as above

        try:
            dono = os.stat(escuta.pasta)
            identidade = (dono.st_dev, dono.st_ino)
            if escuta.wd is not None and escuta.identidade == identidade:
                return None
            self._desarmar(leitor, escuta)
            wd = leitor.add_callback(os.fsencode(escuta.pasta), _mascara(), escuta, CallbackId(id(escuta)))
        except OSError as erro:
            self._desarmar(leitor, escuta)
            return Surda(escuta.pasta, _razao(erro))
        if wd < 0:  # watchdog keeps silent about EACCES
            leitor.remove_callbacks([(wd, CallbackId(id(escuta)))])
            return Surda(escuta.pasta, do_sistema(errno.EACCES))
        with self._trava:
            # No event was given for files that came before the watch: list the folder.
            escuta.wd, escuta.identidade, escuta.tudo = (None if wd in escuta.mortos else wd), identidade, True
            escuta.mortos.clear()
        escuta.tocou.set()
        return None

    def _desarmar(self, leitor: "InotifyFD", escuta: _Escuta) -> None:
        """Drops the watch of the folder that used to have this path: it was moved away, or another was mounted over
        it."""
        from watchdog.observers.inotify_c import CallbackId  # noqa: PLC0415 - as above

        wd, escuta.wd = escuta.wd, None
        if wd is not None:
            leitor.remove_callbacks([(wd, CallbackId(id(escuta)))])


def _mascara() -> "Mask":
    """Returns the events that can make a file ready: a close, a link or a file moved in, new rights; and the end of the
    folder itself.

    Writes are left out: none of them completes a file, and a long copy would give thousands of notices.
    """
    from watchdog.observers.inotify_c import InotifyConstants, Mask  # noqa: PLC0415 - as above

    return Mask(
        InotifyConstants.IN_CREATE
        | InotifyConstants.IN_CLOSE_WRITE
        | InotifyConstants.IN_MOVED_TO
        | InotifyConstants.IN_ATTRIB
        | InotifyConstants.IN_DELETE_SELF
        | InotifyConstants.IN_MOVE_SELF
        | InotifyConstants.IN_ONLYDIR
    )
