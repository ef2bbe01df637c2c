"""Signs documents with XMLDSig as the manual fixes it (MOC 4.00, Visão Geral, 3.2.4), inside the original bytes.

The document is never re-serialised after its digest was taken. The digest is taken from the canonical form of the
*whole* document, from which the signed element is cut out. lxml's inclusive C14N of a sub-element cannot be used: it
writes a false `xmlns=""` on deeper elements, hence a wrong digest.
"""

import base64
import hashlib
from dataclasses import dataclass

from lxml import etree

from separador.fiscal.certificado import Assinante
from separador.fiscal.leitura import fim_da_raiz, reler
from separador.fiscal.nomes import C14N, CTE, DS, ENVELOPED, nome_assinado, q
from separador.fiscal.perfil_de_assinatura import METODO_ASSINATURA, METODO_DIGEST
from separador.nucleo.tipo import Tipo

_SIGNED_INFO = (
    f'<SignedInfo%s><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
    f'<SignatureMethod Algorithm="{METODO_ASSINATURA}"></SignatureMethod><Reference URI="#%s"><Transforms>'
    f'<Transform Algorithm="{ENVELOPED}"></Transform><Transform Algorithm="{C14N}"></Transform></Transforms>'
    f'<DigestMethod Algorithm="{METODO_DIGEST}"></DigestMethod><DigestValue>%s</DigestValue></Reference></SignedInfo>'
)
_XMLNS_DS = f' xmlns="{DS}"'

# This is a Signature of the right shape: with it the official schema can judge a document that is not signed yet.
MOLDE = (
    f"<Signature{_XMLNS_DS}>{_SIGNED_INFO % ('', 'X', 'AA==')}<SignatureValue>AA==</SignatureValue><KeyInfo><X509Data>"
    "<X509Certificate>AA==</X509Certificate></X509Data></KeyInfo></Signature>"
).encode()


@dataclass(frozen=True, slots=True)
class Assinado:
    """A signed document: `dados` is the root element alone, without declaration. Values are in base64, on one line."""

    dados: bytes
    id: str
    digest_value: str
    signature_value: str


@dataclass(frozen=True, slots=True)
class Selo:
    """A Signature element ready to be put in, with its parts."""

    xml: bytes
    id: str
    digest_value: str
    signature_value: str


class NaoAssinavelError(ValueError):
    """The signed element is missing, repeated, or has no Id, so there is nothing to sign."""


class Assinador:
    """Signs with one certificate.

    It is pure: the same input gives the same bytes (RSA PKCS#1 v1.5 has no randomness).
    """

    def __init__(self, certificado: Assinante) -> None:
        self.certificado = certificado
        x509 = base64.b64encode(certificado.der).decode()
        self._fim = (
            f"</SignatureValue><KeyInfo><X509Data><X509Certificate>{x509}</X509Certificate></X509Data></KeyInfo>"
            "</Signature>"
        )

    def assinar(self, xml: bytes, tipo: Tipo) -> Assinado:
        """Signs a normalised document. Raises NaoAssinavelError when there is nothing to sign."""
        selo = self.selar(reler(xml), tipo)
        return Assinado(enxertar(xml, selo.xml), selo.id, selo.digest_value, selo.signature_value)

    def selar(self, raiz: etree._Element, tipo: Tipo) -> Selo:
        """Returns the Signature for a tree that holds exactly what the bytes hold (no Signature yet)."""
        identificador = id_assinado(raiz, tipo)
        digest = digerir(raiz, tipo)
        info = _SIGNED_INFO % (_XMLNS_DS, identificador, digest)
        valor = self.assinar_texto(info.encode())
        xml = f"<Signature{_XMLNS_DS}>{_SIGNED_INFO % ('', identificador, digest)}<SignatureValue>{valor}{self._fim}"
        return Selo(xml.encode(), identificador, digest, valor)

    def assinar_texto(self, texto: bytes) -> str:
        """Returns the RSA PKCS#1 v1.5 signature in base64, one line.

        It serves for the SignatureValue and for the `sign` of the QR code (MOC 4.00, Visão Geral, 9).
        """
        return base64.b64encode(self.certificado.assinar(texto)).decode()


def id_assinado(raiz: etree._Element, tipo: Tipo) -> str:
    """Returns the `Id` of the one signed child of the root.

    Raises NaoAssinavelError when there is none, or more than one.
    """
    alvos = raiz.findall(q(nome_assinado(tipo)))
    if len(alvos) != 1:
        raise NaoAssinavelError(f"o documento tem {len(alvos)} elementos {nome_assinado(tipo)} em vez de 1")
    identificador = alvos[0].get("Id")
    if not identificador or not identificador.isalnum() or not identificador.isascii():
        raise NaoAssinavelError(f"atributo Id de {nome_assinado(tipo)} ausente ou inválido")
    return identificador


def canonico_assinado(raiz: etree._Element, tipo: Tipo) -> bytes:
    """Returns the canonical bytes of the signed element, as XMLDSig hashes them.

    In canonical text a `<` is always markup, so cutting the element out of the canonical document is exact. There is a
    slow way for two cases. The element may inherit more than the default namespace (somebody else's document). Or the
    root may have a comment beside it: lxml then canonicalises a shallow copy and writes the false `xmlns=""` even from
    the root.
    """
    nome = nome_assinado(tipo)
    alvo = raiz.find(q(nome))
    if alvo is None:
        raise NaoAssinavelError(f"elemento {nome} ausente")
    if alvo.nsmap != {None: CTE} or raiz.getprevious() is not None or raiz.getnext() is not None:
        return _canonico_a_parte(alvo)
    canonico = etree.tostring(raiz, method="c14n", exclusive=False, with_comments=False)
    inicio, fim = canonico.find(b"<%b " % nome.encode()), canonico.rfind(b"</%b>" % nome.encode())
    if inicio < 0 or fim < inicio:
        raise NaoAssinavelError(f"elemento {nome} sem atributos")
    corpo = canonico[inicio + 1 + len(nome) : fim]
    return b'<%b xmlns="%b"%b</%b>' % (nome.encode(), CTE.encode(), corpo, nome.encode())


def _canonico_a_parte(alvo: etree._Element) -> bytes:
    """Parses the element again alone, so that every inherited namespace is declared on it.

    This works for any namespace and is 2.5 times slower.
    """
    sozinho = reler(etree.tostring(alvo, encoding="UTF-8", with_tail=False))
    return etree.tostring(sozinho, method="c14n", exclusive=False, with_comments=False)


def digerir(raiz: etree._Element, tipo: Tipo) -> str:
    """Returns the DigestValue (base64) of the signed element."""
    sha1 = hashlib.sha1(canonico_assinado(raiz, tipo), usedforsecurity=False)
    return base64.b64encode(sha1.digest()).decode()


def enxertar(xml: bytes, selo: bytes) -> bytes:
    """Puts the Signature in as last child of the root, the rest byte for byte. What follows the root is dropped."""
    fim = fim_da_raiz(xml)
    corte = xml.rfind(b"</", 0, fim)
    return b"%b%b%b" % (xml[:corte], selo, xml[corte:fim])
