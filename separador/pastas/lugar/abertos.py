"""Keeps watched folders, and what of ours is below them, open: every call there goes by a checked descriptor.

A folder is opened component by component (`caminhada`). What lies in `.separador` must be ours alone (`juizo`), and
stay the folder that it was. A descriptor is handed on as the path `/proc/self/fd/N`, so that whatever takes a path
works below it. Such a path is good as long as its `Lugar` lives: whoever works with one holds the other.

The loop, and a worker, keep what they opened while they have work (`manter`), and close it when they wait (`soltar`):
an open folder keeps its disk from being unmounted. What is kept is checked anew at each reading (`reabrir`), and after
`VALE_S`. A worker knows folders for one group (`esquecer`), since only the loop sees them come and go. Anybody else
opens a folder for one call. Opening may wait for a share, so it is done in the lane of the folder (`faixas`).
"""

import errno
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from separador.nucleo.nome_de_arquivo import PASTA_PROPRIA
from separador.pastas.contas import nome_do_usuario
from separador.pastas.erros import CaminhoInseguro, CantoAlheio, CantoTrocado, classificar
from separador.pastas.lugar import descritores
from separador.pastas.lugar.caminhada import PASSAGEM, Fazer, Impedido, andar
from separador.pastas.lugar.juizo import Identidade, alheia, o_que_ha, trocada
from separador.pastas.sistema import modos_de_outrem, numeros_mudam

T = TypeVar("T")
VALE_S = 10.0

_PROPRIA = os.fsdecode(PASTA_PROPRIA)
_NA_PROPRIA = f"/{_PROPRIA}/"
_DOS_CANTOS = 2
"""`.separador` and what is directly in it keep their identity. Deeper ones come and go."""


class Lugar:
    """An open folder. It is closed when nobody holds it any more. `raiz`: the watched folder that it lies in."""

    __slots__ = ("_raiz", "ate_s", "base", "fd", "visto")

    def __init__(self, fd: int, raiz: "Lugar | None", ate_s: float) -> None:
        self.fd = fd
        self.base = b"/proc/self/fd/%d/" % fd
        self._raiz = raiz
        self.ate_s = ate_s
        self.visto = os.fstat(fd)

    def __del__(self) -> None:
        os.close(self.fd)

    @property
    def raiz(self) -> "Lugar":
        """Returns the watched folder: this one, or the one that it lies in."""
        return self._raiz or self

    @property
    def caminho(self) -> Path:
        """Returns the path by which calls on the folder are made, while this is held."""
        return Path(f"/proc/self/fd/{self.fd}")

    @property
    def numeros(self) -> tuple[int, int]:
        """Returns device and inode."""
        return self.visto.st_dev, self.visto.st_ino


class Onde(bytes):
    """The path of a name in an open folder. It keeps the folder open."""

    lugar: Lugar


_abertos: dict[str, Lugar] = {}
_identidades: dict[str, Identidade] = {}
_dono: int | None = None
_mantem = False
_tranca = threading.Lock()
"""Held while `_abertos` is changed; each lane opens folders of its own."""


def recomecar(dono: int | None = None) -> None:
    """Begins a command or a service. `dono`: the account of the data folder, whose things are ours besides our own."""
    global _dono  # noqa: PLW0603 -- one set of open folders in each process
    _dono = dono
    esquecer()


def esquecer() -> None:
    """Closes what is open, and forgets which folders they were."""
    _largar(list(_abertos))
    _identidades.clear()


def abrir(pasta: Path, raiz: Path | None = None) -> Lugar:
    """Returns the folder, open and checked. `raiz`: the watched folder in which it lies, when that is another.

    Below a watched folder no link is followed. Raises `CantoAlheio`, `CantoTrocado`, `CaminhoInseguro`, OSError.
    """
    return _aberto(os.fspath(pasta), os.fspath(raiz) if raiz is not None else None)


def criar(pasta: Path) -> None:
    """Makes a watched folder, and what is missing on the way to it. Raises `CaminhoInseguro`, OSError."""
    os.close(_andar(pasta, _fazer))


def reabrir(pasta: Path) -> Lugar:
    """Does as `abrir`, and looks at everything anew: what was open of this watched folder is closed."""
    fechar(pasta)
    return abrir(pasta)


def conferido(pasta: Path) -> Lugar:
    """Returns the watched folder that stands under the name now: another than before when its disk was changed."""
    lugar, visto = abrir(pasta), os.stat(pasta)
    return lugar if (visto.st_dev, visto.st_ino) == lugar.numeros else reabrir(pasta)


def fechar(pasta: Path) -> None:
    """Closes what is open of a folder and below it, as soon as nobody works in it."""
    chave = os.fspath(pasta)
    dentro = f"{chave}/"
    _largar([nome for nome in list(_abertos) if nome == chave or nome.startswith(dentro)])


def manter() -> None:
    """Keeps open what is opened from now on, in this process."""
    global _mantem  # noqa: PLW0603 -- as in `recomecar`
    _mantem = True


def soltar() -> None:
    """Closes what is open, as soon as nobody works in it, and keeps nothing from now on."""
    global _mantem  # noqa: PLW0603 -- as in `recomecar`
    _mantem = False
    _largar(list(_abertos))


def em(pasta: Path, nome: bytes, raiz: Path | None = None) -> Onde:
    """Returns the path of a name in the folder. Raises as `abrir`."""
    return _nome(abrir(pasta, raiz), nome)


def onde(caminho: bytes) -> Onde:
    """Does as `em`, for the path of a file. Raises as `abrir`."""
    pasta, _, nome = caminho.rpartition(b"/")
    return _nome(_aberto(os.fsdecode(pasta), None), nome)


def feita_agora(pasta: Path) -> None:
    """Forgets which folder stood there and below it: the next one is new. A folder that was removed and made again may
    have the device and inode of before."""
    chave = os.fspath(pasta)
    for nome in [n for n in list(_identidades) if n == chave or n.startswith(f"{chave}/")]:
        _identidades.pop(nome, None)


def por_onde(pasta: Path) -> bytes:
    """Returns the path by which a folder itself is opened: its descriptor, when it is open here or lies in
    `.separador`, else its name. Raises as `abrir`."""
    chave = os.fspath(pasta)
    if chave not in _abertos and _NA_PROPRIA not in f"{chave}/":
        return os.fsencode(chave)
    return _nome(_aberto(chave, None), b"")


def existe(pasta: Path) -> bool:
    """Says whether a folder of `.separador` stands there now, whatever is open of it. Raises `FalhaDePasta` when that
    cannot be told: no bare OSError, since who asks has claims in hand that it must not forget."""
    try:
        acima = abrir(pasta.parent)
        os.close(_com_folga(lambda: os.open(pasta.name, PASSAGEM, dir_fd=acima.fd)))
    except OSError as erro:
        if erro.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return False
        raise classificar(erro, pasta) from erro
    return True


def _nome(lugar: Lugar, nome: bytes) -> Onde:
    achado = Onde(lugar.base + nome)
    achado.lugar = lugar
    return achado


def _aberto(chave: str, raiz: str | None) -> Lugar:
    agora_s = time.monotonic()
    lugar = _abertos.get(chave)
    if lugar is None or agora_s >= lugar.ate_s:
        lugar = _com_folga(lambda: _abrir(chave, raiz, agora_s + VALE_S))
        if _mantem:
            _guardar(chave, lugar)
    return lugar


def _com_folga(abrir_um: Callable[[], T]) -> T:
    """Opens something. When there are no descriptors left, what is kept is let go, and it is tried once more."""
    try:
        return abrir_um()
    except OSError as erro:
        if erro.errno not in (errno.EMFILE, errno.ENFILE) or not _abertos:
            raise
    _largar(list(_abertos))
    return abrir_um()


def _guardar(chave: str, lugar: Lugar) -> None:
    """Keeps it open. When there are too many, the one that was opened first goes."""
    sobra: list[Lugar | None] = []
    maximo = descritores.de_pastas()
    with _tranca:
        sobra.append(_abertos.pop(chave, None))
        _abertos[chave] = lugar
        while len(_abertos) > maximo:
            sobra.append(_abertos.pop(next(iter(_abertos))))
    sobra.clear()  # a folder is closed outside the lock: nobody waits for another's device


def _largar(chaves: list[str]) -> None:
    with _tranca:
        soltos = [_abertos.pop(chave, None) for chave in chaves]
    soltos.clear()  # as above


def _abrir(chave: str, raiz: str | None, ate_s: float) -> Lugar:
    if _NA_PROPRIA in f"{chave}/":
        return _de_propria(chave, _aberto(os.path.dirname(chave), None))
    if raiz is not None and chave != raiz:
        return _abaixo(chave, raiz, _aberto(os.path.dirname(chave), raiz))
    return Lugar(_andar(Path(chave)), None, ate_s)


def _andar(pasta: Path, fazer: Fazer | None = None) -> int:
    try:
        return andar(pasta, _nossos()[-1], fazer)[0]
    except Impedido as impedido:
        raise CaminhoInseguro(pasta, detalhe=str(impedido)) from impedido


def _fazer(pai: int, nome: str, *, ultimo: bool) -> int:  # noqa: ARG001 -- as `Fazer` is called
    with suppress(FileExistsError):
        os.mkdir(nome, dir_fd=pai)
    return os.open(nome, PASSAGEM, dir_fd=pai)


def _abaixo(chave: str, raiz: str, acima: Lugar) -> Lugar:
    """Opens a folder in which others may write, one component. It is no link, and on the same disk."""
    lugar = _um(chave, raiz, acima)
    if lugar.visto.st_dev != acima.raiz.visto.st_dev:
        raise CantoAlheio(Path(raiz), detalhe=f"{chave} está em outro disco")
    return lugar


def _um(chave: str, raiz: str, acima: Lugar) -> Lugar:
    nome = os.path.basename(chave)
    try:
        fd = os.open(nome, PASSAGEM, dir_fd=acima.fd)
    except OSError as erro:
        if erro.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        ha = o_que_ha(os.lstat(nome, dir_fd=acima.fd).st_mode)
        raise CantoAlheio(Path(raiz), detalhe=f"{chave} {ha}") from erro
    return Lugar(fd, acima.raiz, acima.ate_s)


def _de_propria(chave: str, acima: Lugar) -> Lugar:
    """Opens `.separador`, or what lies in it, one component. It is ours alone, and the folder that it was."""
    raiz = chave[: f"{chave}/".index(_NA_PROPRIA)]
    fundo = chave.count("/", len(raiz))
    try:
        lugar = _um(chave, raiz, acima)
    except FileNotFoundError:
        feita_agora(Path(chave))
        raise
    disco = acima.raiz.visto.st_dev
    motivo = alheia(lugar.visto, disco, _nossos(), rede=False)
    if motivo is not None:
        motivo = alheia(lugar.visto, disco, _nossos(), rede=modos_de_outrem(acima.raiz.caminho))
    if motivo is not None:
        raise CantoAlheio(Path(raiz), detalhe=f"{chave} {motivo}; dono: {nome_do_usuario(lugar.visto.st_uid)}")
    if fundo <= _DOS_CANTOS:
        agora = Identidade(acima.raiz.numeros, lugar.numeros)
        antes = _identidades.setdefault(chave, agora)
        outra = trocada(antes, agora, numeros_mudam=False)
        if outra and trocada(antes, agora, numeros_mudam=numeros_mudam(acima.raiz.caminho)):
            raise CantoTrocado(Path(raiz), detalhe=chave)
        _identidades[chave] = agora
    return lugar


def _nossos() -> tuple[int, ...]:
    return (os.geteuid(),) if _dono is None else (os.geteuid(), _dono)
