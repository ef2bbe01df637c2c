"""Looks at one file of an origin: what it is, who has it open, whether its content is closed."""

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from separador.nucleo.arquivo_completo import Amostra, Ocupacao
from separador.nucleo.texto.razao import do_sistema
from separador.pastas.quem_tem_aberto import ABERTURA, ocupacao

INTEIRO = 256 * 1024
"""Files up to this size (bytes) are given whole to the closed-content check. Of larger ones both ends are given."""
PONTA = 64 * 1024

Fechado = Callable[[bytes], bool | None]


class Especial(StrEnum):
    """A thing in the folder that is no regular file; the value is the text for the operator."""

    ATALHO = "link simbólico não é seguido"
    PASTA = "subpasta não é lida"
    OUTRO = "não é um arquivo comum (fila, soquete ou dispositivo)"


@dataclass(frozen=True, slots=True)
class Vista:
    """A regular file as it stands."""

    amostra: Amostra
    ocupacao: Ocupacao
    fechado: bool | None
    ligacoes: int


@dataclass(frozen=True, slots=True)
class Ausente:
    """There is nothing of that name any more."""


@dataclass(frozen=True, slots=True)
class Ilegivel:
    """The file could not be looked into; `detalhe` says why."""

    detalhe: str


Exame = Vista | Ausente | Ilegivel | Especial


def olhar(caminho: bytes, agora_s: float, *, arrendar: bool = True, fechado: Fechado | None = None) -> Exame:
    """Looks at the file once. Any error on the way means "not yet", never "ready".

    `arrendar` is False on network filesystems. `fechado` gets the content only when nobody has the file open.
    """
    try:
        fd = os.open(caminho, ABERTURA)
    except OSError as erro:
        return _sem_abrir(erro)
    try:
        return _aberto(fd, agora_s, arrendar, fechado)
    except OSError as erro:
        return Ilegivel(do_sistema(erro.errno or errno.EIO))
    finally:
        os.close(fd)


def _aberto(fd: int, agora_s: float, arrendar: bool, fechado: Fechado | None) -> Exame:
    dono = os.fstat(fd)
    if not stat.S_ISREG(dono.st_mode):
        return especie(dono.st_mode) or Especial.OUTRO
    uso = ocupacao(fd) if arrendar else Ocupacao.DESCONHECIDO
    fim = None
    if fechado is not None and uso is not Ocupacao.EM_USO and dono.st_size > 0:
        fim = fechado(_conteudo(fd, dono.st_size))
        dono = os.fstat(fd)
    return Vista(amostra_de(dono, agora_s), uso, fim, dono.st_nlink)


def amostra_de(dono: os.stat_result, agora_s: float) -> Amostra:
    """Returns the sample that a stat gives, seen at `agora_s` (monotonic)."""
    return Amostra(dono.st_size, dono.st_mtime_ns, dono.st_ctime_ns, dono.st_ino, agora_s)


def _conteudo(fd: int, tamanho: int) -> bytes:
    if tamanho <= INTEIRO:
        return os.pread(fd, tamanho, 0)
    return os.pread(fd, PONTA, 0) + os.pread(fd, PONTA, tamanho - PONTA)


def _sem_abrir(erro: OSError) -> Exame:
    if erro.errno == errno.ENOENT:
        return Ausente()
    if erro.errno == errno.ELOOP:
        return Especial.ATALHO
    if erro.errno in (errno.ENXIO, errno.ENODEV):
        return Especial.OUTRO
    return Ilegivel(do_sistema(erro.errno or errno.EIO))


def especie(modo: int) -> Especial | None:
    """Returns what kind of thing a `st_mode` is, None for a regular file."""
    if stat.S_ISREG(modo):
        return None
    if stat.S_ISLNK(modo):
        return Especial.ATALHO
    return Especial.PASTA if stat.S_ISDIR(modo) else Especial.OUTRO
