"""Makes the client's side of TLS: verification always on, and a certificate whose key never touches a disk.

`ssl` takes a certificate and its key from files only. The file here is a memfd, which lives in memory and is gone as
soon as it is read. Servers are verified by what this machine trusts, or by the authorities of one PEM file (tests,
simulator, a private network); verification is never off. The environment (SSL_CERT_FILE and its like) has no effect.
"""

import base64
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from separador.fiscal.certificado import Certificado


@dataclass(frozen=True, slots=True)
class Apresentado:
    """The client's own part: certificate (DER), private key (PKCS#8 DER), the authorities above it (DER)."""

    der: bytes = field(repr=False)
    pkcs8: bytes = field(repr=False)
    cadeia: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def de(cls, certificado: Certificado, cadeia: tuple[bytes, ...] = ()) -> "Apresentado":
        """Takes an A1 certificate in memory, with the authorities that came with it unless others are given."""
        return cls(
            certificado.der, certificado.segredo().pkcs8, _em_ordem(certificado.der, cadeia or certificado.cadeia)
        )


def _em_ordem(der: bytes, outros: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Returns the authorities from the issuer upwards, as TLS 1.2 wants them sent.

    An authority that is not above the certificate is left out. So is the root: the server has it, or does not trust it.
    """
    restantes = [x509.load_der_x509_certificate(d) for d in outros]
    atual, cadeia = x509.load_der_x509_certificate(der), list[bytes]()
    while True:
        acima = next((c for c in restantes if c.subject == atual.issuer and c.subject != c.issuer), None)
        if acima is None:
            return tuple(cadeia)
        restantes.remove(acima)
        cadeia.append(acima.public_bytes(Encoding.DER))
        atual = acima


def contexto_cliente(
    apresentado: Apresentado | None = None, ca: Path | None = None, *, alem_do_sistema: bool = False
) -> ssl.SSLContext:
    """Returns a context of TLS 1.2 or later, with host name and chain verified.

    `ca`: PEM of the only authorities to trust, or, with `alem_do_sistema`, of authorities besides the system's. None:
    the system's.

    Raises OSError (no such file) or ssl.SSLError (no certificate in it; key and certificate that do not belong
    together).
    """
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and host name from the start
    contexto.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        contexto.load_verify_locations(cafile=str(ca))
    if ca is None or alem_do_sistema:
        _confiar_no_sistema(contexto)
    if apresentado is not None:
        _carregar(contexto, apresentado)
    return contexto


def _confiar_no_sistema(contexto: ssl.SSLContext) -> None:
    """Trusts the places that OpenSSL was built with.

    `load_default_certs` is not used: it lets the environment name others.
    """
    lugares = ssl.get_default_verify_paths()
    arquivo = lugares.openssl_cafile if Path(lugares.openssl_cafile).is_file() else None
    pasta = lugares.openssl_capath if Path(lugares.openssl_capath).is_dir() else None
    if arquivo or pasta:
        contexto.load_verify_locations(cafile=arquivo, capath=pasta)


def _carregar(contexto: ssl.SSLContext, apresentado: Apresentado) -> None:
    descritor = os.memfd_create("certificado", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descritor), "wb") as memoria:
            memoria.write(_pem(apresentado))
        contexto.load_cert_chain(f"/proc/self/fd/{descritor}")
    finally:
        os.close(descritor)


def _pem(apresentado: Apresentado) -> bytes:
    """Writes the PEM without parsing: OpenSSL judges it when it loads it.

    A key that is not the certificate's is an error there.
    """
    certificados = "".join(ssl.DER_cert_to_PEM_cert(d) for d in (apresentado.der, *apresentado.cadeia))
    chave = base64.encodebytes(apresentado.pkcs8).decode()
    return f"{certificados}-----BEGIN PRIVATE KEY-----\n{chave}-----END PRIVATE KEY-----\n".encode()
