"""Delivers files durably and exactly once: writes them provisionally, makes them durable, then renames them into place
without covering anything.

The rename is the publication. While the provisional name is there the file was not delivered. Once it is gone the file
was delivered, even when the consumer has already taken it.
"""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from separador.nucleo.nome_de_arquivo import numerar
from separador.pastas.disco import SEM_SUPORTE, lstat_ou_nada, renomear_sem_sobrepor
from separador.pastas.erros import PerdiAPasta, classificar, traduzindo
from separador.pastas.gravacao import (
    GRAVAR,
    MODO,
    apagar,
    copiar,
    descarregar,
    firmar_abertos,
    preparar,
    preparar_aberto,
    preparar_copia,
)
from separador.pastas.lugar.abertos import Onde
from separador.pastas.posse.cantos import dona, exigir_posse, nome_em, provisorio_em

__all__ = [
    "MODO",
    "NomeOcupado",
    "ProvisorioSumiu",
    "Publicado",
    "Substituido",
    "copiar",
    "descarregar",
    "firmar_abertos",
    "preparar",
    "preparar_aberto",
    "preparar_copia",
    "provisorio_em",
    "publicar",
    "substituir",
]


@dataclass(frozen=True, slots=True)
class Publicado:
    """The file stands under its final name."""

    nome: bytes


@dataclass(frozen=True, slots=True)
class NomeOcupado:
    """The final name belongs to another file; nothing was changed."""

    nome: bytes


@dataclass(frozen=True, slots=True)
class ProvisorioSumiu:
    """There is no provisional file of that name, though the folder is there: it was published before."""

    provisorio: bytes


def publicar(pasta: Path, provisorio: bytes, nome: bytes) -> Publicado | NomeOcupado | ProvisorioSumiu:
    """Renames the provisional file to its final name, never covering another. `sincronizar_pasta` follows, per group.

    On a network an error proves nothing, because the rename may have been done all the same: both names are looked at
    before the error is believed. Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        de, para = _encenado(pasta, provisorio), nome_em(pasta, provisorio, nome)
        antes = lstat_ou_nada(de)
    if antes is None:
        exigir_posse(pasta, provisorio)
        return ProvisorioSumiu(provisorio)
    try:
        _sem_sobrepor(de, para, antes)
    except OSError as erro:
        return _desempatar(pasta, de, para, antes, erro)
    return Publicado(nome)


def _encenado(pasta: Path, provisorio: bytes) -> Onde:
    """Returns the path of a staged file. Raises `FalhaDePasta` when its corner is not there: then nothing was
    published."""
    try:
        return provisorio_em(pasta, provisorio)
    except FileNotFoundError as erro:
        exigir_posse(pasta, provisorio)
        raise PerdiAPasta(dona(pasta, provisorio)) from erro


def _sem_sobrepor(de: bytes, para: bytes, antes: os.stat_result) -> None:
    try:
        renomear_sem_sobrepor(de, para)
    except OSError as erro:
        if erro.errno not in SEM_SUPORTE:
            raise
        _por_ligacao(de, para, antes)


def _por_ligacao(de: bytes, para: bytes, antes: os.stat_result) -> None:
    """Does link + unlink, where the filesystem has no rename without clobber. Where it has no links, reserves the name
    first."""
    if antes.st_nlink == 1:  # two links: an earlier run died between the link and the unlink
        try:
            os.link(de, para, follow_symlinks=False)
        except OSError as erro:
            if erro.errno not in (errno.EPERM, *SEM_SUPORTE):
                raise
            _por_reserva(de, para)
            return
    os.unlink(de)


def _por_reserva(de: bytes, para: bytes) -> None:
    try:
        os.close(os.open(para, GRAVAR, MODO))
    except FileExistsError:
        if not _reserva_nossa(os.lstat(para)):
            raise
    try:
        os.rename(de, para)
    except OSError:
        apagar(para)
        raise


def _reserva_nossa(dono: os.stat_result) -> bool:
    """Says whether this is the empty name that an earlier run reserved before it died."""
    return stat.S_ISREG(dono.st_mode) and dono.st_size == 0 and dono.st_uid == os.geteuid()


def _desempatar(
    pasta: Path, de: bytes, para: bytes, antes: os.stat_result, erro: OSError
) -> Publicado | NomeOcupado | ProvisorioSumiu:
    """Finds what really happened, by what stands under the two names."""
    with traduzindo(pasta):
        origem, destino = lstat_ou_nada(de), lstat_ou_nada(para)
    nosso = destino is not None and (destino.st_dev, destino.st_ino) == (antes.st_dev, antes.st_ino)
    if nosso and origem is not None:
        with traduzindo(pasta):
            os.unlink(de)
    if nosso or (origem is None and erro.errno != errno.ENOENT):
        return Publicado(os.path.basename(para))
    if isinstance(erro, FileExistsError):
        return NomeOcupado(os.path.basename(para))
    raise classificar(erro, pasta) from erro


@dataclass(frozen=True, slots=True)
class Substituido:
    """The file stands under its name. The file that stood there before, if any, is now the provisional `antigo`."""

    nome: bytes
    antigo: bytes | None


def substituir(pasta: Path, provisorio: bytes, nome: bytes, guardar: bytes) -> Substituido | ProvisorioSumiu:
    """Replaces a name atomically (profile `uninfe`), and keeps the content it had as the provisional file `guardar`.

    The old content gets its second name before it loses the first. Done again after a crash it ends the same. Raises
    `FalhaDePasta`.
    """
    with traduzindo(pasta):
        de, para = _encenado(pasta, provisorio), nome_em(pasta, provisorio, nome)
        if lstat_ou_nada(de) is None:
            exigir_posse(pasta, provisorio)
            return ProvisorioSumiu(provisorio)
        antigo = _guardar(pasta, para, guardar)
        os.rename(de, para)
    return Substituido(nome, antigo)


def _guardar(pasta: Path, para: bytes, guardar: bytes) -> bytes | None:
    n = 1
    while True:
        livre = numerar(guardar, n)
        try:
            os.link(para, provisorio_em(pasta, livre), follow_symlinks=False)
        except FileNotFoundError:
            return None
        except FileExistsError:
            if os.path.samestat(os.lstat(para), os.lstat(provisorio_em(pasta, livre))):
                return livre
            n += 1
        except OSError as erro:
            if erro.errno not in (errno.EPERM, *SEM_SUPORTE):
                raise
            copia = provisorio_em(pasta, livre)
            copiar(pasta, para, copia)
            descarregar(pasta, [copia])
            return livre
        else:
            return livre
