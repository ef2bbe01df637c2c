"""Runs a TLS server on loopback. The test writes its behaviour, good or bad, as one function per connection."""

import contextlib
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.apoio.autoridade import AGORA, chave_ec, intermediaria, raiz

Comportamento = Callable[["Conexao"], None]


def identidade(pasta: Path, *nomes: str, vencida: bool = False) -> tuple[Path, Path]:
    """Writes a certificate with key and its authority as PEM files, for the given names and the loopback address.
    Returns both paths."""
    chave = chave_ec()
    nome = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SEFAZ FICTICIA")])
    alternativos = [*map(x509.DNSName, nomes)]
    enderecos = [] if nomes else [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    feito = (
        x509.CertificateBuilder()
        .subject_name(nome)
        .issuer_name(nome)
        .public_key(chave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AGORA - timedelta(days=4000))
        .not_valid_after(AGORA - timedelta(days=2000) if vencida else AGORA + timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([*alternativos, *enderecos]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(chave, hashes.SHA256())
    )
    pem = feito.public_bytes(Encoding.PEM)
    servidor, ca = pasta / "servidor.pem", pasta / "ca.pem"
    servidor.write_bytes(chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
    ca.write_bytes(pem)
    return servidor, ca


class Conexao:
    """One accepted connection. `cru` is the TCP socket. `tls()` does the handshake, when the test says so."""

    def __init__(self, cru: socket.socket, contexto: ssl.SSLContext, servidor: "Servidor") -> None:
        self.cru = cru
        self.servidor = servidor
        self._contexto = contexto
        self.seguro: ssl.SSLSocket | None = None
        self._guardado = b""

    def tls(self) -> ssl.SSLSocket:
        """Does the handshake as the server."""
        if self.seguro is None:
            self.seguro = self._contexto.wrap_socket(self.cru, server_side=True)
        return self.seguro

    def requisicao(self) -> bytes:
        """Returns the body of one whole request, and notes it in the server. Empty: the client went away."""
        seguro = self.tls()
        dados = self._guardado
        while b"\r\n\r\n" not in dados:
            pedaco = seguro.recv(65536)
            if not pedaco:
                return b""
            dados += pedaco
        cabecalhos, corpo = dados.split(b"\r\n\r\n", 1)
        tamanho = next(
            int(linha.split(b":")[1])
            for linha in cabecalhos.split(b"\r\n")
            if linha.lower().startswith(b"content-length")
        )
        while len(corpo) < tamanho:
            corpo += seguro.recv(65536)
        self._guardado = corpo[tamanho:]
        self.servidor.cabecalhos.append(cabecalhos)
        self.servidor.corpos.append(corpo[:tamanho])
        return corpo[:tamanho]

    def responder(self, corpo: bytes, http: str = "200 OK", *extras: str) -> None:
        """Sends a whole HTTP answer."""
        linhas = [f"HTTP/1.1 {http}", "Content-Type: application/soap+xml", f"Content-Length: {len(corpo)}", *extras]
        self.tls().sendall("\r\n".join(linhas).encode() + b"\r\n\r\n" + corpo)

    def derrubar(self) -> None:
        """Closes with RST instead of FIN."""
        alvo = self.seguro if self.seguro is not None else self.cru
        alvo.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        alvo.close()


class Servidor:
    """Runs `comportamento` for each connection, on a thread of its own. `erros` holds what it raised."""

    def __init__(self, contexto: ssl.SSLContext, comportamento: Comportamento) -> None:
        self._contexto = contexto
        self._comportamento = comportamento
        self._escuta = socket.create_server(("127.0.0.1", 0))
        self.porta: int = self._escuta.getsockname()[1]
        self.conexoes = 0
        self.cabecalhos: list[bytes] = []
        self.corpos: list[bytes] = []
        self.erros: list[BaseException] = []
        self._fios: list[threading.Thread] = []
        self._aceitador = threading.Thread(target=self._aceitar, daemon=True)
        self._aceitador.start()

    def _aceitar(self) -> None:
        while True:
            try:
                cru, _ = self._escuta.accept()
            except OSError:
                return
            self.conexoes += 1
            fio = threading.Thread(target=self._atender, args=(cru,), daemon=True)
            fio.start()
            self._fios.append(fio)

    def _atender(self, cru: socket.socket) -> None:
        conexao = Conexao(cru, self._contexto, self)
        try:
            self._comportamento(conexao)
        except (OSError, ValueError) as erro:
            self.erros.append(erro)
        finally:
            with contextlib.suppress(OSError):
                (conexao.seguro or cru).close()

    def fechar(self) -> None:
        with contextlib.suppress(OSError):
            self._escuta.shutdown(socket.SHUT_RDWR)
        self._escuta.close()
        self._aceitador.join(5)
        for fio in self._fios:
            fio.join(5)


def contexto_servidor(
    servidor: Path, *, pede_certificado: bool = True, so_a_raiz: bool = False, versao: ssl.TLSVersion
) -> ssl.SSLContext:
    """Returns the server's side. Client certificates must come from the tests' fictitious authority. With `so_a_raiz`
    the server does not know the intermediate authority, and the client must send it."""
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.minimum_version = contexto.maximum_version = versao
    contexto.load_cert_chain(servidor)
    if pede_certificado:
        contexto.verify_mode = ssl.CERT_REQUIRED
        for certificado in (raiz()[0],) if so_a_raiz else (raiz()[0], intermediaria()[0]):
            contexto.load_verify_locations(cadata=certificado.public_bytes(Encoding.DER))
    return contexto


@contextlib.contextmanager
def servir(
    pasta: Path, comportamento: Comportamento, *, versao: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Iterator[Servidor]:
    """Runs a server with the loopback's own identity. Its authority is `pasta/ca.pem`."""
    servidor, _ = identidade(pasta)
    feito = Servidor(contexto_servidor(servidor, versao=versao), comportamento)
    try:
        yield feito
    finally:
        feito.fechar()
