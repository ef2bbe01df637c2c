"""Judges, by the facts of a stat, the way to a watched folder and what lies below it. Values in, verdict out."""

import os
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass

DE_OUTROS = stat.S_IWGRP | stat.S_IWOTH
"""The rights by which somebody else than the owner may change the names in a folder."""


@dataclass(frozen=True, slots=True)
class Passo:
    """One step on the way: owner and mode of a folder, owner of the entry that was taken in it, whether that is a link.

    `rede`: it is on a file system where owner and mode are the server's, or the mount's, and tell nothing.
    """

    uid: int
    modo: int
    entrada_uid: int
    ligacao: bool = False
    rede: bool = False


@dataclass(frozen=True, slots=True)
class Identidade:
    """Which folder a name led to: device and inode of the watched folder, and of the folder below it."""

    da_raiz: tuple[int, int]
    propria: tuple[int, int]


def firme(passo: Passo, nosso: int) -> bool:
    """Says whether nobody but root and us could have put the entry there: nobody else may write the folder. In one like
    /tmp nobody may touch what is another's, so a folder of root's or ours in it is firm too; a link never is."""
    if passo.rede:
        return True
    donos = (0, nosso)
    if passo.uid not in donos:
        return False
    if not passo.modo & DE_OUTROS:
        return True
    return bool(passo.modo & stat.S_ISVTX) and not passo.ligacao and passo.entrada_uid in donos


def ligacoes_valem(passos: Iterable[Passo], nosso: int) -> bool:
    """Says whether links on this way may be followed: only when every step of it is firm."""
    return all(firme(p, nosso) for p in passos)


def o_que_ha(modo: int) -> str:
    """Returns what a thing that is no folder is (Portuguese)."""
    if stat.S_ISLNK(modo):
        return "é um link"
    return "é um arquivo" if stat.S_ISREG(modo) else "não é uma pasta"


def alheia(visto: os.stat_result, dispositivo: int, nossos: Collection[int], *, rede: bool) -> str | None:
    """Returns why a folder of `.separador` is not ours alone (Portuguese); None when it is.

    `dispositivo`: that of the watched folder. `rede`: as in `Passo`.
    """
    if not stat.S_ISDIR(visto.st_mode):
        return o_que_ha(visto.st_mode)
    if visto.st_dev != dispositivo:
        return "está em outro disco"
    if rede:
        return None
    if visto.st_uid not in nossos:
        return "é de outro usuário"
    return f"outros podem gravar nela (modo {stat.S_IMODE(visto.st_mode):04o})" if visto.st_mode & DE_OUTROS else None


def trocada(antes: Identidade | None, agora: Identidade, *, numeros_mudam: bool) -> bool:
    """Says whether another folder stands under the name of one that is known, in the same watched folder.

    When the watched folder is another one too, the share came back, and its marker tells whether it is the right one.
    `numeros_mudam`: on this file system the numbers of a folder may change by themselves, so they tell nothing.
    """
    return antes is not None and not numeros_mudam and antes.da_raiz == agora.da_raiz and antes.propria != agora.propria
