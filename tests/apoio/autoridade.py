"""Plays a fictitious certification authority: it issues certificates with a chain, in every shape of an A1 or A3."""

import functools
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
CNPJ = "11222333000181"
CPF = "52998224725"
SENHA = "senha-do-pfx-7391"
OID_CNPJ = x509.ObjectIdentifier("2.16.76.1.3.3")
OID_CPF = x509.ObjectIdentifier("2.16.76.1.3.1")


@functools.cache
def chave(qual: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Returns key number `qual` of this session. It is kept, because generating a key is slow."""
    assert qual >= 0
    return rsa.generate_private_key(65537, bits)


@functools.cache
def chave_ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Emitido:
    """A certificate with its key and the chain above it."""

    certificado: x509.Certificate
    chave: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    cadeia: tuple[x509.Certificate, ...]

    @property
    def der(self) -> bytes:
        return self.certificado.public_bytes(Encoding.DER)

    @property
    def pkcs8(self) -> bytes:
        return self.chave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def pfx(self, senha: str = SENHA) -> bytes:
        cifra = BestAvailableEncryption(senha.encode())
        return pkcs12.serialize_key_and_certificates(b"a1", self.chave, self.certificado, list(self.cadeia), cifra)

    def pfx_antigo(self, senha: str = SENHA) -> bytes:
        """Returns a .pfx as Windows and older authorities write it: RC2-40 for the certificate, 3DES for the key."""
        pem = self.chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pem += self.certificado.public_bytes(Encoding.PEM)
        feito = subprocess.run(
            ["openssl", "pkcs12", "-export", "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES",
             "-macalg", "sha1", "-passout", "env:S"],
            input=pem, capture_output=True, check=True, env={"S": senha},
        )  # fmt: skip
        return feito.stdout


@functools.cache
def raiz() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    nome = _nome("AC FICTICIA RAIZ")
    return _construir(nome, nome, chave(90), chave(90), AGORA - timedelta(days=3650), 7300, ca=True), chave(90)


@functools.cache
def intermediaria() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    certificado = _construir(
        _nome("AC FICTICIA"), raiz()[0].subject, chave(91), raiz()[1], AGORA - timedelta(days=3650), 7300, ca=True
    )
    return certificado, chave(91)


def emitir(
    cnpj: str | None = CNPJ,
    *,
    cpf: str | None = None,
    nome: str = "TRANSPORTADORA FICTICIA LTDA",
    qual: int = 0,
    bits: int = 2048,
    curva: bool = False,
    de: datetime = AGORA - timedelta(days=1),
    dias: float = 365,
    autoassinado: bool = False,
) -> Emitido:
    """Issues a leaf certificate. The intermediate authority signs it, unless it is self-signed."""
    propria = chave_ec() if curva else chave(qual, bits)
    sujeito = _nome(f"{nome}:{cnpj or cpf}")
    acima, dela = (None, propria) if autoassinado else intermediaria()
    emissor = sujeito if acima is None else acima.subject
    outros = []
    if cnpj:
        outros.append(x509.OtherName(OID_CNPJ, b"\x04" + bytes([len(cnpj)]) + cnpj.encode()))
    if cpf:
        texto = f"01011980{cpf}".encode() + b"0" * 32
        outros.append(x509.OtherName(OID_CPF, b"\x04" + bytes([len(texto)]) + texto))
    certificado = _construir(sujeito, emissor, propria, dela, de, dias, outros=outros)
    return Emitido(certificado, propria, () if acima is None else (acima, raiz()[0]))


def _nome(comum: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"), x509.NameAttribute(NameOID.COMMON_NAME, comum)])


def _construir(sujeito, emissor, propria, dela, de, dias, *, ca=False, outros=()):  # type: ignore[no-untyped-def]
    construtor = (
        x509.CertificateBuilder()
        .subject_name(sujeito)
        .issuer_name(emissor)
        .public_key(propria.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(de)
        .not_valid_after(de + timedelta(days=dias))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usos(ca), critical=True)
    )
    if not ca:
        construtor = construtor.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if outros:
        construtor = construtor.add_extension(x509.SubjectAlternativeName(list(outros)), critical=False)
    return construtor.sign(dela, hashes.SHA256())


def _usos(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=not ca, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def em_ber(der: bytes) -> bytes:
    """Returns the same PKCS#12 with an outer SEQUENCE of indefinite length (BER), as some authorities write it."""
    assert der[0] == 0x30
    cabeca = 2 + (der[1] & 0x7F) if der[1] > 0x80 else 2
    return b"\x30\x80" + der[cabeca:] + b"\x00\x00"
