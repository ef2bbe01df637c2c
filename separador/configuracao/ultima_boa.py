"""Keeps the last configuration that the service took up, so that a mistake in the file does not blind the operator.

The copy stands in the data folder, and names the file that it is a copy of. Where the data folder is stands in the
very file that cannot be read. So it is looked for where the broken text still says, where the shipped file has it, and
at the running services of this account.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from separador.configuracao.carregamento import interpretar
from separador.configuracao.tipos import Conferida, Configuracao, ErroConfig
from separador.configuracao.yaml_seguro import ler_bytes

ARQUIVO = "configuracao-boa.yaml"
_CABECA = b"# separador: copia da configuracao em uso, de "
_CHAVE = re.compile(r"^(raiz|dados)[ \t]*:[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^#\n]*))", re.MULTILINE)
_LEITURA_MAXIMA = 1024 * 1024
TRAVA = ".trava"


def guardar(configuracao: Configuracao, dados: Path) -> bool:
    """Writes the copy of the file as it is now. Returns False when the file is not good (any more), or on an error.

    A mistake made between the reading and this copy is never kept.
    """
    conteudo = ler_bytes(configuracao.arquivo)
    if isinstance(conteudo, ErroConfig) or not isinstance(interpretar(conteudo, configuracao.arquivo), Conferida):
        return False
    novo = dados / f".{ARQUIVO}.novo"
    try:
        with contextlib.suppress(FileNotFoundError):
            novo.unlink()
        fd = os.open(novo, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        with open(fd, "wb") as aberto:
            aberto.write(_cabeca(configuracao.arquivo) + conteudo.removeprefix(b"\xef\xbb\xbf"))
            aberto.flush()
            os.fsync(aberto.fileno())
        novo.replace(dados / ARQUIVO)
    except OSError:
        return False
    return True


def _cabeca(arquivo: Path) -> bytes:
    return _CABECA + os.fsencode(os.path.abspath(arquivo)).replace(b"\n", b"?") + b"\n"


def ler(arquivo: Path, dados: Path) -> Configuracao | None:
    """Returns the configuration kept in a data folder, when it is the copy of this file; else None."""
    conteudo = ler_bytes(dados / ARQUIVO)
    if isinstance(conteudo, ErroConfig):
        return None
    cabeca, _, resto = conteudo.partition(b"\n")
    if cabeca + b"\n" != _cabeca(arquivo):
        return None
    lida = interpretar(resto, arquivo)
    # The service goes on with its data folder, whatever the file said last.
    return replace(lida.configuracao, dados=dados) if isinstance(lida, Conferida) else None


def procurar(arquivo: Path, *, processos: Path = Path("/proc")) -> Iterator[Configuracao]:
    """Yields the configurations kept of this file, the likeliest place first."""
    vistos: set[Path] = set()
    for dados in (*_lugares(arquivo), *_dos_servicos(processos)):
        if dados not in vistos:
            vistos.add(dados)
            achada = ler(arquivo, dados)
            if achada is not None:
                yield achada


def _lugares(arquivo: Path) -> Iterator[Path]:
    """Yields the data folders that the text names, and the usual ones."""
    try:
        with arquivo.open("rb") as aberto:
            texto = aberto.read(_LEITURA_MAXIMA).decode("utf-8", "replace")
    except OSError:
        texto = ""
    ditos = [(m[1], next(g for g in m.groups()[1:] if g is not None).strip()) for m in _CHAVE.finditer(texto)]
    base = Path(os.path.abspath(arquivo)).parent
    raizes = [*(v for chave, v in ditos if chave == "raiz" and v), ".", "..", "/var/lib/separador"]
    nomes = [*(v for chave, v in ditos if chave == "dados" and v), "var"]
    for raiz in raizes:
        for nome in nomes:
            if "\0" not in raiz + nome:
                yield Path(os.path.abspath(base / raiz / nome))


def _dos_servicos(processos: Path) -> Iterator[Path]:
    """Yields the folders of the locks that processes of this account hold: no service runs without one.

    The configuration does not name these, so another account's are not believed: it could be made to look like ours.
    """
    for processo in processos.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if processo.stat().st_uid != os.geteuid():
                continue
            for fd in os.listdir(processo / "fd"):
                alvo = os.readlink(processo / "fd" / fd)
                if os.path.basename(alvo) == TRAVA and os.stat(os.path.dirname(alvo)).st_uid == os.geteuid():
                    yield Path(alvo).parent
