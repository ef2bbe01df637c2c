"""Finds, in a folder that is ours again, what we had in an earlier epoch, and brings it into our present corner.

Another installation took the folder over and we took it back, or our corner was made anew. What we had staged or
claimed lies then where a fence took it, or in a former corner of ours. Whose it was is told by the corner in its path.
"""

import os
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from separador.pastas.disco import PROPRIA, lstat_ou_nada, mover_sem_sobrepor, sincronizar_pasta
from separador.pastas.erros import ProvisorioExiste, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import provisorio_em
from separador.pastas.posse.cerca import PRONTA, TOMADA
from separador.pastas.posse.marca import TRABALHO, Marca, e_epoca, ler_marca
from separador.pastas.posse.plano import PREFIXO

_CANTO = re.compile(r"[0-9a-f]{1,32}-[0-9]+")


@dataclass(frozen=True, slots=True)
class Nossa:
    """A folder that is ours, with our present corner and what is ours outside of it. Each value is a folder."""

    pasta: Path
    canto: str
    encenados: dict[tuple[str, bytes], Path] = field(default_factory=dict)
    """(former corner, name) of staged files."""
    tomados: dict[tuple[str, bytes], Path] = field(default_factory=dict)
    """(lot, name) of claims."""
    antigos: set[Path] = field(default_factory=set)
    """Every folder in former corners that nobody took."""

    @property
    def trabalho(self) -> Path:
        """Returns the folder of our claims."""
        return self.pasta / PROPRIA / self.canto / TRABALHO


def assentada(outras: Collection[str], na_tomada: Collection[str] | None, *, pastas: bool) -> bool:
    """Says whether nothing more can come in by the takeover of the present epoch. `outras`: the corners of others and
    the earlier takeovers beside it. `na_tomada`: the names in its folder; None when this epoch began without one.
    `pastas`: some of these are folders."""
    if na_tomada is None or PRONTA in na_tomada:
        return True
    return not pastas and not outras


def procurar(pasta: Path, instalacao: str) -> Nossa | None:
    """Looks through `.separador`. Returns None while the folder is not ours, or its takeover is not complete.

    Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        marca = ler_marca(pasta)
        if marca is None or marca.instalacao != instalacao or not abertos.existe(pasta / PROPRIA / marca.canto):
            return None
        propria = abertos.abrir(pasta / PROPRIA).caminho
        with os.scandir(propria) as entradas:
            topos = sorted(e.name for e in entradas if e.is_dir(follow_symlinks=False) and e.name != marca.canto)
        if not _completa(pasta, marca, topos):
            return None
        nossa = Nossa(pasta, marca.canto)
        for topo in topos:
            if _de_tomada(topo) or _nosso((topo,), instalacao) is not None:
                _juntar(nossa, pasta / PROPRIA / topo, instalacao)
    return nossa


def _completa(pasta: Path, marca: Marca, topos: Collection[str]) -> bool:
    desta = f"{TOMADA}{marca.epoca}"
    outras = [n for n in topos if n != desta and (_de_tomada(n) or _CANTO.fullmatch(n) is not None)]
    if desta not in topos:
        return assentada(outras, None, pastas=False)
    with os.scandir(abertos.abrir(pasta / PROPRIA / desta).caminho) as entradas:
        nela = {e.name: e.is_dir(follow_symlinks=False) for e in entradas}
    return assentada(outras, nela, pastas=any(nela.values()))


def _de_tomada(nome: str) -> bool:
    return nome.startswith(TOMADA) and e_epoca(nome.removeprefix(TOMADA))


def _nosso(partes: tuple[str, ...], instalacao: str) -> tuple[str, tuple[str, ...]] | None:
    """Returns the corner of ours in a path below `.separador`, and the way from there."""
    for i, parte in enumerate(partes):
        dono, _, epoca = parte.rpartition("-")
        if dono == instalacao and e_epoca(epoca):
            return parte, partes[i + 1 :]
    return None


def _juntar(nossa: Nossa, topo: Path, instalacao: str) -> None:
    aberto = abertos.abrir(topo).caminho
    for raiz, _, nomes in os.walk(aberto):
        aqui = topo / Path(raiz).relative_to(aberto)
        if not _de_tomada(topo.name):
            nossa.antigos.add(aqui)
        for nome in nomes:
            achado = _nosso((*aqui.relative_to(nossa.pasta / PROPRIA).parts, nome), instalacao)
            if achado is None:
                continue
            canto, resto = achado
            if len(resto) == 1:
                nossa.encenados[canto, os.fsencode(nome)] = aqui
            elif len(resto) == 3 and resto[0] == TRABALHO:
                nossa.tomados[resto[1], os.fsencode(nome)] = aqui


def levar_tomado(nossa: Nossa, lote: str, nome: bytes) -> None:
    """Brings a claim into the present work folder. Raises `FalhaDePasta`."""
    with traduzindo(nossa.pasta):
        for acima, dentro in ((nossa.trabalho.parent, TRABALHO), (nossa.trabalho, lote)):
            with suppress(FileExistsError):
                os.mkdir(abertos.em(acima, os.fsencode(dentro)), 0o750)
        _levar(nossa, nossa.tomados[lote, nome], nossa.trabalho / lote, nome)


def firmar_tomados(nossa: Nossa, lotes: Collection[str]) -> None:
    """Makes the claims durable where they lie now. Raises `FalhaDePasta`."""
    for lote in lotes:
        sincronizar_pasta(nossa.trabalho / lote)
    sincronizar_pasta(nossa.trabalho)


def levar_encenado(nossa: Nossa, pasta: Path, canto: str, provisorio: bytes) -> bool:
    """Brings a file that was staged in the former corner `canto` to where `provisorio` says. Returns whether it is
    there now; it may be since an earlier try. Raises `FalhaDePasta`."""
    nome = provisorio.rpartition(b"/")[2]
    de = nossa.encenados.get((canto, nome))
    with traduzindo(nossa.pasta):
        if de is not None:
            _levar(nossa, de, nossa.pasta / PROPRIA / nossa.canto, nome)
        return lstat_ou_nada(provisorio_em(pasta, provisorio)) is not None


def firmar_encenados(nossa: Nossa) -> None:
    """Makes the staged files durable where they lie now. Raises `FalhaDePasta`."""
    sincronizar_pasta(nossa.pasta / PROPRIA / nossa.canto)


def limpar_antigos(nossa: Nossa, presos: Collection[bytes]) -> None:
    """Removes, of former corners that nobody took, what means nothing without its claim or its row, and what is empty.
    `presos`: names of staged files that a row still needs. Raises `FalhaDePasta`."""
    for pasta in sorted(nossa.antigos, reverse=True):
        with traduzindo(nossa.pasta), suppress(FileNotFoundError):
            no_canto = pasta.parent.name == PROPRIA
            with os.scandir(abertos.abrir(pasta).base) as entradas:
                nomes = [e.name for e in entradas if e.is_file(follow_symlinks=False)]
            for nome in nomes:
                if (no_canto and nome not in presos) or (pasta.name == TRABALHO and nome.startswith(PREFIXO.encode())):
                    os.unlink(abertos.em(pasta, nome))
            abertos.fechar(pasta)
            with suppress(OSError):  # something is still in it
                os.rmdir(abertos.em(pasta.parent, os.fsencode(pasta.name)))


def _levar(nossa: Nossa, de_onde: Path, para_onde: Path, nome: bytes) -> None:
    """Moves without covering. One that is not there was moved before, by a call that was overdue."""
    try:
        de, para = abertos.em(de_onde, nome), abertos.em(para_onde, nome)
        mover_sem_sobrepor(de, para)
    except FileNotFoundError:
        return
    except FileExistsError as erro:
        if not os.path.samestat(os.lstat(de), os.lstat(para)):
            raise ProvisorioExiste(nossa.pasta, erro, os.fsdecode(nome)) from erro
        os.unlink(de)  # a run that died between the link and the removal, where there is no rename without covering
