"""Creates folders for `separador init`, also as root, without being led astray by whoever may write on the way.

As root two rules hold. What root itself does happens only where nobody but root may write: there no name can be swapped
between two calls. Everything else is done under the account of the service, so that a link put there by somebody else
leads to nothing that the service could not reach anyhow. Folders are walked by descriptor, one component at a time;
owner and mode are given to the descriptor of what was just made, never to a thing that was there already.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from separador.pastas.contas import Conta, agindo_como, nome_do_usuario
from separador.pastas.disco import PROPRIA
from separador.pastas.lugar.caminhada import PASSAGEM, Fazer, Impedido, andar
from separador.pastas.lugar.juizo import DE_OUTROS, alheia
from separador.pastas.sistema import modos_de_outrem

MODO_DOS_DADOS = 0o750
MODO_DA_PROPRIA = 0o2750
MODO_DO_CAMINHO = 0o2750
"""Mode of a folder made on the way to an exchange folder: the group passes, and the next one inherits the group."""

_PASTA = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


class Recusado(Exception):  # noqa: N818 - the field's word for it
    """Something on the way is not what it should be. Nothing of it was changed. The text is for the operator."""


def criar_nossas(pasta: Path) -> None:
    """Makes a folder of the data folder, and what is missing above it, all 0750: `mkdir` gives that mode only to the
    last one. Raises OSError."""
    for caminho in reversed([p for p in (pasta, *pasta.parents) if not p.exists()]):
        caminho.mkdir(mode=MODO_DOS_DADOS, exist_ok=True)


def dar_ao_dono(fd: int, dados: Path) -> None:
    """Gives a file that a command of root's just made (O_EXCL) to the owner of the data folder. Raises OSError."""
    if os.geteuid() == 0:
        dono = os.stat(dados)
        os.fchown(fd, dono.st_uid, dono.st_gid)


def entregar(arquivo: Path, dados: Path) -> None:
    """Does the same for a file by its name: only a regular file of root's with one name, never what a link leads to.
    Raises OSError."""
    try:
        fd = os.open(arquivo, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        visto = os.fstat(fd)
        if stat.S_ISREG(visto.st_mode) and visto.st_nlink == 1 and visto.st_uid == 0:
            dar_ao_dono(fd, dados)
    finally:
        os.close(fd)


def criar(pasta: Path, modo: int, conta: Conta, *, grupo: int, modo_do_caminho: int) -> bool:
    """Creates the folder and what is missing on the way to it. Says whether it was missing.

    An existing folder stays as it is. Raises `Recusado`, OSError.
    """

    def fazer(pai: int, nome: str, *, ultimo: bool) -> int:
        return _fazer(pai, nome, modo if ultimo else modo_do_caminho, conta, grupo)

    fd, nova = _andar(pasta, conta, fazer)
    os.close(fd)
    return nova


def _andar(pasta: Path, conta: Conta, fazer: Fazer | None) -> tuple[int, bool]:
    """Opens the folder, component by component. Returns its descriptor and whether it was made."""
    try:
        return andar(pasta, conta.uid, fazer)
    except Impedido as impedido:
        raise Recusado(str(impedido)) from impedido


def _fazer(pai: int, nome: str, modo: int, conta: Conta, grupo: int) -> int:
    """Makes one folder and returns its descriptor."""
    if not conta.define_modos:
        with suppress(FileExistsError):
            os.mkdir(nome, modo & 0o777, dir_fd=pai)
        return os.open(nome, PASSAGEM, dir_fd=pai)
    de_quem = os.fstat(pai)
    if de_quem.st_uid == 0 and not de_quem.st_mode & DE_OUTROS:
        return _fazer_e_entregar(pai, nome, modo, conta.uid, grupo)
    with agindo_como(conta):  # somebody else may write here: only with the rights of the service
        return _fazer_e_entregar(pai, nome, modo, -1, grupo)


def _fazer_e_entregar(pai: int, nome: str, modo: int, uid: int, grupo: int) -> int:
    os.mkdir(nome, 0o700, dir_fd=pai)  # an entry that appeared meanwhile is not ours: FileExistsError
    fd = os.open(nome, _PASTA, dir_fd=pai)
    try:
        _exigir_recem_feita(fd, nome)
        os.fchown(fd, uid, grupo)
        os.fchmod(fd, modo)
        os.fsync(fd)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _exigir_recem_feita(fd: int, nome: str) -> None:
    if os.fstat(fd).st_uid != os.geteuid() or os.listdir(fd):
        raise Recusado(f"a pasta {nome}, que acabei de criar, foi trocada por outra; nada mais foi feito nela")


def preparar_propria(pasta: Path, conta: Conta) -> None:
    """Makes `.separador` in the folder, or finds that it is ours, a real folder that nobody else may write.

    It gets the group of the folder, when the service is in it, with the setgid bit, so that what is staged there is
    published with that group; one of a former version is brought to that, with what is ours in it. Raises `Recusado`,
    OSError.
    """
    with agindo_como(conta):
        fd, _ = _andar(pasta, conta, None)
        try:
            with suppress(FileExistsError):
                os.mkdir(PROPRIA, MODO_DA_PROPRIA & 0o777, dir_fd=fd)
            propria = _abrir_propria(fd, pasta, conta)
            try:
                if conta.define_modos and os.fstat(fd).st_gid in {conta.gid, conta.troca, *os.getgroups()}:
                    _trazer_ao_grupo(propria, conta.uid, os.fstat(fd).st_gid)
            finally:
                os.close(propria)
        finally:
            os.close(fd)


def conferir_propria(pasta: Path, conta: Conta) -> None:
    """Finds that `.separador`, where it exists, is ours. Call it before anything in it is read. Raises `Recusado`,
    OSError."""
    with agindo_como(conta):
        try:
            fd, _ = _andar(pasta, conta, None)
        except FileNotFoundError:
            return
        try:
            with suppress(FileNotFoundError):
                os.close(_abrir_propria(fd, pasta, conta))
        finally:
            os.close(fd)


def _abrir_propria(fd: int, pasta: Path, conta: Conta) -> int:
    caminho = pasta / PROPRIA
    tirar = f"O que está ali não foi lido nem mudado. Veja quem o pôs, tire-o (sudo rm -r {caminho}) e repita"
    visto = os.lstat(PROPRIA, dir_fd=fd)
    motivo = alheia(visto, os.fstat(fd).st_dev, (conta.uid,), rede=False)
    if motivo is not None:
        motivo = alheia(visto, os.fstat(fd).st_dev, (conta.uid,), rede=modos_de_outrem(pasta))
    if motivo is not None:
        raise Recusado(f"{caminho} {motivo}; dono: {nome_do_usuario(visto.st_uid)}. {tirar}")
    propria = os.open(PROPRIA, _PASTA, dir_fd=fd)
    aberta = os.fstat(propria)
    if (aberta.st_dev, aberta.st_ino) != (visto.st_dev, visto.st_ino):
        os.close(propria)
        raise Recusado(f"{caminho} foi trocada por outra enquanto era conferida. {tirar}")
    return propria


def _trazer_ao_grupo(fd: int, uid: int, grupo: int) -> None:
    """Gives the folder and what is ours in it to the group, by descriptor. Other things in it are left alone."""
    visto = os.fstat(fd)
    if (visto.st_gid, visto.st_mode & 0o7777) != (grupo, MODO_DA_PROPRIA):
        os.fchown(fd, -1, grupo)
        os.fchmod(fd, MODO_DA_PROPRIA)
    with os.scandir(fd) as entradas:
        nomes = [e.name for e in entradas]
    for nome in nomes:
        try:
            dentro = os.open(nome, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd)
        except OSError:  # a link, a socket, a file that another put there: not ours to change
            continue
        try:
            visto = os.fstat(dentro)
            if visto.st_uid != uid:
                continue
            if stat.S_ISDIR(visto.st_mode):
                _trazer_ao_grupo(dentro, uid, grupo)
            elif stat.S_ISREG(visto.st_mode) and visto.st_nlink == 1 and visto.st_gid != grupo:
                os.fchown(dentro, -1, grupo)
        finally:
            os.close(dentro)
