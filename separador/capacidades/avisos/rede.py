"""Tells people by e-mail and by webhook. A new way is one more class here, and its name in `CANAIS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from separador.banco.conexao import texto_de
from separador.capacidades.avisos.dominio import Validade, frase
from separador.configuracao import Configuracao
from separador.correio.servidor import servidor_de

Enviar = Callable[[Validade, datetime], None]
"""Sends one message about a thing that expires. It runs in a thread, and touches neither database nor log."""


def _pelo_correio(*ditos: Any, **opcoes: Any) -> None:
    from separador.correio.envio import enviar_email  # noqa: PLC0415 -- smtplib, only to send

    enviar_email(*ditos, **opcoes)


def _pelo_webhook(*ditos: Any) -> None:
    from separador.correio.envio import chamar_webhook  # noqa: PLC0415 -- urllib, only to send

    chamar_webhook(*ditos)


class Canal(Protocol):
    """Defines one way to tell people."""

    @property
    def nome(self) -> str:
        """Returns the name under which it is remembered that the message went out."""

    def usado(self, config: Configuracao) -> bool:
        """Says whether the configuration asks for this way."""

    def preparar(self, config: Configuracao, ambiente: Mapping[str, str]) -> Enviar | None:
        """Returns what sends, None where something that it needs is not configured.

        Raises configuracao.senha.SenhaAusenteError.
        """


@dataclass(frozen=True, slots=True)
class Email:
    """Tells people through the configured mail server. `enviar` is the door to the network, for tests."""

    enviar: Callable[..., None] = _pelo_correio
    nome: str = "e-mail"

    def usado(self, config: Configuracao) -> bool:
        """Says whether somebody is to get a message."""
        return bool(config.avisos.para)

    def preparar(self, config: Configuracao, ambiente: Mapping[str, str]) -> Enviar | None:
        """Returns what sends, None without a mail server."""
        servidor = servidor_de(config, ambiente)
        if servidor is None:
            return None

        def enviar(v: Validade, agora: datetime) -> None:
            texto = frase(v, agora)
            corpo = f"{texto}\n\n{v.como_renovar}\n"
            self.enviar(servidor, config.avisos.para, f"separador: {texto}", corpo, agora=agora)

        return enviar


@dataclass(frozen=True, slots=True)
class Webhook:
    """Tells a program by a call to the configured address. `chamar` is the door to the network, for tests."""

    chamar: Callable[..., None] = _pelo_webhook
    nome: str = "webhook"

    def usado(self, config: Configuracao) -> bool:
        """Says whether there is an address."""
        return bool(config.avisos.webhook)

    def preparar(self, config: Configuracao, ambiente: Mapping[str, str]) -> Enviar:  # noqa: ARG002 -- the protocol's
        """Returns what calls."""

        def enviar(v: Validade, agora: datetime) -> None:
            corpo: dict[str, object] = {
                "tipo": "validade",
                "assunto": v.assunto,
                "mensagem": frase(v, agora),
                "o_que_fazer": v.como_renovar,
                "vence_em": texto_de(v.ate),
                "dias": (v.ate - agora).days,
            }
            self.chamar(config.avisos.webhook, corpo)

        return enviar


CANAIS: tuple[Canal, ...] = (Email(), Webhook())
