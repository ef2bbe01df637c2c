"""Says whose account the service has, and does what root was asked to do under that account."""

import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

GRUPO_DE_TROCA = "separador-troca"
"""Group of the exchange folders. Members hand files in and collect them; none of them may open the data folder."""
UMASK = 0o027
"""Mask of the service, and of what a command does in its name."""


@dataclass(frozen=True, slots=True)
class Conta:
    """The account of the service, and the group of the exchange folders (its own group where the machine has no other).

    `define_modos`: owner, group and mode are given to what is made; else it is made with the rights of the caller.
    """

    uid: int
    gid: int
    troca: int
    define_modos: bool


def conta_do_servico(dados: Path, *, do_sistema: bool) -> Conta:
    """Returns the account that owns the data folder, or will own it.

    Where it does not exist yet: the owner of the nearest folder above it; when that is root's and the configuration is
    the one of the system (`do_sistema`), the account `separador`, if there is one. Not as root: the caller's own.
    """
    troca = gid_de_troca()
    if os.geteuid() != 0:
        return Conta(os.geteuid(), os.getegid(), os.getegid(), define_modos=False)
    existente = next(p for p in (dados, *dados.parents) if p.exists())
    dono = existente.stat()
    uid, gid = (dono.st_uid, dono.st_gid) if existente == dados or dono.st_uid else (0, os.getegid())
    if existente != dados and uid == 0 and do_sistema:
        with suppress(KeyError):
            conta = pwd.getpwnam("separador")
            uid, gid = conta.pw_uid, conta.pw_gid
    return Conta(uid, gid, gid if troca is None else troca, define_modos=uid != 0 or troca is not None)


def gid_de_troca() -> int | None:
    """Returns the number of the group of the exchange folders; None where the machine has no such group."""
    try:
        return grp.getgrnam(GRUPO_DE_TROCA).gr_gid
    except KeyError:
        return None


@contextmanager
def agindo_como(conta: Conta) -> Iterator[None]:
    """Does the block as the account of the service, when the caller is root and the service is not. What is made
    belongs to it from birth; what it may not do fails."""
    if os.geteuid() != 0 or conta.uid == 0:
        yield
        return
    grupos, gid, mascara = os.getgroups(), os.getegid(), os.umask(UMASK)
    try:
        os.setgroups(sorted({*_grupos_da_conta(conta), conta.gid, conta.troca}))
        os.setegid(conta.gid)
        os.seteuid(conta.uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(grupos)
        os.umask(mascara)


def _grupos_da_conta(conta: Conta) -> list[int]:
    try:
        return os.getgrouplist(pwd.getpwuid(conta.uid).pw_name, conta.gid)
    except KeyError:  # an account that is only a number
        return []


def nome_do_usuario(uid: int) -> str:
    """Returns the name of an account, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def nome_do_grupo(gid: int) -> str:
    """Returns the name of a group, or its number when it has none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
