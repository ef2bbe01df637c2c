"""Lists and discards the provisional files of a destination for recovery, and takes a delivery back (estorno)."""

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from separador.pastas.arquivo_de_originais import arquivar
from separador.pastas.disco import (
    PROPRIA,
    juntar,
    lstat_ou_nada,
    mover_para_livre,
    mover_sem_sobrepor,
    resumo_sha256,
    sincronizar_pasta,
)
from separador.pastas.erros import FalhaDePasta, ProvisorioExiste, traduzindo
from separador.pastas.gravacao import descarregar
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import exigir_posse, lugar_do_provisorio, nome_em, provisorio_em
from separador.pastas.posse.marca import VIDA
from separador.pastas.quem_tem_aberto import ABERTURA, alguem_aberto
from separador.pastas.saude import SONDA

NAO_PROVISORIOS = frozenset({VIDA.encode(), SONDA.encode()})
"""Files of a corner that are no staged ones."""


def nome_livre(pasta: Path, provisorio: bytes, nome: bytes) -> bool:
    """Says whether nothing has the name under which a staged file is to become visible. Raises `FalhaDePasta`."""
    with traduzindo(pasta):
        return lstat_ou_nada(nome_em(pasta, provisorio, nome)) is None


def ja_esta(pasta: Path, provisorio: bytes, nome: bytes, sha256: str) -> bool:
    """Says whether the name has this very content. Raises `FalhaDePasta`."""
    with traduzindo(pasta):
        return _e_nosso(nome_em(pasta, provisorio, nome), bytes.fromhex(sha256))


def existe_provisorio(pasta: Path, provisorio: bytes) -> bool:
    """Says whether the provisional file is still there, that is, was not published. Raises `FalhaDePasta`, also when
    the folder is not ours any more: then its absence proves nothing."""
    with traduzindo(pasta), suppress(FileNotFoundError):
        if lstat_ou_nada(provisorio_em(pasta, provisorio)) is not None:
            return True
    exigir_posse(pasta, provisorio)
    return False


def listar_provisorios(pasta: Path, canto: str) -> list[bytes]:
    """Returns the staged files in our corner of a folder, sorted. Raises `FalhaDePasta`: a corner that is gone is not
    an empty one."""
    with traduzindo(pasta):
        aqui = abertos.abrir(pasta / PROPRIA / canto)
        with os.scandir(aqui.base) as entradas:
            return sorted(
                e.name for e in entradas if e.is_file(follow_symlinks=False) and e.name not in NAO_PROVISORIOS
            )


def descartar_provisorio(pasta: Path, provisorio: bytes) -> bool:
    """Removes a provisional file that no record asks for. Returns False when it was not there. Raises
    `FalhaDePasta`."""
    with traduzindo(pasta):
        try:
            os.unlink(provisorio_em(pasta, provisorio))
        except FileNotFoundError:
            return False
    return True


def guardar_provisorio(pasta: Path, provisorio: bytes, destino: Path) -> None:
    """Moves a file out of our corner into a folder of the data. Raises `FalhaDePasta`."""
    nome = os.path.basename(provisorio)
    arquivar(juntar(lugar_do_provisorio(pasta, provisorio), nome), destino, nome)


def descarregar_provisorios(pasta: Path, provisorios: Sequence[bytes], *, fios: Executor | None = None) -> None:
    """Makes the content of staged files durable, as `gravacao.descarregar` does. Each folder is opened once for all of
    them, also where none is kept. Raises `FalhaDePasta`."""
    por_lugar: dict[Path, list[bytes]] = {}
    for provisorio in provisorios:
        por_lugar.setdefault(lugar_do_provisorio(pasta, provisorio), []).append(provisorio.rpartition(b"/")[2])
    for lugar, nomes in por_lugar.items():
        with traduzindo(pasta):
            aberto = abertos.abrir(lugar)
        descarregar(pasta, [aberto.base + nome for nome in nomes], fios=fios)


def apagar_provisorio(pasta: Path, provisorio: bytes) -> None:
    """Removes a staged file, if it can be: recovery discards one that stays."""
    with suppress(FalhaDePasta):
        descartar_provisorio(pasta, provisorio)


def retirar(pasta: Path, nome: bytes, sha256: bytes, provisorio: bytes) -> bool:
    """Takes our own file back out of a destination. Returns True when it is now (or was already) the provisional file.

    Returns False, and leaves the destination as it was, when the file is gone, is another's, or is open in the
    consumer's hands. The content under the name is compared before and after the rename, since the consumer may act in
    between. Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        de, para = nome_em(pasta, provisorio, nome), provisorio_em(pasta, provisorio)
        if _e_nosso(para, sha256):
            return True
        if not _e_nosso(de, sha256):
            return False
        try:
            mover_sem_sobrepor(de, para)
        except FileNotFoundError:
            return False
        except FileExistsError as erro:
            raise ProvisorioExiste(pasta, erro, os.fsdecode(provisorio)) from erro
        nosso = _e_nosso(para, sha256) and not _em_maos(para)
        if not nosso:
            mover_para_livre(para, nome_em(pasta, provisorio, b""), nome)
    sincronizar_pasta(lugar_do_provisorio(pasta, provisorio))
    sincronizar_pasta(pasta)
    return nosso


def repor(pasta: Path, nome: bytes, provisorio: bytes) -> None:
    """Gives a delivery that was taken back its name again, when nobody waits for it any more. Raises `FalhaDePasta`."""
    with traduzindo(pasta):
        de = provisorio_em(pasta, provisorio)
        if lstat_ou_nada(de) is None:
            return
        mover_para_livre(de, nome_em(pasta, provisorio, b""), nome)
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
