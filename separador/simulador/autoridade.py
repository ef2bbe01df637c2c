"""Makes the simulators' own certification authority at the first start.

Only a client that is told to trusts it (`ca.pem`).
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALIDADE = timedelta(days=3650)
_FOLGA = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Autoridade:
    """The files of the server's identity. `ca` is what a client must trust; `servidor` holds certificate and key."""

    ca: Path
    servidor: Path


def preparar(pasta: Path, agora: datetime) -> Autoridade:
    """Returns the authority kept in `pasta`. `agora` is aware.

    It is made anew when there is none or it ends within 30 days.
    """
    feita = Autoridade(pasta / "ca.pem", pasta / "servidor.pem")
    if not _serve(feita, agora):
        pasta.mkdir(parents=True, exist_ok=True)
        _fazer(feita, agora)
    return feita


def _serve(autoridade: Autoridade, agora: datetime) -> bool:
    try:
        certificado = x509.load_pem_x509_certificate(autoridade.servidor.read_bytes())
        ca = x509.load_pem_x509_certificate(autoridade.ca.read_bytes())
        certificado.verify_directly_issued_by(ca)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False  # none, or not whole: another one is made
    return certificado.not_valid_before_utc <= agora <= certificado.not_valid_after_utc - _FOLGA


def _fazer(autoridade: Autoridade, agora: datetime) -> None:
    """Makes both certificates. The keys are elliptic: signing a handshake costs a tenth of what it costs with RSA."""
    chave_ca, chave = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificado("SIMULADOR AC SEM VALOR", chave_ca, None, chave_ca, agora)
    folha = _certificado("localhost", chave, ca, chave_ca, agora)
    _gravar(autoridade.ca, ca.public_bytes(Encoding.PEM), 0o644)
    pem = chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _gravar(autoridade.servidor, folha.public_bytes(Encoding.PEM) + pem, 0o600)


def _gravar(arquivo: Path, dados: bytes, modo: int) -> None:
    novo = arquivo.with_suffix(".tmp")
    novo.unlink(missing_ok=True)
    with os.fdopen(os.open(novo, os.O_WRONLY | os.O_CREAT | os.O_EXCL, modo), "wb") as saida:
        saida.write(dados)
    novo.replace(arquivo)


def _certificado(
    nome: str,
    chave: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate | None,
    chave_ca: ec.EllipticCurvePrivateKey,
    agora: datetime,
) -> x509.Certificate:
    """Makes a leaf issued by `ca`, or the authority itself when `ca` is None.

    It has the extensions that the strictest verifiers demand.
    """
    sujeito = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nome)])
    construtor = (
        x509.CertificateBuilder()
        .subject_name(sujeito)
        .issuer_name(ca.subject if ca else sujeito)
        .public_key(chave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(agora - timedelta(days=1))
        .not_valid_after(agora + _VALIDADE)
        .add_extension(x509.BasicConstraints(ca=ca is None, path_length=0 if ca is None else None), critical=True)
        .add_extension(_uso(ca is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(chave.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(chave_ca.public_key()), critical=False)
    )
    if ca is not None:
        nomes: list[x509.GeneralName] = [x509.DNSName("localhost")]
        nomes += [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", "::1")]
        construtor = construtor.add_extension(x509.SubjectAlternativeName(nomes), critical=False)
        construtor = construtor.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return construtor.sign(chave_ca, hashes.SHA256())


def _uso(da_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not da_ca, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=da_ca, crl_sign=da_ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip
