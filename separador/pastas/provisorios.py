"""Lists and discards the provisional files of a destination for recovery, and takes a delivery back (estorno)."""

import os
from pathlib import Path

from separador.pastas.disco import (
    PROPRIA,
    juntar,
    lstat_ou_nada,
    mover_para_livre,
    mover_sem_sobrepor,
    resumo_sha256,
    sincronizar_pasta,
)
from separador.pastas.erros import ProvisorioExiste, traduzindo
from separador.pastas.posse.cantos import caminho_provisorio, exigir_posse, lugar_do_provisorio
from separador.pastas.posse.marca import VIDA
from separador.pastas.quem_tem_aberto import ABERTURA, alguem_aberto
from separador.pastas.saude import SONDA

NAO_PROVISORIOS = frozenset({VIDA.encode(), SONDA.encode()})
"""Files of a corner that are no staged ones."""


def existe_provisorio(pasta: Path, provisorio: bytes) -> bool:
    """Says whether the provisional file is still there, that is, was not published. Raises `FalhaDePasta`, also when
    the folder is not ours any more: then its absence proves nothing."""
    with traduzindo(pasta):
        if lstat_ou_nada(caminho_provisorio(pasta, provisorio)) is not None:
            return True
    exigir_posse(pasta, provisorio)
    return False


def listar_provisorios(pasta: Path, canto: str) -> list[bytes]:
    """Returns the staged files in our corner of a folder, sorted. Raises `FalhaDePasta`: a corner that is gone is not
    an empty one."""
    with traduzindo(pasta), os.scandir(os.fsencode(pasta / PROPRIA / canto)) as entradas:
        return sorted(e.name for e in entradas if e.is_file(follow_symlinks=False) and e.name not in NAO_PROVISORIOS)


def descartar_provisorio(pasta: Path, provisorio: bytes) -> bool:
    """Removes a provisional file that no record asks for. Returns False when it was not there. Raises
    `FalhaDePasta`."""
    with traduzindo(pasta):
        try:
            os.unlink(caminho_provisorio(pasta, provisorio))
        except FileNotFoundError:
            return False
    return True


def retirar(pasta: Path, nome: bytes, sha256: bytes, provisorio: bytes) -> bool:
    """Takes our own file back out of a destination. Returns True when it is now (or was already) the provisional file.

    Returns False, and leaves the destination as it was, when the file is gone, is another's, or is open in the
    consumer's hands. The content under the name is compared before and after the rename, since the consumer may act in
    between. Raises `FalhaDePasta`.
    """
    de, para = juntar(pasta, nome), caminho_provisorio(pasta, provisorio)
    with traduzindo(pasta):
        if _e_nosso(para, sha256):
            return True
        if not _e_nosso(de, sha256):
            return False
        try:
            mover_sem_sobrepor(de, para)
        except FileNotFoundError:
            return False
        except FileExistsError as erro:
            raise ProvisorioExiste(pasta, erro, os.fsdecode(para)) from erro
        nosso = _e_nosso(para, sha256) and not _em_maos(para)
        if not nosso:
            mover_para_livre(para, pasta, nome)
    sincronizar_pasta(lugar_do_provisorio(pasta, provisorio))
    sincronizar_pasta(pasta)
    return nosso


def repor(pasta: Path, nome: bytes, provisorio: bytes) -> None:
    """Gives a delivery that was taken back its name again, when nobody waits for it any more. Raises `FalhaDePasta`."""
    with traduzindo(pasta):
        if lstat_ou_nada(caminho_provisorio(pasta, provisorio)) is None:
            return
        mover_para_livre(caminho_provisorio(pasta, provisorio), pasta, nome)
    sincronizar_pasta(pasta)


def _e_nosso(caminho: bytes, sha256: bytes) -> bool:
    try:
        return resumo_sha256(caminho) == sha256
    except FileNotFoundError:
        return False


def _em_maos(caminho: bytes) -> bool:
    fd = os.open(caminho, ABERTURA)
    try:
        return alguem_aberto(fd)
    finally:
        os.close(fd)
