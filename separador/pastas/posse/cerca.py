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
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from separador.pastas.disco import MARCA, PROPRIA, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu, traduzindo
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import TRABALHO, TROCA, Marca, escrever, ler_marca

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
    """Takes one folder over. Done again after a crash it goes on where it was. Raises `FalhaDePasta`."""
    propria = pasta / PROPRIA
    with traduzindo(pasta):
        marca = ler_marca(pasta)
        if marca is None:
            raise PastaSumiu(pasta, detalhe="não há marca na pasta")
        epoca = _comecada(propria, marca, quem)
        if epoca is None:
            epoca = max([marca.epoca, *_epocas(propria)]) + 1
            _ganhar(pasta, propria, epoca, quem)
        nova = replace(marca, instalacao=quem.instalacao, epoca=epoca, maquina=quem.maquina, desde=agora.isoformat())
        if marca.canto != nova.canto:
            _por_marca(pasta, propria, nova)
        levados = _cercar(pasta, propria, nova)
    return Assumida(pasta, nova if marca.canto != nova.canto else marca, levados)


def incompleta(pasta: Path, marca: Marca, quem: Quem) -> bool:
    """Says whether a takeover of ours began in the folder and was not told to be complete."""
    if marca.de_outra(quem):
        return False
    tomada = pasta_da_tomada(pasta, marca)
    ainda = _dono(tomada) == quem.instalacao and not (tomada / PRONTA).exists()
    return ainda and any(p.is_dir() for p in tomada.iterdir())


def concluir(assumidas: list[Assumida]) -> None:
    """Says, in each folder, that all folders of the route are taken: from now on the service may adopt what was in
    them."""
    for a in assumidas:
        tomada = pasta_da_tomada(a.pasta, a.marca)
        with traduzindo(a.pasta):
            (tomada / PRONTA).touch()
        sincronizar_pasta(tomada)


def pasta_da_tomada(pasta: Path, marca: Marca) -> Path:
    """Returns the folder into which the fence of this epoch took the files."""
    return pasta / PROPRIA / f"{TOMADA}{marca.epoca}"


def _epocas(propria: Path) -> list[int]:
    numeros = (n.removeprefix(TOMADA) for n in os.listdir(propria) if n.startswith(TOMADA))
    return [int(n) for n in numeros if n.isdigit()]


def _comecada(propria: Path, marca: Marca, quem: Quem) -> int | None:
    """Returns the epoch of a takeover of ours that is the latest of the folder; None when there is none."""
    ultima = max(_epocas(propria), default=0)
    if ultima < marca.epoca or ultima == 0 or (ultima == marca.epoca and marca.de_outra(quem)):
        return None
    return ultima if _dono(propria / f"{TOMADA}{ultima}") == quem.instalacao else None


def _dono(tomada: Path) -> str | None:
    try:
        return str(json.loads((tomada / DONO).read_bytes())["instalacao"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _ganhar(pasta: Path, propria: Path, epoca: int, quem: Quem) -> None:
    """Makes `tomada-<epoch>` with our name in it, in one step. Of two that try at once, one gets `EmDisputa`."""
    nova = propria / f".tomada-{quem.instalacao}"
    if nova.is_dir():
        shutil.rmtree(nova)
    nova.mkdir(mode=0o750)
    fd = os.open(nova / DONO, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    with open(fd, "w", encoding="utf-8") as arquivo:
        arquivo.write(json.dumps({"instalacao": quem.instalacao, "maquina": quem.maquina}) + "\n")
        arquivo.flush()
        os.fsync(arquivo.fileno())
    try:
        os.rename(nova, propria / f"{TOMADA}{epoca}")  # onto a folder that is not empty it fails
    except OSError as erro:
        shutil.rmtree(nova, ignore_errors=True)
        if erro.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise EmDisputa(pasta, erro, "outra instalação está assumindo a pasta agora") from erro
        raise
    sincronizar_pasta(propria)


def _por_marca(pasta: Path, propria: Path, nova: Marca) -> None:
    """Makes our corner, then puts our sentinel. Fails when a later takeover began meanwhile."""
    (propria / nova.canto).mkdir(mode=0o750, exist_ok=True)
    (propria / nova.canto / TRABALHO).mkdir(mode=0o750, exist_ok=True)
    sincronizar_pasta(propria / nova.canto)
    pronta = propria / f"{MARCA}.{nova.canto}"
    escrever(pronta, nova)
    if max(_epocas(propria), default=0) > nova.epoca:
        pronta.unlink()
        raise EmDisputa(pasta, detalhe="outra instalação assumiu a pasta depois")
    (propria / TROCA).unlink(missing_ok=True)
    os.replace(pronta, propria / MARCA)
    sincronizar_pasta(propria)


def _cercar(pasta: Path, propria: Path, nova: Marca) -> int:
    """Empties and removes every corner but ours. Returns how many files were taken."""
    tomada = propria / f"{TOMADA}{nova.epoca}"
    levados = 0
    for nome in sorted(os.listdir(propria)):
        anterior = nome.startswith(TOMADA) and nome != tomada.name and nome.removeprefix(TOMADA).isdigit()
        if (not _CANTO.fullmatch(nome) and not anterior) or nome == nova.canto:
            continue
        if not stat_de_pasta(propria / nome):
            continue
        for _ in range(VOLTAS):
            levados += _esvaziar(propria / nome, tomada / nome)
            if _remover(propria / nome):
                break
        else:
            raise EmDisputa(pasta, detalhe="a outra instalação ainda grava nela; desligue-a e repita")
    for nivel in (tomada, propria):
        sincronizar_pasta(nivel)
    return levados


def stat_de_pasta(caminho: Path) -> bool:
    """Says whether this is a folder, and no link to one."""
    return caminho.is_dir() and not caminho.is_symlink()


def _esvaziar(de: Path, para: Path) -> int:
    """Renames every file below `de` into the same place below `para`, and removes the folders inside `de` that it
    emptied."""
    para.mkdir(mode=0o750, parents=True, exist_ok=True)
    levados = 0
    try:
        nomes = os.listdir(de)
    except FileNotFoundError:
        return 0
    for nome in nomes:
        if stat_de_pasta(de / nome):
            levados += _esvaziar(de / nome, para / nome)
            _remover(de / nome)
            continue
        try:
            os.rename(de / nome, para / nome)
        except FileNotFoundError:
            continue  # its owner was quicker
        levados += 1
    sincronizar_pasta(para)
    return levados


def _remover(pasta: Path) -> bool:
    """Removes an empty folder. Returns False when something is in it again."""
    try:
        os.rmdir(pasta)
    except FileNotFoundError:
        return True
    except OSError as erro:
        if erro.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True
