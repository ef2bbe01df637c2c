"""Tests that the demonstration's certificate opens like an ICP-Brasil A1, with the CNPJ where the rules look for it."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import OtherName, SubjectAlternativeName
from cryptography.x509.oid import NameOID

from separador.demonstracao.certificado import OID_CNPJ, gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.fiscal.certificado import Certificado
from tests.apoio.certificados import carregar_pfx, chave_rsa

AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_pfx_traz_cnpj_e_validade() -> None:
    chave, certificado, cadeia = pkcs12.load_key_and_certificates(gerar_pfx("s", agora=AGORA, dias=30), b"s")
    assert isinstance(chave, rsa.RSAPrivateKey)
    assert certificado is not None
    assert chave.key_size == 2048
    assert cadeia == []
    (comum,) = certificado.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert comum.value == f"{EMITENTE.nome}:{EMITENTE.cnpj}"
    outros = certificado.extensions.get_extension_for_class(SubjectAlternativeName).value.get_values_for_type(OtherName)
    assert [(o.type_id, o.value[2:].decode()) for o in outros] == [(OID_CNPJ, EMITENTE.cnpj)]
    assert certificado.not_valid_before_utc < AGORA < certificado.not_valid_after_utc
    assert certificado.not_valid_after_utc - certificado.not_valid_before_utc == timedelta(days=30)


def test_o_produto_abre() -> None:
    certificado = carregar_pfx(gerar_pfx("senha", agora=AGORA, chave=chave_rsa()), b"senha")
    assert isinstance(certificado, Certificado), certificado
    assert certificado.identidade.cnpj == EMITENTE.cnpj
