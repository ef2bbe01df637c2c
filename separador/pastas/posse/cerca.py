"""Takes a folder over from another installation (`separador init --rota N --assumir`), fenced against its late acts.

The former owner may be frozen in the middle of anything and go on later. Its next act must either have been done before
the takeover, or fail. So, after the sentinel names the new owner, every file of the former corner is renamed, one by
one, into a folder of the new owner, and the emptied folders are removed, innermost first. Each file is decided by the
file server between two renames: the former owner's, or ours. A removed folder gives and takes no names, also through a
descriptor that somebody still holds. Renaming the whole corner would not do: a descriptor of it stays good.
"""

import errno
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from separador.pastas.disco import MARCA, PROPRIA
from separador.pastas.erros import FalhaDePasta, PastaSumiu, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import TRABALHO, TROCA, Marca, e_epoca, escrever, ler_em
from separador.pastas.posse.plano import PREFIXO

TOMADA = "tomada-"
DONO, PRONTA = "dono", "pronta"
"""Files of `tomada-<epoch>`: who takes over; the takeover of all folders of the route is complete."""
VOLTAS = 1000
"""Times that a corner is emptied again before its owner counts as one that is at work."""
_CANTO = re.compile(r"[0-9a-f]{1,32}-[0-9]+")


class EmDisputa(FalhaDePasta):
    """Another installation takes the folder over at the same time, or its owner goes on working in it."""

    codigo = "pasta-em-disputa"
    resumo = "Outra instalação está mexendo na pasta"


@dataclass(frozen=True, slots=True)
class Assumida:
    """A folder that is ours now. `levados`: number of files of former owners that the fence took."""

    pasta: Path
    marca: Marca
    levados: int


def assumir(pasta: Path, quem: Quem, agora: datetime) -> Assumida:
    """Takes one folder over. Done again after a crash it goes on where it was. Raises `FalhaDePasta`.

    Everything below the folder is reached by descriptors, and no link there is followed: `.separador` may have been put
    there by anybody who may write the folder.
    """
    with traduzindo(pasta), _propria(pasta) as propria:
        marca = ler_em(Path(f"/proc/self/fd/{propria}/{MARCA}"))
        if marca is None:
            raise PastaSumiu(pasta, detalhe="não há marca na pasta")
        epoca = _comecada(propria, marca, quem)
        if epoca is None:
            epoca = max([marca.epoca, *_epocas(propria)]) + 1
            _ganhar(pasta, propria, epoca, quem)
        nova = replace(marca, instalacao=quem.instalacao, epoca=epoca, maquina=quem.maquina, desde=agora.isoformat())
        if marca.canto != nova.canto:
            _por_marca(pasta, propria, nova)
        else:
            nova = marca
        levados = _cercar(pasta, propria, nova)
    return Assumida(pasta, nova, levados)


@contextmanager
def _propria(pasta: Path) -> Iterator[int]:
    """Opens `.separador`, checked, to be read."""
    aqui = abertos.abrir(pasta / PROPRIA)
    with _aberta(".", aqui.fd) as fd:
        yield fd


@contextmanager
def _aberta(nome: str, em: int) -> Iterator[int]:
    """Opens a folder in another. A link is not followed."""
    fd = os.open(nome, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=em)
    try:
        yield fd
    finally:
        os.close(fd)


def _feita(nome: str, em: int) -> None:
    """Makes a folder when it is not there."""
    with suppress(FileExistsError):
        os.mkdir(nome, 0o750, dir_fd=em)


def _firmar(fd: int) -> None:
    """Makes the names of a folder durable. EINVAL is the answer of network filesystems, and no error."""
    try:
        os.fsync(fd)
    except OSError as erro:
        if erro.errno != errno.EINVAL:
            raise


def incompleta(pasta: Path, marca: Marca, quem: Quem) -> bool:
    """Says whether a takeover of ours began in the folder and was not told to be complete. Raises `FalhaDePasta`."""
    if marca.de_outra(quem):
        return False
    nome = f"{TOMADA}{marca.epoca}"
    with traduzindo(pasta), _propria(pasta) as propria:
        if _dono(propria, nome) != quem.instalacao:
            return False
        with _aberta(nome, propria) as tomada:
            nomes = os.listdir(tomada)
            return PRONTA not in nomes and any(_e_pasta(n, tomada) for n in nomes)


def concluir(assumidas: list[Assumida]) -> None:
    """Says, in each folder, that all folders of the route are taken: from now on the service may take up what was in
    them. Raises `FalhaDePasta`."""
    for a in assumidas:
        with (
            traduzindo(a.pasta),
            _propria(a.pasta) as propria,
            _aberta(f"{TOMADA}{a.marca.epoca}", propria) as tomada,
        ):
            if PRONTA not in os.listdir(tomada):
                _escrever(PRONTA, tomada, b"")
            _firmar(tomada)


def pasta_da_tomada(pasta: Path, marca: Marca) -> Path:
    """Returns the folder into which the fence of this epoch took the files."""
    return pasta / PROPRIA / f"{TOMADA}{marca.epoca}"


def _escrever(nome: str, em: int, dados: bytes) -> None:
    fd = os.open(nome, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640, dir_fd=em)
    try:
        os.write(fd, dados)
        os.fsync(fd)
    finally:
        os.close(fd)


def _epocas(propria: int) -> list[int]:
    numeros = (n.removeprefix(TOMADA) for n in os.listdir(propria) if n.startswith(TOMADA))
    return [int(n) for n in numeros if e_epoca(n)]


def _comecada(propria: int, marca: Marca, quem: Quem) -> int | None:
    """Returns the epoch of a takeover of ours that is the latest of the folder; None when there is none."""
    ultima = max(_epocas(propria), default=0)
    if ultima < marca.epoca or ultima == 0 or (ultima == marca.epoca and marca.de_outra(quem)):
        return None
    return ultima if _dono(propria, f"{TOMADA}{ultima}") == quem.instalacao else None


def _dono(propria: int, nome: str) -> str | None:
    """Returns the installation that a takeover names; None when it cannot be read."""
    try:
        with _aberta(nome, propria) as tomada:
            fd = os.open(DONO, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=tomada)
            try:
                return str(json.loads(os.read(fd, 4096))["instalacao"])
            finally:
                os.close(fd)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _ganhar(pasta: Path, propria: int, epoca: int, quem: Quem) -> None:
    """Makes `tomada-<epoch>` with our name in it, in one step. Of two that try at once, one gets `EmDisputa`."""
    nome = f".tomada-{quem.instalacao}"
    if nome in os.listdir(propria):
        _desfazer(nome, propria)
    _feita(nome, propria)
    with _aberta(nome, propria) as nova:
        dados = json.dumps({"instalacao": quem.instalacao, "maquina": quem.maquina}).encode() + b"\n"
        _escrever(DONO, nova, dados)
    try:
        # onto a folder that is not empty it fails
        os.rename(nome, f"{TOMADA}{epoca}", src_dir_fd=propria, dst_dir_fd=propria)
    except OSError as erro:
        _desfazer(nome, propria)
        if erro.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise EmDisputa(pasta, erro, "outra instalação está assumindo a pasta agora") from erro
        raise
    _firmar(propria)


def _desfazer(nome: str, propria: int) -> None:
    """Removes what a try of ours that was cut short left."""
    with _aberta(nome, propria) as sobra:
        if DONO in os.listdir(sobra):
            os.unlink(DONO, dir_fd=sobra)
    os.rmdir(nome, dir_fd=propria)


def _por_marca(pasta: Path, propria: int, nova: Marca) -> None:
    """Makes our corner, then puts our sentinel. Fails when a later takeover began meanwhile."""
    _feita(nova.canto, propria)
    with _aberta(nova.canto, propria) as canto:
        _feita(TRABALHO, canto)
        _firmar(canto)
    pronta = f"{MARCA}.{nova.canto}"
    escrever(Path(f"/proc/self/fd/{propria}") / pronta, nova)
    if max(_epocas(propria), default=0) > nova.epoca:
        os.unlink(pronta, dir_fd=propria)
        raise EmDisputa(pasta, detalhe="outra instalação assumiu a pasta depois")
    with suppress(FileNotFoundError):
        os.unlink(TROCA, dir_fd=propria)
    os.replace(pronta, MARCA, src_dir_fd=propria, dst_dir_fd=propria)
    _firmar(propria)


def _cercar(pasta: Path, propria: int, nova: Marca) -> int:
    """Empties and removes every corner but ours. Returns how many files were taken."""
    nossa = f"{TOMADA}{nova.epoca}"
    levados = 0
    with _aberta(nossa, propria) as tomada:
        for nome in sorted(os.listdir(propria)):
            anterior = nome.startswith(TOMADA) and e_epoca(nome.removeprefix(TOMADA))
            if nome in (nossa, nova.canto) or not (_CANTO.fullmatch(nome) or anterior) or not _e_pasta(nome, propria):
                continue
            for _ in range(VOLTAS):
                levados += _levar_pasta(nome, propria, tomada)
                if _remover(nome, propria):
                    break
            else:
                raise EmDisputa(pasta, detalhe="a outra instalação ainda grava nela; desligue-a e repita")
        _firmar(tomada)
    _firmar(propria)
    return levados


def _e_pasta(nome: str, em: int) -> bool:
    """Says whether this is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.stat(nome, dir_fd=em, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def _levar_pasta(nome: str, de: int, para: int) -> int:
    """Renames every file below the folder `nome` of `de` into the same place of `para`, and removes the folders inside
    it that this empties."""
    _feita(nome, para)
    levados = 0
    try:
        with _aberta(nome, de) as fonte, _aberta(nome, para) as chegada:
            for dentro in os.listdir(fonte):
                if _e_pasta(dentro, fonte):
                    levados += _levar_pasta(dentro, fonte, chegada)
                    _remover(dentro, fonte)
                else:
                    levados += _levar(dentro, fonte, chegada)
            _firmar(chegada)
    except FileNotFoundError:
        return levados  # its owner removed it meanwhile
    return levados


def _levar(nome: str, de: int, para: int) -> int:
    try:
        os.rename(nome, _outro_nome(nome, para), src_dir_fd=de, dst_dir_fd=para)
    except FileNotFoundError:
        return 0  # its owner was quicker
    return 1


def _outro_nome(nome: str, para: int) -> str:
    """Returns the name under which a file is taken. The note of a lot is written anew by an owner that goes on between
    two rounds; it may not cover the one that was taken before. All others have a name of their own, or one content."""
    nomes = os.listdir(para) if nome.startswith(PREFIXO) else []
    outro, n = nome, 1
    while outro in nomes:
        n += 1
        outro = f"{nome}~{n}"
    return outro


def _remover(nome: str, em: int) -> bool:
    """Removes an empty folder. Returns False when something is in it again."""
    try:
        os.rmdir(nome, dir_fd=em)
    except FileNotFoundError:
        return True
    except OSError as erro:
        if erro.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True
