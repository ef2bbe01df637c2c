"""Names the algorithms of the signatures, SHA-1 among them.

The manual fixes rsa-sha1 and sha1 in every signature (MOC 4.00, Visão Geral, 3.2.4; both are `fixed` in
xmldsig-core-schema_v1.01.xsd), and in the QR code's `sign` (same manual, 9). No other algorithm is produced or
accepted.
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
    location="./",  # a child of the root, nowhere else
    expect_references=1,
    signature_methods=frozenset({SignatureMethod.RSA_SHA1}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1}),
)


def configuracao_signxml(quando: datetime) -> SignatureConfiguration:
    """Returns what signxml may accept.

    `quando` is an instant of the certificate's validity, so signxml does not judge the dates: rule 291 is checked by
    this program.
    """
    return replace(_CONFIGURACAO, verification_time=quando)
