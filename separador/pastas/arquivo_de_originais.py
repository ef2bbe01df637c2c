"""Keeping originals: a claim becomes a file of the archive, on this device or another (casa.md, life of a file 11;
D10)."""

import errno
import os
from pathlib import Path

from separador.nucleo.nome_de_arquivo import numerar
from separador.pastas.disco import (
    juntar,
    lstat_ou_nada,
    mover_sem_sobrepor,
    renomear_sem_sobrepor,
    resumo_sha256,
    sincronizar_pasta,
)
from separador.pastas.erros import LeituraRasgada, traduzindo
from separador.pastas.gravacao import copiar, descarregar


def arquivar(origem: bytes, destino: Path, nome: bytes) -> bytes | None:
    """Move the file at the path `origem` into the folder `destino` (created when missing); gives the name it got.

    Nothing is covered: a name taken by other content gets `~2`, one taken by equal content is an archiving that was cut
    short. None when the original is not there (archived before). Across devices: copy, flush, compare, only then
    remove. `sincronizar_pasta(destino)` is the caller's, once per group. Raises `FalhaDePasta`.
    """
    with traduzindo(destino):
        if _direto(origem, juntar(destino, nome)):
            return nome
        destino.mkdir(mode=0o750, parents=True, exist_ok=True)
        n = 1
        while lstat_ou_nada(origem) is not None:
            livre = numerar(nome, n)
            if _guardar(origem, destino, livre):
                return livre
            n += 1
    return None


def _direto(origem: bytes, para: bytes) -> bool:
    """The usual case in one system call: same device, the folder there, the name free."""
    try:
        renomear_sem_sobrepor(origem, para)
    except OSError:
        return False  # whatever it is, the careful way finds out
    return True


def _guardar(origem: bytes, destino: Path, nome: bytes) -> bool:
    """Whether the original now is `destino/nome`; False when the name belongs to other content."""
    para = juntar(destino, nome)
    try:
        mover_sem_sobrepor(origem, para)
    except FileExistsError:
        if resumo_sha256(origem) != resumo_sha256(para):
            return False
        os.unlink(origem)
    except OSError as erro:
        if erro.errno != errno.EXDEV:
            raise
        return _copiar_e_remover(origem, destino, para)
    return True


def _copiar_e_remover(origem: bytes, destino: Path, para: bytes) -> bool:
    """The explicit copy path: the original goes only after its copy is durable under its name and equal."""
    parcial = juntar(destino, b".separador-%d" % os.lstat(origem).st_ino)
    if lstat_ou_nada(parcial) is not None:
        os.unlink(parcial)  # what an interrupted copy left
    resumo = copiar(destino, origem, parcial)
    descarregar(destino, [parcial])
    if resumo_sha256(parcial) != resumo:
        raise LeituraRasgada(destino, detalhe=os.fsdecode(para))
    try:
        mover_sem_sobrepor(parcial, para)
    except FileExistsError:
        os.unlink(parcial)
        if resumo_sha256(para) != resumo:
            return False
    sincronizar_pasta(destino)
    os.unlink(origem)
    return True
