"""Gives service and commands the configured mail server. Its password is fetched when it is used."""

from collections.abc import Mapping

from separador.configuracao import Configuracao, Tls
from separador.configuracao.senha import ler_senha
from separador.correio.envio import Servidor


def servidor_de(config: Configuracao, ambiente: Mapping[str, str]) -> Servidor | None:
    """Returns the server, or None when no `smtp` is configured. Raises configuracao.senha.SenhaAusenteError."""
    smtp = config.smtp
    if smtp is None:
        return None
    senha = ler_senha(smtp.senha, ambiente)
    return Servidor(smtp.servidor, smtp.porta, smtp.de, smtp.tls is Tls.DIRETO, smtp.usuario, senha)
