"""Keeps originals: moves a claim into the archive, on this device or another."""

import errno
import os
from pathlib import Path

from separador.nucleo.nome_de_arquivo import numerar
from separador.pastas.criacao import criar_nossas
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
from separador.pastas.lugar import abertos


def arquivar(origem: bytes, destino: Path, nome: bytes) -> bytes | None:
    """Moves the file at the path `origem` into the folder `destino` (created when missing). Returns the name it got.

    It covers nothing: a name taken by other content gets `~2`, and a name taken by equal content means an archiving
    that was cut short. Returns None when the original is not there (archived before). Across devices, where a move is
    not atomic, it copies, flushes, compares, and only then removes. The caller calls `sincronizar_pasta(destino)`, once
    per group. Raises `FalhaDePasta`.
    """
    with traduzindo(destino):
        try:
            origem = abertos.onde(origem)
        except FileNotFoundError:
            return None
        if _direto(origem, juntar(destino, nome)):
            return nome
        criar_nossas(destino)
        n = 1
        while lstat_ou_nada(origem) is not None:
            livre = numerar(nome, n)
            if _guardar(origem, destino, livre):
                return livre
            n += 1
    return None


def _direto(origem: bytes, para: bytes) -> bool:
    """Tries the usual case in one system call: same device, the folder there, the name free. Says whether it worked."""
    try:
        renomear_sem_sobrepor(origem, para)
    except OSError:
        return False  # on any error the slower way finds the cause
    return True


def _guardar(origem: bytes, destino: Path, nome: bytes) -> bool:
    """Says whether the original now is `destino/nome`; False when the name belongs to other content."""
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
    """Copies across devices. The original goes only after its copy is durable under its name and equal. Returns False
    when the name belongs to other content."""
    parcial = juntar(destino, b".separador-%d" % os.lstat(origem).st_ino)
    if lstat_ou_nada(parcial) is not None:
        os.unlink(parcial)  # left by an interrupted copy
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
