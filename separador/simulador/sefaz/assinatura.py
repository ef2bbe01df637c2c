"""Checks a signature as fast as a SEFAZ needs to.

A signature that has the manual's profile to the byte is checked here, in a tenth of the time: one digest, one RSA
operation. Every other one, whatever it is, goes to `fiscal.verificacao`, which knows every way of being wrong. So a
signature that this fast check accepts would be accepted there too.
"""

import base64
import binascii
import functools
import hashlib
import re
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree

from separador.fiscal.certificado import Identidade, identificar
from separador.fiscal.leitura import Lido, reler
from separador.fiscal.nomes import C14N, CTE, DS, ENVELOPED
from separador.fiscal.verificacao import verificar_raiz
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import Tipo

_BASE64 = r"([A-Za-z0-9+/]+={0,2})"


def _vazio(nome: str, algoritmo: str) -> str:
    """Matches an empty element, in either spelling."""
    return rf'<{nome} Algorithm="{re.escape(algoritmo)}"(?:/>|></{nome}>)'


_PERFIL = re.compile(
    rf'<Signature xmlns="{DS}">(<SignedInfo>{_vazio("CanonicalizationMethod", C14N)}'
    rf'{_vazio("SignatureMethod", DS + "rsa-sha1")}<Reference URI="#([A-Za-z0-9]+)"><Transforms>'
    rf"{_vazio('Transform', ENVELOPED)}{_vazio('Transform', C14N)}</Transforms>{_vazio('DigestMethod', DS + 'sha1')}"
    rf"<DigestValue>{_BASE64}</DigestValue></Reference></SignedInfo>)<SignatureValue>{_BASE64}</SignatureValue>"
    rf"<KeyInfo><X509Data><X509Certificate>{_BASE64}</X509Certificate></X509Data></KeyInfo></Signature>"
    r"</[A-Za-z]+>\s*\Z".encode()
)


def conferir(lido: Lido, tipo: Tipo, *, cnpj: str | None, quando: datetime) -> Erro | None:
    """Returns None when the signature holds, is of that company (base of the CNPJ) and its certificate was in force."""
    if _confere(lido, tipo, cnpj, quando):
        return None
    feita = verificar_raiz(lido.raiz, tipo, cnpj_esperado=cnpj, quando=quando)
    return feita.erros[0] if isinstance(feita, Recusa) else None


def _confere(lido: Lido, tipo: Tipo, cnpj: str | None, quando: datetime) -> bool:
    nome = b"infEvento" if tipo is Tipo.EVENTO else b"infCte"
    achada = _PERFIL.search(lido.dados, max(lido.dados.rfind(b"<Signature "), 0))
    if achada is None or lido.dados.count(b"<Signature ") != 1 or lido.dados.count(b"<%b " % nome) != 1:
        return False
    info, referencia, digest, valor, der = achada.groups()
    if lido.dados.count(b'Id="%b"' % referencia) != 1 or not _e_o_conteudo(lido.dados, nome, referencia, digest):
        return False
    dono = _certificado(der)
    if dono is None:
        return False
    chave, quem = dono
    if not quem.validade_de <= quando <= quem.validade_ate or (cnpj and (quem.cnpj or "")[:8] != cnpj[:8]):
        return False
    return _assinou(chave, info, valor)


def _e_o_conteudo(dados: bytes, nome: bytes, referencia: bytes, digest: bytes) -> bool:
    """Says whether the digest is that of the one element with that Id.

    The element is parsed alone, so that its canonical form is that of a document of its own.
    """
    inicio, fim = dados.find(b"<%b " % nome), dados.rfind(b"</%b>" % nome)
    corpo = dados[inicio + 1 + len(nome) : fim]
    if b'Id="%b"' % referencia not in corpo.partition(b">")[0]:
        return False
    sozinho = reler(b'<%b xmlns="%b"%b</%b>' % (nome, CTE.encode(), corpo, nome))
    canonico = etree.tostring(sozinho, method="c14n", exclusive=False, with_comments=False)
    return base64.b64encode(hashlib.sha1(canonico, usedforsecurity=False).digest()) == digest


@functools.lru_cache(maxsize=256)
def _certificado(texto: bytes) -> tuple[RSAPublicKey, Identidade] | None:
    """Reads a certificate. The result is kept, because the same companies come again and again."""
    try:
        certificado = x509.load_der_x509_certificate(base64.b64decode(texto, validate=True))
        chave = certificado.public_key()
        return (chave, identificar(certificado)) if isinstance(chave, RSAPublicKey) else None
    except (ValueError, binascii.Error):
        return None


def _assinou(chave: RSAPublicKey, info: bytes, valor: bytes) -> bool:
    sozinho = reler(info.replace(b"<SignedInfo>", b'<SignedInfo xmlns="%b">' % DS.encode(), 1))
    canonico = etree.tostring(sozinho, method="c14n", exclusive=False, with_comments=False)
    try:
        chave.verify(base64.b64decode(valor), canonico, PKCS1v15(), SHA1())  # noqa: S303 -- the profile is the manual's
    except (InvalidSignature, binascii.Error):
        return False
    return True
