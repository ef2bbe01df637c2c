"""Puts receipts in their tree of folders: each is staged durably first, then renamed once.

A receipt is staged in our corner of the destination, under the name of its content, so staging it twice is harmless.
Where the destination cannot take it (disk full, share gone), it waits in a folder of ours. A receipt that was
downloaded, and paid for, is thus not downloaded again.
"""

import hashlib
import os
import sqlite3
import uuid
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from separador.capacidades.ecac.dominio.raiz import Bases
from separador.configuracao import Configuracao
from separador.nucleo.capacidade import PastaDaSecao
from separador.nucleo.nome_de_arquivo import numerar
from separador.pastas import faixas
from separador.pastas.disco import (
    PROPRIA,
    lstat_ou_nada,
    mover_sem_sobrepor,
    resumo_sha256,
    sincronizar_pasta,
)
from separador.pastas.erros import FalhaDePasta, SemResposta, traduzindo
from separador.pastas.gravacao import GRAVAR, MODO, apagar
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import canto_nosso

CANTO = "comprovantes"
_ANTERIOR = "recibos"


def da_secao(config: Configuracao) -> list[PastaDaSecao]:
    """Returns the folder that the section `ecac` names."""
    if config.ecac is None:
        return []
    return [PastaDaSecao(config.ecac.destino, "comprovantes", "e-CAC", criada_no_init=True)]


@dataclass(frozen=True, slots=True)
class Lugar:
    """The destination of receipts, the folder of ours where they wait for it, and the installation that we are."""

    raiz: Path
    reserva: Path
    instalacao: str

    def canto(self) -> Path:
        """Returns the folder where receipts of this destination are staged. Raises FalhaDePasta when the destination is
        gone, or is not ours."""
        return canto_nosso(self.raiz, self.instalacao) / CANTO

    @property
    def anterior(self) -> Path:
        """Returns the folder where a former version staged them."""
        return self.raiz / PROPRIA / _ANTERIOR


def encenar(lugar: Lugar, pdf: bytes) -> str:
    """Makes the bytes durable, in the destination or else in the folder where receipts wait. Returns their SHA-256
    (hex). Raises FalhaDePasta when neither takes them."""
    resumo = hashlib.sha256(pdf).hexdigest()
    try:
        faixas.fazer(lugar.raiz, _no_canto, lugar, resumo, pdf)
    except FalhaDePasta:
        _guardar(lugar.reserva, resumo, pdf)
    return resumo


def _no_canto(lugar: Lugar, resumo: str, pdf: bytes) -> None:
    _guardar(lugar.canto(), resumo, pdf)


def _guardar(pasta: Path, resumo: str, pdf: bytes) -> None:
    """Writes the file whole or not at all, under the content's name. A file of that name with that content is
    enough."""
    with traduzindo(pasta):
        _criar(pasta)
        final = _nome(pasta, resumo)
        if lstat_ou_nada(final) is not None and resumo_sha256(final).hex() == resumo:
            return
        provisorio = _nome(pasta, f"{resumo}.{uuid.uuid4().hex}")
        try:
            _escrever(provisorio, pdf)
            os.replace(provisorio, final)
        except OSError:
            apagar(provisorio)
            raise
    sincronizar_pasta(pasta)
    sincronizar_pasta(pasta.parent)


def _escrever(caminho: bytes, dados: bytes) -> None:
    fd = os.open(caminho, GRAVAR, MODO)
    try:
        resto = memoryview(dados)
        while resto:
            resto = resto[os.write(fd, resto) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def por_no_lugar(lugar: Lugar, resumo: str, caminho: str) -> bool:
    """Makes a staged receipt visible as `<raiz>/<caminho>`. Returns False when the name belongs to other content.

    Done again after a crash it ends the same: a staged file that is gone was put there, even when somebody has taken it
    since. Raises FalhaDePasta; the caller tries again later.
    """
    raiz, canto = lugar.raiz, lugar.canto()
    final = raiz / PurePosixPath(caminho)
    with traduzindo(raiz):
        _criar(canto)
        encenado = _nome(canto, resumo)
        if lstat_ou_nada(encenado) is None:
            _trazer(lugar, canto, resumo)
        _pastas(raiz, final.parent)
        para = abertos.em(final.parent, os.fsencode(final.name), raiz)
        try:
            mover_sem_sobrepor(encenado, para)
        except FileNotFoundError:
            lugar.canto()  # the absence proves the move only while the corner is ours
        except FileExistsError:
            if resumo_sha256(para).hex() != resumo:
                return False
            apagar(encenado)
    sincronizar_pasta(final.parent)
    _limpar(canto, resumo)
    sincronizar_pasta(canto)
    with suppress(FileNotFoundError):
        apagar(_nome(lugar.reserva, resumo))
    return True


def _limpar(pasta: Path, resumo: str) -> None:
    """Removes what a death in the middle of writing this very receipt left behind."""
    with traduzindo(pasta):
        aqui = abertos.abrir(pasta)
        for resto in os.listdir(aqui.base):
            if resto.startswith(f"{resumo}.".encode()):
                apagar(aqui.base + resto)


def _nome(pasta: Path, resumo: str) -> bytes:
    return abertos.em(pasta, resumo.encode())


def _criar(pasta: Path) -> None:
    with suppress(FileExistsError):
        os.mkdir(abertos.em(pasta.parent, os.fsencode(pasta.name)), 0o750)


def _trazer(lugar: Lugar, canto: Path, resumo: str) -> None:
    """Brings the receipt from our own folder, where it waited for the destination, or from where a former version
    staged it."""
    with traduzindo(lugar.raiz), suppress(FileNotFoundError):
        os.rename(_nome(lugar.anterior, resumo), _nome(canto, resumo))
        return
    with traduzindo(lugar.reserva):
        try:
            with open(_nome(lugar.reserva, resumo), "rb") as aberto:
                pdf = aberto.read()
        except FileNotFoundError:
            return
    _guardar(canto, resumo, pdf)


def _pastas(raiz: Path, pasta: Path) -> None:
    """Makes the folders down to `pasta`, each name durable."""
    for p in reversed([p for p in (pasta, *pasta.parents) if p.is_relative_to(raiz) and p != raiz]):
        try:
            abertos.abrir(p, raiz)
        except FileNotFoundError:
            with suppress(FileExistsError):
                os.mkdir(abertos.em(p.parent, os.fsencode(p.name), raiz), 0o750)
            sincronizar_pasta(p.parent)


def varrer(canto_: Path, esperados: Collection[str]) -> None:
    """Removes what was staged there and is not expected. A file that resists stays: nobody else sees it."""
    with suppress(SemResposta):
        faixas.fazer(canto_, _varrer, canto_, esperados)


def _varrer(canto_: Path, esperados: Collection[str]) -> None:
    with suppress(OSError, FalhaDePasta):
        aqui = abertos.abrir(canto_)
        with os.scandir(aqui.caminho) as entradas:
            for entrada in entradas:
                if entrada.is_file(follow_symlinks=False) and entrada.name not in esperados:
                    apagar(os.fsencode(entrada.path))


def outro_caminho(caminho: str, n: int) -> str:
    """Returns the n-th choice of a name: `DARF-….pdf`, `DARF-…~2.pdf`."""
    puro = PurePosixPath(caminho)
    return str(puro.with_name(os.fsdecode(numerar(os.fsencode(puro.name), n))))


def ler(raiz: Path, caminho: str) -> bytes | None:
    """Returns the content of a filed receipt; None when it is not there. No link is followed. Raises FalhaDePasta."""
    arquivo = raiz / PurePosixPath(caminho)
    with traduzindo(raiz):
        try:
            nome = abertos.em(arquivo.parent, os.fsencode(arquivo.name), raiz)
            fd = os.open(nome, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with open(fd, "rb") as aberto:
            return aberto.read()


def arquivados(c: sqlite3.Connection, config: Configuracao) -> Iterator[tuple[Path, str]]:
    """Yields the root and the path below it of each filed receipt that stands outside of the data folder."""
    bases, ultimo = Bases(config.dados, config.raiz), 0
    while linhas := c.execute(_ARQUIVADOS, (ultimo,)).fetchall():
        ultimo = linhas[-1]["id"]
        for linha in linhas:
            raiz = bases.achada(linha["raiz"])
            if not raiz.is_relative_to(config.dados):
                yield raiz, str(linha["caminho"])


_ARQUIVADOS = (
    "SELECT id, raiz, caminho FROM ecac_comprovante WHERE id > ? AND estado = 'arquivado' ORDER BY id LIMIT 1000"
)
