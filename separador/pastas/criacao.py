"""Creates folders for `separador init`, also as root, without being led astray by whoever may write on the way.

As root two rules hold. What root itself does happens only where nobody but root may write: there no name can be swapped
between two calls. Everything else is done under the account of the service, so that a link put there by somebody else
leads to nothing that the service could not reach anyhow. Folders are walked by descriptor, one component at a time;
owner and mode are given to the descriptor of what was just made, never to a thing that was there already.
"""

import os
import stat
from collections.abc import Iterator
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
    """Makes `.separador` in the folder, or finds that it is ours, a real folder. Nobody else may write it then.

    It gets the group of the folder, when the service is in it, with the setgid bit, so that what is staged there is
    published with that group; one of a former version is brought to that, with what is ours in it. Raises `Recusado`,
    `FalhaDePasta`, OSError.
    """
    with agindo_como(conta):
        fd, _ = _andar(pasta, conta, None)
        try:
            with suppress(FileExistsError):
                os.mkdir(PROPRIA, MODO_DA_PROPRIA & 0o777, dir_fd=fd)
            propria = _abrir_propria(fd, pasta, conta)
            try:
                _fechar_a_outros(propria, pasta, conta)
                if conta.define_modos and os.fstat(fd).st_gid in {conta.gid, conta.troca, *os.getgroups()}:
                    _trazer_ao_grupo(propria, conta.uid, os.fstat(fd).st_gid)
            finally:
                os.close(propria)
        finally:
            os.close(fd)


def conferir_propria(pasta: Path, conta: Conta) -> int:
    """Finds that `.separador`, where it exists, is ours. Call it before anything in it is read. Raises `Recusado`,
    `FalhaDePasta`, OSError.

    When it is ours and only others may write it (an administrator's `chmod -R g+w` on the folder), that right is taken
    from them: files in hand lie in it, so nobody should have to remove it. Returns how many things had it.
    """
    with agindo_como(conta):
        try:
            fd, _ = _andar(pasta, conta, None)
        except FileNotFoundError:
            return 0
        try:
            propria = _abrir_propria(fd, pasta, conta)
        except FileNotFoundError:
            return 0
        finally:
            os.close(fd)
        try:
            return _fechar_a_outros(propria, pasta, conta)
        finally:
            os.close(propria)


def _abrir_propria(fd: int, pasta: Path, conta: Conta) -> int:
    """Opens `.separador`, which is ours but for its mode."""
    visto, disco = os.lstat(PROPRIA, dir_fd=fd), os.fstat(fd).st_dev
    so_o_modo = visto.st_uid == conta.uid
    motivo = alheia(visto, disco, (conta.uid,), rede=so_o_modo)
    if motivo is not None and not so_o_modo:
        motivo = alheia(visto, disco, (conta.uid,), rede=modos_de_outrem(pasta))
    if motivo is not None:
        tirar = _como_tirar(pasta, conta, visto, disco)
        raise Recusado(f"{pasta / PROPRIA} {motivo}; dono: {nome_do_usuario(visto.st_uid)}. {tirar}")
    propria = os.open(PROPRIA, _PASTA, dir_fd=fd)
    aberta = os.fstat(propria)
    if (aberta.st_dev, aberta.st_ino) != (visto.st_dev, visto.st_ino):
        os.close(propria)
        tirar = _como_tirar(pasta, conta, visto, disco)
        raise Recusado(f"{pasta / PROPRIA} foi trocada por outra enquanto era conferida. {tirar}")
    return propria


def _como_tirar(pasta: Path, conta: Conta, visto: os.stat_result, disco: int) -> str:
    """Returns what to do about a `.separador` that is not ours (Portuguese). Never to remove it: if it is ours after
    all, files in hand lie in it."""
    caminho = f"'{pasta / PROPRIA}'"
    partes = ["O que está ali não foi lido nem mudado. Não o apague: pode ter arquivos em mãos."]
    if visto.st_dev != disco:
        return f"{partes[0]} Veja quem o montou, desmonte-o (sudo umount {caminho}) e repita"
    if stat.S_ISDIR(visto.st_mode) and visto.st_uid != conta.uid and os.getuid() != 0:
        partes.append("Se é do serviço, dê o comando com a conta dele.")
    elif stat.S_ISDIR(visto.st_mode) and visto.st_uid != conta.uid:
        dono = nome_do_usuario(conta.uid)
        partes.append(f"Se é a desta instalação e só o dono mudou, devolva-o (sudo chown -R {dono} {caminho}).")
    partes.append(f"Se outro o pôs, tire-o do caminho (sudo mv {caminho} '{pasta / PROPRIA}-tirada') e veja o que é.")
    return f"{' '.join(partes)} Depois repita"


def _fechar_a_outros(propria: int, pasta: Path, conta: Conta) -> int:
    """Takes from others the right to write `.separador` and what is ours in it. Returns how many things had it."""
    return 0 if modos_de_outrem(pasta) else _tirar_escrita(propria, conta.uid)


def _tirar_escrita(fd: int, uid: int) -> int:
    modo = os.fstat(fd).st_mode
    tirados = 0
    if modo & DE_OUTROS:
        os.fchmod(fd, stat.S_IMODE(modo) & ~DE_OUTROS)
        tirados = 1
    if stat.S_ISDIR(modo):
        tirados += sum(_tirar_escrita(dentro, uid) for dentro in _nossos_em(fd, uid))
    return tirados


def _trazer_ao_grupo(fd: int, uid: int, grupo: int) -> None:
    """Gives the folder and what is ours in it to the group, by descriptor."""
    visto = os.fstat(fd)
    if (visto.st_gid, visto.st_mode & 0o7777) != (grupo, MODO_DA_PROPRIA):
        os.fchown(fd, -1, grupo)
        os.fchmod(fd, MODO_DA_PROPRIA)
    for dentro in _nossos_em(fd, uid):
        visto = os.fstat(dentro)
        if stat.S_ISDIR(visto.st_mode):
            _trazer_ao_grupo(dentro, uid, grupo)
        elif visto.st_gid != grupo:
            os.fchown(dentro, -1, grupo)


def _nossos_em(fd: int, uid: int) -> Iterator[int]:
    """Opens, one after the other, the folders in it, and the files with one name, that are ours. Other things there are
    left alone."""
    disco = os.fstat(fd).st_dev
    with os.scandir(fd) as entradas:
        nomes = [e.name for e in entradas]
    for nome in nomes:
        try:
            dentro = os.open(nome, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd)
        except OSError:  # a link, a socket, a file that another put there: not ours to change
            continue
        try:
            visto = os.fstat(dentro)
            so_um = stat.S_ISDIR(visto.st_mode) or (stat.S_ISREG(visto.st_mode) and visto.st_nlink == 1)
            if visto.st_uid == uid and visto.st_dev == disco and so_um:
                yield dentro
        finally:
            os.close(dentro)
