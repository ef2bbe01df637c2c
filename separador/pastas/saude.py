"""Checks whether a folder is what it should be: sentinel, rights, space, kind.

A lost mount leaves an empty folder behind. Only the sentinel inside distinguishes it from an inbox that is empty. A
caller that finds a problem pauses the routes of the folder and concludes nothing about its files.
"""

import contextlib
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from separador.nucleo.falha import descrever
from separador.nucleo.nome_de_arquivo import metadado, temporario
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import (
    FalhaDePasta,
    PastaSumiu,
    PerdiAPasta,
    SemEspaco,
    SemPermissao,
    SomenteLeitura,
    classificar,
    codigo_da_falha,
    traduzindo,
)
from separador.pastas.gravacao import apagar
from separador.pastas.lugar import abertos
from separador.pastas.lugar.abertos import Lugar
from separador.pastas.posse import marca as posse
from separador.pastas.posse.cantos import Cantos
from separador.pastas.posse.marca import Marca, inicializar, ler_marca

__all__ = ["SONDA", "Marca", "Problema", "coleta_atrasada", "conferir", "inicializar", "ler_marca"]

SONDA = ".escrita"
"""Name of the file that proves the right to write. It lies in our corner, and is ours alone."""
SONDA_DE_COMANDO = ".verificar-"
"""Begins the name of the same file of a command; the number of its process follows."""
INODES_MINIMOS = 100


@dataclass(frozen=True, slots=True)
class Problema:
    """One finding on one folder: a stable code, what is wrong and what to do (Portuguese)."""

    codigo: str
    mensagem: str
    o_que_fazer: str


def conferir(
    pasta: Path,
    marca_esperada: str | None,
    *,
    escrita: bool,
    reserva_bytes: int = 0,
    cantos: Cantos | None = None,
) -> list[Problema]:
    """Returns everything wrong with a folder, empty when it is well. `marca_esperada` is the uuid of its sentinel
    (None: not initialised yet, not asked). `reserva_bytes`: free space below which intake must stop.

    With `cantos` the folder must be ours, by its sentinel; that is looked at before anything else, and noted there. A
    sentinel of the former form is adopted. With `escrita` a file is really written in our corner, and
    the sign of life when `cantos` has a clock.
    """
    canto: str | None = None
    if cantos is not None:
        cantos.esquecer(pasta)
    base = _existe(pasta)
    if base is None and (marca_esperada is not None or cantos is not None):
        base = _aberta(pasta)
    if base is None and (marca_esperada is not None or cantos is not None):
        marca = _da_marca(pasta, marca_esperada, cantos)
        if isinstance(marca, Problema):
            base = marca
        elif cantos is not None and marca is not None:
            cantos.anotar(pasta, marca)
            canto = marca.canto
    base = base or _listavel(pasta)
    if base is not None:
        return [base]
    problemas = _espaco(pasta, reserva_bytes)
    if escrita and not any(p.codigo == SomenteLeitura.codigo for p in problemas):
        problemas += _escrita(pasta, canto, cantos)
    return problemas


def _problema(falha: FalhaDePasta) -> Problema:
    return Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)


def _sobre(palavra: str, pasta: Path) -> Problema:
    motivo, fazer = descrever(codigo_da_falha(palavra))
    return Problema(palavra, f"{motivo.removesuffix('.')}: {pasta}", fazer)


def _existe(pasta: Path) -> Problema | None:
    """Checks that the path is there and is a folder."""
    try:
        return None if stat.S_ISDIR(os.stat(pasta).st_mode) else _sobre("nao-e-pasta", pasta)
    except OSError as erro:
        return _problema(classificar(erro, pasta))


def _aberta(pasta: Path) -> Problema | None:
    """Opens the folder anew, and `.separador` in it where there is one: what is not ours is not even read."""
    try:
        abertos.reabrir(pasta)
        with contextlib.suppress(FileNotFoundError):
            abertos.abrir(pasta / PROPRIA)
    except OSError as erro:
        return _problema(classificar(erro, pasta))
    except FalhaDePasta as falha:
        return _problema(falha)
    return None


def _listavel(pasta: Path) -> Problema | None:
    """Checks that the folder can be listed."""
    try:
        with os.scandir(abertos.por_onde(pasta)) as entradas:
            next(entradas, None)
    except OSError as erro:
        return _problema(classificar(erro, pasta))
    return None


def _da_marca(pasta: Path, esperada: str | None, cantos: Cantos | None) -> Marca | Problema | None:
    """Returns the sentinel, or what is wrong with it. None: there is none, and none is asked for."""
    try:
        marca = ler_marca(pasta)
        if marca is None:
            return _sobre("marca-sumiu", pasta) if esperada is not None else None
        if cantos is not None and marca.de_outra(cantos.quem):
            return _problema(posse.de_outra(pasta, marca))
        if esperada is not None and marca.uuid != esperada:
            return _sobre("marca-outra", pasta)
        if cantos is None:
            return marca
        if not marca.instalacao:
            return _adotada(pasta, marca, cantos)
        if not abertos.existe(pasta / PROPRIA / marca.canto):
            return _problema(PerdiAPasta(pasta))
        abertos.abrir(pasta / PROPRIA / marca.canto)
    except OSError as erro:
        return _problema(classificar(erro, pasta))
    except FalhaDePasta as falha:
        return _problema(falha)
    return marca


def _adotada(pasta: Path, marca: Marca, cantos: Cantos) -> Marca | Problema | None:
    """Puts our name in a sentinel of the former form, once."""
    if cantos.agora is None:
        return None
    nova = posse.adotar(pasta, marca, cantos.quem, cantos.agora())
    return _problema(posse.de_outra(pasta, nova)) if nova.de_outra(cantos.quem) else nova


def _espaco(pasta: Path, reserva_bytes: int) -> list[Problema]:
    try:
        disco = os.statvfs(abertos.por_onde(pasta))
    except OSError as erro:
        return [_problema(classificar(erro, pasta))]
    if disco.f_flag & os.ST_RDONLY:
        return [_problema(SomenteLeitura(pasta))]
    livre = disco.f_bavail * disco.f_frsize
    if livre < reserva_bytes:
        detalhe = f"{livre // 2**20} MB livres, reserva de {reserva_bytes // 2**20} MB"
        return [_problema(SemEspaco(pasta, detalhe=detalhe))]
    if disco.f_files and disco.f_favail < INODES_MINIMOS:
        return [_problema(SemEspaco(pasta, detalhe=f"só {disco.f_favail} inodes livres"))]
    return []


def _escrita(pasta: Path, canto: str | None, cantos: Cantos | None) -> list[Problema]:
    """Writes a file for real: the mode bits say little on a share."""
    sonda = None
    try:
        if not os.access(abertos.por_onde(pasta), os.W_OK | os.X_OK, effective_ids=True):
            return [_problema(SemPermissao(pasta))]
        sonda = abertos.em(pasta / PROPRIA / (canto or ""), SONDA.encode())
        fd = os.open(sonda, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(fd, b"separador\n")
        finally:
            os.close(fd)
        os.unlink(sonda)
    except OSError as erro:
        if sonda is not None:
            apagar(sonda)
        return [_problema(_sem_propria(erro, pasta))]
    except FalhaDePasta as falha:
        return [_problema(falha)]
    if cantos is not None and canto is not None and cantos.agora is not None:
        _dar_sinal(pasta, canto, cantos, cantos.agora())
    return []


def _dar_sinal(pasta: Path, canto: str, cantos: Cantos, agora: datetime) -> None:
    with contextlib.suppress(OSError, FalhaDePasta):  # nothing hangs on it
        posse.dar_sinal_de_vida(pasta, canto, agora)
        cantos.deu_sinal(pasta, agora)


def _sem_propria(erro: OSError, pasta: Path) -> FalhaDePasta:
    falha = classificar(erro, pasta)
    return PastaSumiu(pasta / PROPRIA, erro) if isinstance(falha, PastaSumiu) else falha


def coleta_atrasada(pasta: Path, prazo_s: float, agora: datetime, *, limite: int = 1000) -> list[tuple[bytes, float]]:
    """Returns the files of a destination that the other program has not taken within `prazo_s`: (name, age in seconds),
    oldest first, at most `limite`. The age counts from the change of name or content (ctime). Raises `FalhaDePasta`."""
    agora_s = agora.timestamp()
    atrasados = []
    with traduzindo(pasta):
        aqui = abertos.abrir(pasta)
        with os.scandir(aqui.base) as entradas:
            for entrada in entradas:
                idade_s = _idade_s(aqui, entrada, agora_s)
                if idade_s is not None and idade_s > prazo_s:
                    atrasados.append((entrada.name, idade_s))
    return sorted(atrasados, key=lambda a: -a[1])[:limite]


def _idade_s(aqui: Lugar, entrada: "os.DirEntry[bytes]", agora_s: float) -> float | None:
    """Returns the age; None for an entry that is no file of ours to be collected, or was collected this instant."""
    if not entrada.is_file(follow_symlinks=False) or metadado(entrada.name) or temporario(entrada.name):
        return None
    try:
        return agora_s - os.lstat(aqui.base + entrada.name).st_ctime
    except FileNotFoundError:
        return None
