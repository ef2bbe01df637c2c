"""Knows, for each folder, the corner in which this installation works: staged files, claims, probes.

A staged file is named by its path from the folder in which it is to become visible: `.separador/<corner>/<name>`, or
`../.separador/<corner>/<name>` for a folder by month, which has no corner of its own. So each record says by itself in
which epoch the file was staged. A name without a slash is one of the former form: it lies in `.separador/` itself.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from separador.pastas.disco import PROPRIA
from separador.pastas.erros import CaminhoInseguro, CantoAlheio, CantoTrocado, PastaSumiu, PerdiAPasta, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.lugar.abertos import Onde
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import TRABALHO, Marca, de_outra, ler_marca

_ACIMA = b"../"


@dataclass(slots=True)
class Cantos:
    """The corners known to be ours. They are noted when a folder is looked at, and forgotten when it is not well."""

    quem: Quem
    agora: Callable[[], datetime] | None = None
    """The clock, for the sentinels of the former form that are adopted. None: none is adopted."""
    _cantos: dict[Path, str] = field(default_factory=dict)
    _sinais: dict[Path, datetime] = field(default_factory=dict)

    def anotar(self, pasta: Path, marca: Marca) -> None:
        """Notes that this sentinel of ours stands in the folder."""
        self._cantos[pasta] = marca.canto

    def esquecer(self, pasta: Path) -> None:
        """Notes that the folder is not known to be ours."""
        self._cantos.pop(pasta, None)

    def nome(self, pasta: Path) -> str | None:
        """Returns the name of our corner in the folder; None while it is not known to be ours."""
        return self._cantos.get(pasta)

    def conhecidos(self) -> list[tuple[Path, str]]:
        """Returns every folder that is ours, with the name of our corner."""
        return list(self._cantos.items())

    def deu_sinal(self, pasta: Path, quando: datetime) -> None:
        """Notes that a sign of life was written in the folder."""
        self._sinais[pasta] = quando

    def calados(self, agora: datetime, intervalo_s: float) -> list[tuple[Path, str]]:
        """Returns every folder that is ours and got no sign of life for so long, with the name of our corner."""
        return [
            (pasta, canto)
            for pasta, canto in self.conhecidos()  # a list: an overdue check that ends in its lane changes ours
            if (dado := self._sinais.get(pasta)) is None or not 0 <= (agora - dado).total_seconds() < intervalo_s
        ]

    def prefixo(self, pasta: Path) -> bytes:
        """Returns the beginning of the name of a file staged for this folder. A folder that is not known, and whose
        parent is not either, gets a corner that nobody has: what is staged there fails."""
        canto = self._descoberto(pasta)
        if canto is not None:
            return f"{PROPRIA}/{canto}/".encode()
        acima = self._descoberto(pasta.parent)
        if acima is not None:
            return _ACIMA + f"{PROPRIA}/{acima}/".encode()
        return self.de_ninguem()

    def de_ninguem(self) -> bytes:
        """Returns the beginning of a name in a corner that nobody has: what is staged there fails."""
        return f"{PROPRIA}/{self.quem.instalacao}-0/".encode()

    def _descoberto(self, pasta: Path) -> str | None:
        """Returns our corner in a folder, by its sentinel when the folder was not looked at yet."""
        if pasta not in self._cantos:
            try:
                marca = ler_marca(pasta)
            except (OSError, CantoAlheio, CantoTrocado, CaminhoInseguro):
                return None
            if marca is None or marca.instalacao != self.quem.instalacao:
                return None
            self._cantos[pasta] = marca.canto
        return self._cantos[pasta]

    def trabalho(self, pasta: Path) -> Path | None:
        """Returns the folder of our claims in an origin; None while the origin is not known to be ours."""
        canto = self._cantos.get(pasta)
        return pasta / PROPRIA / canto / TRABALHO if canto is not None else None


def canto_nosso(pasta: Path, instalacao: str) -> Path:
    """Returns our corner in a folder, by its sentinel. Raises `PastaSumiu`, `PastaDeOutra` or `PerdiAPasta`."""
    with traduzindo(pasta):
        marca = ler_marca(pasta)
    if marca is None:
        raise PastaSumiu(pasta, detalhe="a marca da pasta não está lá")
    if marca.de_outra(instalacao):
        raise de_outra(pasta, marca)
    canto = pasta / PROPRIA / marca.canto
    with traduzindo(pasta):
        if not marca.instalacao or not abertos.existe(canto):
            raise PerdiAPasta(pasta)
    return canto


def provisorio_em(pasta: Path, provisorio: bytes) -> Onde:
    """Returns the path of a staged file in our corner, open and checked. Raises as `abertos.abrir`: FileNotFoundError
    when there is no such corner."""
    return abertos.em(lugar_do_provisorio(pasta, provisorio), provisorio.rpartition(b"/")[2])


def nome_em(pasta: Path, provisorio: bytes, nome: bytes) -> Onde:
    """Returns the path of the name under which a staged file becomes visible. Raises as `abertos.abrir`."""
    return abertos.em(pasta, nome, dona(pasta, provisorio))


def caminho_provisorio(pasta: Path, provisorio: bytes) -> bytes:
    """Returns the path of a staged file of this folder, by names: to compare, not to work with."""
    if b"/" in provisorio:
        return b"%b/%b" % (os.fsencode(pasta), provisorio)
    return b"%b/%b/%b" % (os.fsencode(pasta), PROPRIA.encode(), provisorio)


def lugar_do_provisorio(pasta: Path, provisorio: bytes) -> Path:
    """Returns the folder in which a staged file lies."""
    canto, _, _ = provisorio.removeprefix(_ACIMA).rpartition(b"/")
    return dona(pasta, provisorio) / (os.fsdecode(canto) or PROPRIA)


def dona(pasta: Path, provisorio: bytes) -> Path:
    """Returns the folder whose sentinel says whose the staged file is."""
    return pasta.parent if provisorio.startswith(_ACIMA) else pasta


def exigir_posse(pasta: Path, provisorio: bytes) -> None:
    """Raises unless the folder is still owned as it was when the file was staged. Call it before an absence is
    believed: a file that somebody else took out of our corner was not published.

    A sentinel of a later epoch is written before a file is taken out of the corner of an earlier one. So the order
    "absent, then sentinel" proves the publication. Raises `PastaSumiu`, `PastaDeOutra` or `PerdiAPasta`.
    """
    exigir_canto(dona(pasta, provisorio), canto_de(provisorio))


def exigir_canto(raiz: Path, canto: str) -> None:
    """Raises unless a folder is owned by this corner, and the corner is there. Empty: only the sentinel must be there.

    Raises `PastaSumiu`, `PastaDeOutra` or `PerdiAPasta`.
    """
    with traduzindo(raiz):
        marca = ler_marca(raiz)
    if marca is None:
        raise PastaSumiu(raiz, detalhe="a marca da pasta não está lá")
    if not canto:
        return
    if marca.canto != canto:
        raise de_outra(raiz, marca) if marca.de_outra(canto.rpartition("-")[0]) else PerdiAPasta(raiz)
    with traduzindo(raiz):
        if not abertos.existe(raiz / PROPRIA / canto):
            raise PerdiAPasta(raiz)


def canto_de(provisorio: bytes) -> str:
    """Returns the name of the corner in which a staged file lies; empty for one of the former form."""
    partes = provisorio.split(b"/")
    return os.fsdecode(partes[-2]) if len(partes) > 1 else ""


def no_canto(provisorio: bytes, canto: str) -> bytes:
    """Returns the name of a staged file as it is in another corner of the same folder."""
    acima = _ACIMA if provisorio.startswith(_ACIMA) else b""
    return acima + f"{PROPRIA}/{canto}/".encode() + provisorio.rpartition(b"/")[2]


def origem_do_trabalho(trabalho: Path) -> Path | None:
    """Returns the origin of a work folder in a corner; None for one where a former version kept its claims."""
    propria = trabalho.parent.parent
    return propria.parent if propria.name == PROPRIA else None
