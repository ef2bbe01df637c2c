"""Sends a message by e-mail or webhook. The certificate of TLS is always verified. Nothing is logged here."""

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from separador.correio.servidor import CorreioError, Servidor
from separador.nucleo.texto.razao import razao

PRAZO_S = 20.0


def enviar_email(
    servidor: Servidor,
    para: Sequence[str],
    assunto: str,
    texto: str,
    *,
    agora: datetime,
    contexto: ssl.SSLContext | None = None,
) -> None:
    """Sends one plain-text message. `contexto`: for a company's own authority. Raises CorreioError."""
    mensagem = EmailMessage()
    mensagem["From"], mensagem["To"], mensagem["Subject"] = servidor.de, ", ".join(para), assunto
    mensagem["Date"], mensagem["Message-ID"] = format_datetime(agora), make_msgid(domain="separador.invalid")
    mensagem.set_content(texto)
    try:
        with _conectar(servidor, contexto or ssl.create_default_context()) as conexao:
            if servidor.usuario is not None and servidor.senha is not None:
                conexao.login(servidor.usuario, servidor.senha.decode())
            conexao.send_message(mensagem)
    except smtplib.SMTPAuthenticationError as erro:
        raise CorreioError(f"o servidor de e-mail recusou o usuário ou a senha ({erro.smtp_code})") from None
    except smtplib.SMTPNotSupportedError:
        raise CorreioError("o servidor de e-mail não oferece STARTTLS; sem cifra nada é enviado") from None
    except ssl.SSLCertVerificationError as erro:
        raise CorreioError(f"o certificado do servidor de e-mail não confere: {razao(erro)}") from None
    except smtplib.SMTPException as erro:
        codigo = getattr(erro, "smtp_code", None)
        dito = "recusou a mensagem" + (f" (código {codigo})" if codigo else "")
        dito = "fechou a conexão" if isinstance(erro, smtplib.SMTPServerDisconnected) else dito
        raise CorreioError(f"o servidor de e-mail {dito}") from None
    except OSError as erro:
        raise CorreioError(f"não consegui falar com o servidor de e-mail {servidor.nome}: {_motivo(erro)}") from None


def _conectar(servidor: Servidor, contexto: ssl.SSLContext) -> smtplib.SMTP:
    if servidor.direto:
        return smtplib.SMTP_SSL(servidor.nome, servidor.porta, timeout=PRAZO_S, context=contexto)
    conexao = smtplib.SMTP(servidor.nome, servidor.porta, timeout=PRAZO_S)
    try:
        conexao.starttls(context=contexto)
    except BaseException:
        conexao.close()
        raise
    return conexao


def _motivo(erro: BaseException | str) -> str:
    return "o endereço não serve" if isinstance(erro, str) else razao(erro)


class _SemDesvio(urllib.request.HTTPRedirectHandler):
    """Refuses every redirect: it could lead to a plain address, or to another machine."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def chamar_webhook(url: str, corpo: dict[str, object], *, contexto: ssl.SSLContext | None = None) -> None:
    """Sends the JSON by POST; any 2xx is success. Raises CorreioError.

    The URL is in no message: its path is often the password.
    """
    pedido = urllib.request.Request(  # noqa: S310 - the configuration admits only https, or http to this machine
        url,
        data=json.dumps(corpo, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "separador"},
        method="POST",
    )
    https = urllib.request.HTTPSHandler(context=contexto or ssl.create_default_context())
    abridor = urllib.request.build_opener(https, _SemDesvio)
    try:
        with abridor.open(pedido, timeout=PRAZO_S) as resposta:
            resposta.read(1024)
    except urllib.error.HTTPError as erro:
        codigo = erro.code
        erro.close()
        raise CorreioError(f"o webhook respondeu {codigo}") from None
    except urllib.error.URLError as erro:
        raise CorreioError(f"não consegui chamar o webhook: {_motivo(erro.reason)}") from None
    except OSError as erro:
        raise CorreioError(f"não consegui chamar o webhook: {_motivo(erro)}") from None
