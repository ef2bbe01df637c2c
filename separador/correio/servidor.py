"""Gives service and commands the configured mail server. Its password is fetched when it is used.

What talks to it (`envio`) is loaded when a message goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from separador.configuracao import Configuracao, Tls
from separador.configuracao.senha import ler_senha


@dataclass(frozen=True, slots=True)
class Servidor:
    """A mail server. `direto`: TLS from the first byte (port 465); else STARTTLS, never without."""

    nome: str
    porta: int
    de: str
    direto: bool = False
    usuario: str | None = None
    senha: bytes | None = field(default=None, repr=False)


class CorreioError(Exception):
    """The message did not go. The text says why, in Portuguese, and holds no secret."""


def servidor_de(config: Configuracao, ambiente: Mapping[str, str]) -> Servidor | None:
    """Returns the server, or None when no `smtp` is configured. Raises configuracao.senha.SenhaAusenteError."""
    smtp = config.smtp
    if smtp is None:
        return None
    senha = ler_senha(smtp.senha, ambiente)
    return Servidor(smtp.servidor, smtp.porta, smtp.de, smtp.tls is Tls.DIRETO, smtp.usuario, senha)
