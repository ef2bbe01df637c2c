"""Opens A1 certificates (.pfx) and says whom they belong to (DOC-ICP-04; MOC 4.00, Visão Geral, 3.2.3)."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from separador.fiscal.perfil_de_assinatura import HASH_DO_PERFIL
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro
from separador.nucleo.fuso import dia_e_hora

_PADDING = PKCS1v15()
OID_CNPJ = x509.ObjectIdentifier("2.16.76.1.3.3")  # e-CNPJ: CNPJ of the holder
OID_CPF = x509.ObjectIdentifier("2.16.76.1.3.1")  # e-CPF: birth date (8), CPF (11), PIS, RG…
MENOR_CHAVE_BITS = 2048

# The extension is absent, is not DER, stands there twice, or holds an unknown kind of name.
_SEM_NOME_ALTERNATIVO = (
    *(x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
    *(ValueError, UnsupportedAlgorithm),
)
_CNPJ_NO_CN = re.compile(r":([A-Z0-9]{12}[0-9]{2})$")
_CPF_NO_CN = re.compile(r":([0-9]{11})$")


@dataclass(frozen=True, slots=True)
class Segredo:
    """The data that a worker process needs to sign, in a form that goes through a pipe.

    It is never logged and never written.
    """

    der: bytes
    pkcs8: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identidade:
    """The holder of a certificate, and its validity (both ends aware, UTC)."""

    cnpj: str | None
    cpf: str | None
    titular: str
    validade_de: datetime
    validade_ate: datetime


class Assinante(Protocol):
    """An object that can sign: a key in memory (`Certificado`), or one that never leaves its token.

    The latter is in `certificados.leitura.token`.
    """

    @property
    def der(self) -> bytes:
        """Returns the certificate."""

    @property
    def identidade(self) -> Identidade:
        """Returns holder and validity."""

    def assinar(self, texto: bytes) -> bytes:
        """Returns the RSA PKCS#1 v1.5 signature over the digest of the profile."""


@dataclass(frozen=True, slots=True)
class Certificado:
    """A certificate with its private key, checked once when loaded.

    `cadeia`: DER of the authorities that came along with it, for connections. No signature needs them. `veio_de`: what
    it was restored from, so that it need not be made again.
    """

    der: bytes = field(repr=False)
    chave: RSAPrivateKey = field(repr=False)
    identidade: Identidade
    cadeia: tuple[bytes, ...] = field(default=(), repr=False, compare=False)
    veio_de: Segredo | None = field(default=None, repr=False, compare=False)

    @property
    def cnpj(self) -> str | None:
        """Returns the CNPJ of the holder, 14 characters."""
        return self.identidade.cnpj

    @property
    def cpf(self) -> str | None:
        """Returns the CPF of the holder (e-CPF only), 11 digits."""
        return self.identidade.cpf

    @property
    def titular(self) -> str:
        """Returns the common name without the number behind the colon."""
        return self.identidade.titular

    @property
    def validade_de(self) -> datetime:
        """Returns the first instant of validity, UTC."""
        return self.identidade.validade_de

    @property
    def validade_ate(self) -> datetime:
        """Returns the last instant of validity, UTC."""
        return self.identidade.validade_ate

    def assinar(self, texto: bytes) -> bytes:
        """Returns the RSA PKCS#1 v1.5 signature over the digest that the manual fixes (fiscal/perfil)."""
        return self.chave.sign(texto, _PADDING, HASH_DO_PERFIL)

    def segredo(self) -> Segredo:
        """Returns the serialisable form. `restaurar` is its inverse."""
        if self.veio_de is not None:
            return self.veio_de
        return Segredo(self.der, self.chave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def conferir_par(certificado: x509.Certificate | None, chave: object) -> Certificado | Recusa:
    """Checks what came out of a .pfx, however it was opened.

    It must be a key and its certificate, RSA, long enough, with a holder.
    """
    if certificado is None or chave is None:
        falta = "a chave privada" if chave is None else "o certificado"
        return _recusa("SEM-CHAVE", f"O .pfx não contém {falta}.", "Exporte o certificado com a chave privada.")
    if not isinstance(chave, RSAPrivateKey):
        return Recusa((como_erro("SEP-CERT-NAO-RSA"),))
    if chave.key_size < MENOR_CHAVE_BITS:
        return _recusa(
            "CHAVE-CURTA",
            f"A chave tem {chave.key_size} bits; o mínimo é {MENOR_CHAVE_BITS}.",
            "Emita outro certificado.",
        )
    if certificado.public_key() != chave.public_key():
        return Recusa((como_erro("SEP-CERT-CHAVE-DE-OUTRO"),))
    return _com_titular(certificado, chave)


def _com_titular(certificado: x509.Certificate, chave: RSAPrivateKey) -> Certificado | Recusa:
    try:
        identidade = identificar(certificado)
    except ValueError:
        return _recusa("FORMATO", "O certificado dentro do .pfx está malformado.", "Exporte o certificado de novo.")
    if identidade.cnpj is None and identidade.cpf is None:
        return Recusa(
            (
                Erro(
                    "292",
                    "D03",
                    f"O certificado de {identidade.titular!r} não traz CNPJ nem CPF.",
                    "Use um certificado ICP-Brasil da empresa emitente.",
                ),
            )
        )
    return Certificado(certificado.public_bytes(Encoding.DER), chave, identidade)


def restaurar(segredo: Segredo) -> Certificado:
    """Restores what `Certificado.segredo()` gave, in the worker.

    The key was checked when the .pfx was opened, so it is not checked again.
    """
    chave = load_der_private_key(segredo.pkcs8, None, unsafe_skip_rsa_key_validation=True)
    certificado = x509.load_der_x509_certificate(segredo.der)
    return Certificado(segredo.der, cast("RSAPrivateKey", chave), identificar(certificado), veio_de=segredo)


def identificar(certificado: x509.Certificate) -> Identidade:
    """Returns holder and validity. The ICP-Brasil OtherName wins over the number at the end of the common name."""
    nomes = certificado.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    comum = str(nomes[0].value) if nomes else ""
    outros = _outros_nomes(certificado)
    cnpj, cpf = outros.get(OID_CNPJ), outros.get(OID_CPF, "")[8:19] or None
    if cnpj is None and cpf is None:
        cnpj, cpf = _grupo(_CNPJ_NO_CN, comum), _grupo(_CPF_NO_CN, comum)
    return Identidade(
        cnpj,
        cpf,
        comum.rsplit(":", 1)[0],
        certificado.not_valid_before_utc,
        certificado.not_valid_after_utc,
    )


def fora_da_validade(identidade: Identidade, quando: datetime) -> Erro | None:
    """Applies rule 291 (MOC D02) at that instant (aware)."""
    if identidade.validade_de <= quando <= identidade.validade_ate:
        return None
    de, ate = (dia_e_hora(d, segundos=False) for d in (identidade.validade_de, identidade.validade_ate))
    return Erro(
        "291",
        "D02",
        f"O certificado de {identidade.titular} vale de {de} a {ate}.",
        "Instale o certificado novo da empresa e envie o arquivo de novo.",
        tag="X509Certificate",
    )


def _outros_nomes(certificado: x509.Certificate) -> dict[x509.ObjectIdentifier, str]:
    try:
        extensao = certificado.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _SEM_NOME_ALTERNATIVO:  # the common name is left
        return {}
    achados = extensao.get_values_for_type(x509.OtherName)
    return {o.type_id: texto for o in achados if (texto := _texto_der(o.value)) is not None}


def _texto_der(valor: bytes) -> str | None:
    """Returns the content of a short DER string, or None.

    ICP-Brasil uses several kinds (OCTET STRING, PrintableString, UTF8String…).
    """
    if len(valor) < 2 or valor[1] >= 0x80 or len(valor) != 2 + valor[1]:
        return None
    try:
        return valor[2:].decode("ascii").strip()
    except UnicodeDecodeError:
        return None


def _grupo(padrao: re.Pattern[str], texto: str) -> str | None:
    m = padrao.search(texto)
    return m.group(1) if m else None


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer),))
