"""Finds the configuration file, and shows whether it changed since it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIAVEL = "SEPARADOR_CONFIG"
LOCAL = Path("config/separador.yaml")
DO_SISTEMA = Path("/etc/separador/separador.yaml")


def localizar(opcao: Path | None, ambiente: Mapping[str, str], *, do_sistema: Path = DO_SISTEMA) -> Path:
    """Returns `--config`, else SEPARADOR_CONFIG, else `config/separador.yaml` here, else the system's file.

    The file may not exist: when a name was given, no other file silently takes its place.
    When none exists the answer is the local name, which `init` would create.
    """
    if opcao is not None:
        return opcao
    if ambiente.get(VARIAVEL):
        return Path(ambiente[VARIAVEL])
    return do_sistema if not _existe(LOCAL) and _existe(do_sistema) else LOCAL


def _existe(arquivo: Path) -> bool:
    """Says whether the file is there. In a folder that this account may not look into, it is taken to be."""
    try:
        return arquivo.exists()
    except PermissionError:
        return True


@dataclass(frozen=True, slots=True)
class Assinatura:
    """The facts of the file by `stat`. Any edit changes them, most of all an atomic replacement (another inode)."""

    inode: int
    tamanho: int
    mtime_ns: int
    ctime_ns: int


def assinatura(arquivo: Path) -> Assinatura | None:
    """Returns the signature of the file as it is now.

    Returns None when the file is not there or cannot be looked at; that is not yet a reason to do anything.
    """
    try:
        visto = arquivo.stat()
    except OSError:
        return None
    return Assinatura(visto.st_ino, visto.st_size, visto.st_mtime_ns, visto.st_ctime_ns)
