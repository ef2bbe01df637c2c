"""Writes provisional files: whole or nothing, every error checked, made durable by groups."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from separador.pastas.disco import iniciar_gravacao
from separador.pastas.erros import LeituraRasgada, ProvisorioExiste, classificar, traduzindo
from separador.pastas.lugar import descritores
from separador.pastas.posse.cantos import provisorio_em

if TYPE_CHECKING:
    from concurrent.futures import Executor

MODO = 0o640
"""Rights of published files, before the umask."""
FATIAS = 8
"""Number of parts in which a group is flushed when there are threads for it."""
_BLOCO = 1024 * 1024
PORCAO_BYTES = 8 * _BLOCO
"""A long copy waits for the disk each time so much is written. So what it reports is done, and the end comes soon."""
_PEDACO = 64 * 1024
_ZEROS = bytes(_PEDACO)
GRAVAR = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_LER = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


def preparar(pasta: Path, dados: bytes, provisorio: bytes, *, modo: int = MODO) -> None:
    """Writes the staged file `provisorio`, not yet durable: `descarregar` follows, for a whole group.

    Leaves nothing behind on any error. Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        caminho = provisorio_em(pasta, provisorio)
    with _novo(pasta, caminho, modo) as fd:
        escrever(fd, dados)


def preparar_aberto(pasta: Path, dados: bytes, provisorio: bytes) -> int:
    """Does as `preparar`, begins the write-out and leaves the descriptor open: `firmar_abertos` flushes and closes it.

    That saves one look-up of the name per file. Use it only for groups whose size is bounded. Returns -1, with the file
    closed, when descriptors run short: `descarregar` flushes it by its name.
    """
    with traduzindo(pasta):
        caminho = provisorio_em(pasta, provisorio)
    novo = _novo(pasta, caminho, MODO)
    fd = novo.__enter__()
    try:
        escrever(fd, dados)
        iniciar_gravacao(fd)
    except BaseException as erro:
        novo.__exit__(type(erro), erro, None)
        raise
    if not descritores.escasso(fd):
        return fd
    novo.__exit__(None, None, None)
    return -1


def _calado() -> None:
    """Tells nobody."""


def preparar_copia(
    pasta: Path, entrada: int, antes: os.stat_result, provisorio: bytes, andou: Callable[[], None] = _calado
) -> bytes:
    """Copies the open file `entrada`, which had these facts, to a provisional one. Returns the SHA-256 of what was
    written.

    Raises `LeituraRasgada` when the source changed meanwhile, `FalhaDePasta` for the folder, OSError when the source
    itself cannot be read. Leaves nothing behind on any error. `andou` is called as bytes reach the disk.
    """
    with traduzindo(pasta):
        caminho = provisorio_em(pasta, provisorio)
    return _copiar(pasta, entrada, antes, caminho, andou)


def copiar(pasta: Path, origem: bytes, caminho: bytes) -> bytes:
    """Does as `preparar_copia`, from a path to any new path of the folder."""
    entrada = os.open(origem, _LER)
    try:
        return _copiar(pasta, entrada, os.fstat(entrada), caminho, _calado)
    finally:
        os.close(entrada)


def _copiar(pasta: Path, entrada: int, antes: os.stat_result, caminho: bytes, andou: Callable[[], None]) -> bytes:
    """Copies. The copy keeps the modification time, and the holes."""
    resumo = hashlib.sha256()
    solto = 0
    with _novo(pasta, caminho, MODO) as fd:
        gravar = _escrever_ou_pular if antes.st_blocks * 512 < antes.st_size else escrever
        while bloco := os.read(entrada, _BLOCO):
            resumo.update(bloco)
            gravar(fd, bloco)
            solto += len(bloco)
            if solto >= PORCAO_BYTES:
                os.fdatasync(fd)
                solto = 0
            andou()
        if _marca(os.fstat(entrada)) != _marca(antes):
            raise LeituraRasgada(pasta, detalhe=os.path.basename(os.readlink(f"/proc/self/fd/{entrada}")))
        _como_era(fd, antes)
    return resumo.digest()


def _marca(dono: os.stat_result) -> tuple[int, int, int]:
    return dono.st_size, dono.st_mtime_ns, dono.st_ctime_ns


class _novo:  # noqa: N801 - a context manager reads as a verb
    """Opens a new file, closes it with its errors checked, and removes it if anything goes wrong."""

    def __init__(self, pasta: Path, caminho: bytes, modo: int) -> None:
        self.pasta, self.caminho, self.modo, self.fd = pasta, caminho, modo, -1

    def __enter__(self) -> int:
        try:
            self.fd = os.open(self.caminho, GRAVAR, self.modo)
        except FileExistsError as erro:
            raise ProvisorioExiste(self.pasta, erro, os.fsdecode(os.path.basename(self.caminho))) from erro
        except OSError as erro:
            raise classificar(erro, self.pasta) from erro
        return self.fd

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, _: object) -> None:
        try:
            os.close(self.fd)
        except OSError as ao_fechar:
            erro = erro or ao_fechar
        if erro is None:
            return
        apagar(self.caminho)
        if isinstance(erro, OSError):
            raise classificar(erro, self.pasta) from erro


def apagar(caminho: bytes) -> None:
    """Removes a file that we wrote. One that resists is a provisional one: recovery discards it, so it may stay."""
    try:
        os.unlink(caminho)
    except OSError:
        return


def escrever(fd: int, dados: bytes) -> None:
    """Writes all of it: the system may take a part, and say only at the next call why (disk full, quota)."""
    resto = memoryview(dados)
    while resto:
        resto = resto[os.write(fd, resto) :]


def _escrever_ou_pular(fd: int, dados: bytes) -> None:
    """Writes a block of a file that has holes: pieces of zeros become holes again."""
    vista = memoryview(dados)
    for inicio in range(0, len(vista), _PEDACO):
        pedaco = vista[inicio : inicio + _PEDACO]
        if pedaco == _ZEROS[: len(pedaco)]:
            os.lseek(fd, len(pedaco), os.SEEK_CUR)
        else:
            resto = pedaco
            while resto:
                resto = resto[os.write(fd, resto) :]


def _como_era(fd: int, antes: os.stat_result) -> None:
    """Gives the copy the size that a hole at its end leaves out, and the source's times, where the filesystem can."""
    if os.fstat(fd).st_size < antes.st_size:
        os.ftruncate(fd, antes.st_size)
    with contextlib.suppress(OSError):
        os.utime(fd, ns=(antes.st_atime_ns, antes.st_mtime_ns))


def descarregar(pasta: Path, caminhos: Sequence[bytes], *, fios: "Executor | None" = None) -> None:
    """Makes the content of a group durable: starts the write-out of all, then waits for each, and checks each close.

    With `fios` (a small thread pool) several threads share the waiting: the device joins the flushes, which nearly
    halves the time of a group. When descriptors run short, those that are open are flushed first. The names are not
    durable yet: `sincronizar_pasta` of their folder follows. Raises `FalhaDePasta`.
    """
    abertos: list[int] = []
    with traduzindo(pasta):
        try:
            for caminho in caminhos:
                abertos.append(os.open(caminho, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW))
                iniciar_gravacao(abertos[-1])
                if descritores.escasso(abertos[-1]):
                    cheios, abertos = abertos, []
                    _firmar_todos(cheios, fios)
        except OSError:
            for fd in abertos:
                os.close(fd)
            raise
        _firmar_todos(abertos, fios)


def firmar_abertos(pasta: Path, abertos: list[int], *, fios: "Executor | None" = None) -> None:
    """Does as `descarregar`, for files that `preparar_aberto` left open. They are closed, whatever happens."""
    with traduzindo(pasta):
        _firmar_todos(abertos, fios)


def _firmar_todos(abertos: list[int], fios: "Executor | None") -> None:
    if fios is None or len(abertos) < FATIAS:
        _firmar(abertos)
        return
    em_curso = [fios.submit(_firmar, abertos[n::FATIAS]) for n in range(FATIAS)]
    from concurrent.futures import wait  # noqa: PLC0415 -- logging, and only the service has threads to wait for

    wait(em_curso)
    for parte in em_curso:
        parte.result()


def _firmar(abertos: list[int]) -> None:
    """Flushes and closes each. On an error it closes the rest all the same."""
    try:
        while abertos:
            os.fsync(abertos[-1])
            os.close(abertos.pop())
    except OSError:
        for fd in abertos:
            _fechar_calado(fd)
        raise


def _fechar_calado(fd: int) -> None:
    """Gives the descriptor back on the way out of a failure that is being reported already."""
    with contextlib.suppress(OSError):
        os.close(fd)
