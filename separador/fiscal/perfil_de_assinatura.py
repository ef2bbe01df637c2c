"""The one place where SHA-1 is allowed.

The manual fixes rsa-sha1 and sha1 in every signature (MOC CT-e 4.00 Visão Geral, 3.2.4; both are `fixed` in
xmldsig-core-schema_v1.01.xsd), and the QR code's `sign` likewise (MOC 9). No other algorithm is produced or accepted.
"""

from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration

from separador.fiscal.nomes import DS

METODO_ASSINATURA = DS + "rsa-sha1"
METODO_DIGEST = DS + "sha1"
HASH_DO_PERFIL = SHA1()  # noqa: S303 - fixed by the manual

_CONFIGURACAO = SignatureConfiguration(
    require_x509=True,
    location="./",  # child of the root, nowhere else
    expect_references=1,
    signature_methods=frozenset({SignatureMethod.RSA_SHA1}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1}),
)


def configuracao_signxml(quando: datetime) -> SignatureConfiguration:
    """What signxml may accept. `quando` is an instant of the certificate's validity: the dates are rule 291, ours."""
    return replace(_CONFIGURACAO, verification_time=quando)
