"""Signs with signxml, set to the manual's profile, as a reference for tests. The product has its own signer."""

from typing import Any

from cryptography import x509
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner, methods

from separador.fiscal.certificado import Certificado

DS = "http://www.w3.org/2000/09/xmldsig#"


class _Assinador(XMLSigner):
    excise_empty_xmlns_declarations = True

    def check_deprecated_methods(self) -> None:
        """Accepts SHA-1: the manual fixes it (MOC 4.00, Visão Geral, 3.2.4)."""


def assinar(xml: bytes, certificado: Certificado) -> tuple[str, str, bytes]:
    """Returns (DigestValue, SignatureValue, signed document), with base64 without line breaks."""
    raiz = etree.fromstring(xml)
    alvo = next(e for e in raiz if e.get("Id"))
    assinador: Any = _Assinador(
        method=methods.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    )
    assinador.namespaces = {None: DS}
    saida = assinador.sign(
        raiz,
        key=certificado.chave,
        cert=[x509.load_der_x509_certificate(certificado.der)],
        reference_uri=f"#{alvo.get('Id')}",
        id_attribute="Id",
    )
    assinado = etree.tostring(saida)
    assinatura = etree.fromstring(assinado)[-1]  # in signxml's own tree some tags have no namespace yet
    digest, valor = (assinatura.findtext(f".//{{{DS}}}{n}") or "" for n in ("DigestValue", "SignatureValue"))
    return "".join(digest.split()), "".join(valor.split()), assinado
