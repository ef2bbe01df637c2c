"""Lets root act in the data folder as the owner of the folder, and never as root by accident.

A file of root's in there would stop the service. Worse, whoever may write in there could lead root elsewhere by a link.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MASCARA = 0o027
"""Umask of the service, as its unit sets it."""


@dataclass(frozen=True, slots=True)
class Dono:
    """The account that owns the data folder, with the groups that it has on this machine."""

    uid: int
    gid: int
    grupos: tuple[int, ...]
    casa: str


def dono_em_vez_de_root(dados: Path) -> Dono | None:
    """Returns the owner of the data folder, when this process is root and the folder is another's. Else None."""
    if os.geteuid() != 0:
        return None
    try:
        visto = dados.stat()
    except FileNotFoundError:
        return None
    if visto.st_uid == 0:
        return None
    try:
        conta = pwd.getpwuid(visto.st_uid)
    except KeyError:  # a container's user without a name
        return Dono(visto.st_uid, visto.st_gid, (visto.st_gid,), "/")
    return Dono(conta.pw_uid, conta.pw_gid, tuple(os.getgrouplist(conta.pw_name, conta.pw_gid)), conta.pw_dir)


@contextmanager
def em_nome_do_dono(dados: Path) -> Iterator[None]:
    """Touches files as the owner of the data folder would, for the time of the block. Only root changes anything."""
    dono = dono_em_vez_de_root(dados)
    if dono is None:
        yield
        return
    antes_gid, antes_grupos, antes_mascara = os.getegid(), os.getgroups(), os.umask(MASCARA)
    os.setgroups(dono.grupos)
    os.setegid(dono.gid)
    os.seteuid(dono.uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(antes_gid)
        os.setgroups(antes_grupos)
        os.umask(antes_mascara)


def deixar_de_ser_root(dados: Path) -> None:
    """Makes this process the owner of the data folder for good, when it is root and the folder is another's."""
    dono = dono_em_vez_de_root(dados)
    if dono is not None:
        os.umask(MASCARA)
        os.setgroups(dono.grupos)
        os.setresgid(dono.gid, dono.gid, dono.gid)
        os.setresuid(dono.uid, dono.uid, dono.uid)
        os.environ["HOME"] = dono.casa
