"""Makes throw-away certificates of fictitious companies, in the shape of an ICP-Brasil A1 e-CNPJ, and a signer."""

import functools
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado, conferir_par
from separador.nucleo.erro import Recusa

CNPJ = "11222333000181"
SENHA = b"segredo-de-teste"
DE = datetime(2020, 1, 1, tzinfo=UTC)
ATE = datetime(2040, 1, 1, tzinfo=UTC)
OID_CNPJ = x509.ObjectIdentifier("2.16.76.1.3.3")
OID_CPF = x509.ObjectIdentifier("2.16.76.1.3.1")


_abrir_pfx = functools.lru_cache(maxsize=128)(pkcs12.load_key_and_certificates)


def abrir_pfx_uma_vez(data: bytes, password: bytes | None, backend: object = None) -> Any:
    """Opens a PKCS#12 file as the library does, each file once per session: judging its RSA key takes 40 ms."""
    return _abrir_pfx(bytes(data), None if password is None else bytes(password))


def carregar_pfx(dados: bytes, senha: bytes) -> Certificado | Recusa:
    """Opens a PKCS#12 file of the tests. Raises ValueError when the password is not its own."""
    chave, certificado, _ = pkcs12.load_key_and_certificates(dados, senha)
    return conferir_par(certificado, chave)


@functools.cache
def chave_rsa(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Returns one key per size and test session, because generating a key is slow."""
    return rsa.generate_private_key(65537, bits)


@functools.cache
def chave_ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@functools.cache
def certificado_ficticio(
    cnpj: str | None = CNPJ,
    *,
    cpf: str | None = None,
    nome: str = "TRANSPORTADORA FICTICIA LTDA",
    de: datetime = DE,
    ate: datetime = ATE,
    senha: bytes = SENHA,
    bits: int = 2048,
    outro_nome: bool = True,
    rotulo_der: int = 0x04,
    curva: bool = False,
) -> tuple[bytes, bytes]:
    """Returns (.pfx bytes, password). `rotulo_der` is the DER tag of the OtherName's value (octet string by
    default)."""
    chave = chave_ec() if curva else chave_rsa(bits)
    comum = f"{nome}:{cnpj or cpf}" if cnpj or cpf else nome
    sujeito = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, comum)])
    construtor = (
        x509.CertificateBuilder()
        .subject_name(sujeito)
        .issuer_name(sujeito)
        .public_key(chave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(de)
        .not_valid_after(ate)
    )
    nomes = _outros_nomes(cnpj, cpf, rotulo_der) if outro_nome else []
    if nomes:
        construtor = construtor.add_extension(x509.SubjectAlternativeName(nomes), critical=False)
    certificado = construtor.sign(chave, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(b"a1", chave, certificado, None, BestAvailableEncryption(senha)), senha


def assinador_demo(agora: datetime, empresa: Empresa = EMITENTE) -> Assinador:
    """Returns the signer of `empresa`. Its certificate is valid around `agora`."""
    certificado = carregar_pfx(gerar_pfx("senha", agora=agora, empresa=empresa, chave=chave_rsa()), b"senha")
    assert isinstance(certificado, Certificado), certificado
    return Assinador(certificado)


def _outros_nomes(cnpj: str | None, cpf: str | None, rotulo: int) -> list[x509.GeneralName]:
    nomes: list[x509.GeneralName] = []
    if cnpj:
        nomes.append(x509.OtherName(OID_CNPJ, bytes([rotulo, 14]) + cnpj.encode()))
    if cpf:
        texto = f"01011980{cpf}" + "0" * 32
        nomes.append(x509.OtherName(OID_CPF, bytes([rotulo, len(texto)]) + texto.encode()))
    return nomes
