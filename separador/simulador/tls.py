"""Makes TLS as SEFAZ does: version 1.2, and a certificate demanded of the caller.

The authority that issued that certificate is not judged: any company's own one must do, and self-signed samples too.
But it must be there and in force, and the caller must have its private key. OpenSSL has no setting "required, any
issuer". So the certificate is read from the handshake, which TLS 1.2 sends in the clear, and made an anchor of trust
just before OpenSSL judges it. Dates, purpose and proof of possession are still judged by OpenSSL.
"""

import ssl
from pathlib import Path

_APERTO_DE_MAOS, _MUDANCA_DE_CIFRA = 22, 20
_CERTIFICATE = 11
_LIMITE_BYTES = 256 * 1024


def contexto(servidor: Path, ca_clientes: Path | None) -> ssl.SSLContext:
    """Returns the server side of mutual TLS.

    `ca_clientes`: only certificates under these authorities (PEM); None: anybody's.
    """
    feito = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    feito.minimum_version = feito.maximum_version = ssl.TLSVersion.TLSv1_2
    feito.verify_mode = ssl.CERT_REQUIRED
    feito.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    feito.load_cert_chain(servidor)
    if ca_clientes is not None:
        feito.load_verify_locations(ca_clientes)
    return feito


class Espia:
    """Reads the client's Certificate message from the bytes of a handshake, until the cipher changes."""

    def __init__(self) -> None:
        self._registros = bytearray()
        self._mensagens = bytearray()
        self.acabou = False

    def ver(self, dados: bytes) -> bytes | None:
        """Takes more bytes from the client. Returns the leaf certificate (DER) once it has passed, else None."""
        self._registros += dados
        while not self.acabou and len(self._registros) >= 5:
            fim = 5 + int.from_bytes(self._registros[3:5], "big")
            if len(self._registros) < fim:
                break
            tipo, conteudo = self._registros[0], self._registros[5:fim]
            del self._registros[:fim]
            if tipo == _APERTO_DE_MAOS:
                self._mensagens += conteudo
            achado = self._certificado()
            self.acabou = achado is not None or tipo == _MUDANCA_DE_CIFRA or len(self._mensagens) > _LIMITE_BYTES
            if achado is not None:
                return achado
        return None

    def _certificado(self) -> bytes | None:
        while len(self._mensagens) >= 4:
            fim = 4 + int.from_bytes(self._mensagens[1:4], "big")
            if len(self._mensagens) < fim:
                return None
            tipo, corpo = self._mensagens[0], self._mensagens[4:fim]
            del self._mensagens[:fim]
            if tipo == _CERTIFICATE and len(corpo) >= 6:  # list length (3), certificate length (3), DER
                return bytes(corpo[6 : 6 + int.from_bytes(corpo[3:6], "big")])
        return None


def confiar(contexto_tls: ssl.SSLContext, der: bytes) -> None:
    """Makes this certificate an anchor of trust. Bytes that are no certificate are left for OpenSSL to refuse."""
    try:
        contexto_tls.load_verify_locations(cadata=der)
    except ssl.SSLError:
        return
