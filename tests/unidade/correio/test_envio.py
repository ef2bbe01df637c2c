"""Tests that e-mail and webhook go out only over verified TLS."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from separador.correio.envio import CorreioError, Servidor, chamar_webhook, enviar_email

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class _Receptor(BaseHTTPRequestHandler):
    recebidos: ClassVar[list[bytes]] = []
    codigo: ClassVar[int] = 204

    def do_POST(self) -> None:
        self.recebidos.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.codigo)
        if self.codigo == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receptor() -> Iterator[str]:
    _Receptor.recebidos.clear()
    _Receptor.codigo = 204
    servidor = HTTPServer(("127.0.0.1", 0), _Receptor)
    linha = threading.Thread(target=servidor.serve_forever, args=(0.01,))
    linha.start()
    yield f"http://127.0.0.1:{servidor.server_port}/segredo-da-url"
    servidor.shutdown()
    linha.join()
    servidor.server_close()


@pytest.mark.requisito("CERT-03")
def test_webhook_entrega_json(receptor: str) -> None:
    chamar_webhook(receptor, {"mensagem": "vence amanhã"})
    assert _Receptor.recebidos == ['{"mensagem": "vence amanhã"}'.encode()]


@pytest.mark.parametrize("codigo", [302, 404, 500])
def test_webhook_que_recusa_ou_desvia_e_erro_sem_a_url(receptor: str, codigo: int) -> None:
    _Receptor.codigo = codigo
    with pytest.raises(CorreioError, match=str(codigo)) as erro:
        chamar_webhook(receptor, {})
    assert "segredo-da-url" not in str(erro.value)


def test_webhook_ausente() -> None:
    with pytest.raises(CorreioError, match="não consegui"):
        chamar_webhook("http://127.0.0.1:1/segredo-da-url", {})


def _smtp_sem_tls(ouvinte: socket.socket, ditas: list[bytes]) -> None:
    conexao, _ = ouvinte.accept()
    with conexao, conexao.makefile("rwb", buffering=0) as fio:
        fio.write(b"220 teste\r\n")
        while linha := fio.readline():
            ditas.append(linha)
            fio.write(b"250 teste\r\n" if linha[:4].upper() == b"EHLO" else b"502 nao\r\n")


@pytest.mark.requisito("CERT-03", "CERT-06")
def test_sem_starttls_nada_e_enviado() -> None:
    ditas: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as ouvinte:
        linha = threading.Thread(target=_smtp_sem_tls, args=(ouvinte, ditas))
        linha.start()
        servidor = Servidor("127.0.0.1", ouvinte.getsockname()[1], "a@b.invalid", usuario="u", senha=b"senha-smtp")
        with pytest.raises(CorreioError, match="STARTTLS"):
            enviar_email(servidor, ["c@d.invalid"], "assunto", "texto", agora=AGORA)
        linha.join()
    assert b"senha-smtp" not in b"".join(ditas)
    assert not any(d.upper().startswith((b"AUTH", b"MAIL", b"DATA")) for d in ditas)
    assert "senha-smtp" not in repr(servidor)


def _tls(ouvinte: socket.socket, contexto: ssl.SSLContext, erros: list[str]) -> None:
    conexao, _ = ouvinte.accept()
    with conexao:
        try:
            contexto.wrap_socket(conexao, server_side=True).close()
        except (ssl.SSLError, OSError) as erro:
            erros.append(type(erro).__name__)


@pytest.mark.requisito("CERT-03")
def test_certificado_que_nao_confere_nao_recebe_nada(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from tests.apoio.autoridade import emitir

    e = emitir()
    pem = tmp_path / "s.pem"
    chave = e.chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(chave + e.certificado.public_bytes(Encoding.PEM))
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(pem)
    erros: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as ouvinte:
        linha = threading.Thread(target=_tls, args=(ouvinte, contexto, erros))
        linha.start()
        servidor = Servidor("127.0.0.1", ouvinte.getsockname()[1], "a@b.invalid", direto=True)
        with pytest.raises(CorreioError, match="não confere"):
            enviar_email(servidor, ["c@d.invalid"], "assunto", "texto", agora=AGORA)
        linha.join()
    assert erros


def test_servidor_ausente() -> None:
    with pytest.raises(CorreioError, match="não consegui falar"):
        enviar_email(Servidor("127.0.0.1", 1, "a@b.invalid"), ["c@d.invalid"], "a", "t", agora=AGORA)
