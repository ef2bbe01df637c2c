"""Reads and writes the file of a session opened by `separador entrar`.

The file is in the home of one operating-system account and has mode 0600. It holds only the token. The database holds
the user and the end of the session, so that a session can be ended there.
"""

import hashlib
import os
import pwd
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

_LIMITE = 200


class SessaoInseguraError(Exception):
    """The file could have been read or put there by somebody else. The text is for the operator."""


def caminho(dados: Path, ambiente: Mapping[str, str]) -> Path:
    """Returns the path of the session for an installation.

    There is one per data folder, in the state folder of the account.
    """
    base = ambiente.get("XDG_STATE_HOME")
    raiz = Path(base) if base and base.startswith("/") else _contexto() / ".local" / "state"
    qual = hashlib.sha256(os.fsencode(dados.absolute())).hexdigest()[:16]
    return raiz / "separador" / f"sessao-{qual}"


def _contexto() -> Path:
    """Returns the account's own home. It does not use $HOME: behind sudo that may be another's."""
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:  # a container's user without a name
        return Path("/nonexistent")


def gravar(arquivo: Path, ficha: str) -> None:
    """Writes the token, readable only by this account. Raises OSError."""
    arquivo.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    novo = arquivo.with_name(f".{arquivo.name}.nova")
    novo.unlink(missing_ok=True)
    fd = os.open(novo, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as aberto:
        aberto.write(ficha + "\n")
    novo.replace(arquivo)


def ler(arquivo: Path) -> str | None:
    """Returns the token; None when there is none. Raises SessaoInseguraError, OSError."""
    try:
        fd = os.open(arquivo, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, "rb") as aberto:
        visto = os.fstat(fd)
        if not stat.S_ISREG(visto.st_mode) or visto.st_uid != os.geteuid() or stat.S_IMODE(visto.st_mode) & 0o077:
            raise SessaoInseguraError(
                f"O arquivo de sessão {arquivo} não é só seu (dono ou permissões); apague-o e entre de novo."
            )
        return aberto.read(_LIMITE).decode("ascii", "replace").strip() or None


def apagar(arquivo: Path) -> None:
    """Deletes the session. It is no error when there is none."""
    arquivo.unlink(missing_ok=True)


def nova_ficha(sortear: Callable[[int], bytes] = os.urandom) -> str:
    """Returns a new token of a session: 256 bits in hexadecimal."""
    return sortear(32).hex()


def resumo_da_ficha(ficha: str) -> str:
    """Returns what the database keeps of a session's token.

    A plain hash tells nothing of so many random bits.
    """
    return hashlib.sha256(b"separador/sessao/1\0" + ficha.encode()).hexdigest()
