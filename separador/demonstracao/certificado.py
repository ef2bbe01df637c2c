"""Makes the throw-away A1 certificate of the demonstration: self-signed, worth nothing outside this machine."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from separador.demonstracao.empresas import EMITENTE, Empresa

OID_CNPJ = x509.ObjectIdentifier("2.16.76.1.3.3")
"""The OID by which ICP-Brasil puts the holder's CNPJ in subjectAltName (OtherName)."""


def gerar_pfx(
    senha: str, *, agora: datetime, empresa: Empresa = EMITENTE, dias: int = 365, chave: rsa.RSAPrivateKey | None = None
) -> bytes:
    """Returns an A1 certificate (PKCS#12 file) for `empresa`, valid from the day before `agora` (aware) for `dias`.

    A 2048-bit key is drawn unless one is given (drawing takes some tenths of a second).
    """
    chave = chave or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificado = _certificado(chave, agora, empresa, dias)
    cifra = serialization.BestAvailableEncryption(senha.encode())
    return pkcs12.serialize_key_and_certificates(b"separador-demo", chave, certificado, None, cifra)


def _certificado(chave: rsa.RSAPrivateKey, agora: datetime, empresa: Empresa, dias: int) -> x509.Certificate:
    nome = _nome(empresa)
    inicio = agora - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(nome)
        .issuer_name(nome)
        .public_key(chave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(inicio)
        .not_valid_after(inicio + timedelta(days=dias))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_uso(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(_alternativo(empresa.cnpj), critical=False)
        .sign(chave, hashes.SHA256())
    )


def _nome(empresa: Empresa) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMONSTRACAO SEM VALOR"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{empresa.nome[:48]}:{empresa.cnpj}"),
        ]
    )


def _uso() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=True, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _alternativo(cnpj: str) -> x509.SubjectAlternativeName:
    """Returns an OtherName whose value is the DER of an OCTET STRING (tag 0x04), as ICP-Brasil's profile demands."""
    valor = b"\x04" + bytes([len(cnpj)]) + cnpj.encode()
    return x509.SubjectAlternativeName([x509.OtherName(OID_CNPJ, valor)])
