"""Says which commands may be given by the service's socket, and what the person's own process asks before.

The rights are those that the capabilities name: to read, and to operate. No command of an administrator goes through,
whoever asks: the administrator has the machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from separador.acesso.dominio import Direito
from separador.cli.base.arquivos import ArquivoDeEntrada, ArquivoDeSaida

SESSOES = ("entrar", "sair", "usuario definir-senha", "usuario trocar-senha")
"""Commands of the person about himself. They touch the installation, and ask for a password or a code themselves."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Antes:
    """Holds what the person's own process adds to a request, because only it has a terminal.

    `argumentos` go behind those that were typed. `entrada` is what the command finds on its standard input.
    """

    argumentos: tuple[str, ...] = ()
    entrada: str = ""


def antes(perguntar: Callable[[dict[str, Any]], Antes]) -> Callable[[F], F]:
    """Names the function that gets the command's parameters before the request is sent. Put it below the options."""

    def marcar(funcao: F) -> F:
        funcao.antes_do_soquete = perguntar  # type: ignore[attr-defined]
        return funcao

    return marcar


def passa(caminho: str, direito: Direito) -> bool:
    """Says whether a right is one of those that go through the socket."""
    return direito in (Direito.LER, Direito.OPERAR) or caminho in SESSOES


def recusa(comando: click.Command, caminho: str, direito: Direito) -> str | None:
    """Returns why a command may not be given by the socket (Portuguese); None when it may."""
    if not passa(caminho, direito):
        return f"O comando {caminho} é do administrador: dê-o com sudo, nesta máquina. Nada foi mudado."
    if any(_de_outro_caminho(p.type) for p in comando.params):
        return f"O comando {caminho} abre arquivos desta máquina: dê-o com sudo, nela. Nada foi mudado."
    return None


def _de_outro_caminho(tipo: object) -> bool:
    return isinstance(tipo, click.Path | click.File) and not isinstance(tipo, ArquivoDeEntrada | ArquivoDeSaida)
