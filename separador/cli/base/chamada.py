"""Says for whom this process runs a command: for its own account, or for the one that asked by the service's socket.

In a helper of the service (`cli.base.soquete.atendente`) the process's own rights are the service's. Whatever depends
on who the person is asks here, and never the process.
"""

import os
import pwd
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Saido:
    """A file that the command made for the person. `novo`: it must not take the place of another."""

    dados: bytes = field(repr=False)
    modo: int = 0o644
    novo: bool = False


@dataclass(slots=True)
class Chamada:
    """A command that came by the socket: who asked, with what, and what goes back beside the text.

    `ficha`: the token of the person's session. `anexos`: files of the person's, by the name that was typed.
    """

    uid: int
    login: str
    configuracao: Path
    ficha: str | None = field(default=None, repr=False)
    anexos: dict[str, bytes] = field(default_factory=dict, repr=False)
    arquivos: dict[str, Saido] = field(default_factory=dict)
    ficha_nova: str | None = field(default=None, repr=False)


_em_curso: list[Chamada] = []


def atual() -> Chamada | None:
    """Returns the command of another account that this process runs; None in the person's own process."""
    return _em_curso[-1] if _em_curso else None


def assumir(chamada: Chamada) -> None:
    """Makes this process run a command of another account. There is no way back."""
    _em_curso.append(chamada)


def uid() -> int:
    """Returns the account of the person."""
    chamada = atual()
    return os.geteuid() if chamada is None else chamada.uid


def conta() -> str:
    """Returns `so:<login>`: the login on this machine, or behind sudo the login that called it."""
    chamada = atual()
    if chamada is not None:
        return f"so:{chamada.login}"
    if os.getuid() == 0 and os.environ.get("SUDO_USER"):
        return f"so:{os.environ['SUDO_USER']}"
    try:
        return f"so:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # a container's user without a name
        return f"so:{os.getuid()}"


def entregar(alvo: Path, dados: bytes, *, modo: int = 0o644, novo: bool = False) -> bool:
    """Sends a file to the person who asked by the socket. Returns False when the command itself must write it."""
    chamada = atual()
    if chamada is None:
        return False
    chamada.arquivos[str(alvo)] = Saido(dados, modo, novo)
    return True


def ficha(da_sessao: Path) -> str | None:
    """Returns the token of the person's session. Raises `acesso.sessao.SessaoInseguraError`, OSError."""
    from separador.acesso import sessao  # noqa: PLC0415

    chamada = atual()
    return sessao.ler(da_sessao) if chamada is None else chamada.ficha


def guardar_ficha(da_sessao: Path, nova: str) -> None:
    """Keeps the token of a new session with the person, and nowhere else. Raises OSError."""
    from separador.acesso import sessao  # noqa: PLC0415

    chamada = atual()
    if chamada is None:
        sessao.gravar(da_sessao, nova)
    else:
        chamada.ficha_nova = nova


def apagar_ficha(da_sessao: Path) -> None:
    """Forgets the token of a session that ended. At the other end of the socket the person's own process does it."""
    from separador.acesso import sessao  # noqa: PLC0415

    if atual() is None:
        sessao.apagar(da_sessao)
