"""Writes and signs the termo de autorização, with the text that SERPRO fixed (its page of AUTENTICAPROCURADOR).

The signature is XMLDSig enveloped, RSA-SHA256, inclusive C14N. The document is written as canonical text from the start
(one line, no declaration inside what is hashed). Its bytes and its canonical form are thus the same, and the false
`xmlns=""` of lxml's C14N cannot occur.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from separador.capacidades.ecac.dominio.arrecadacao import tipo_ni
from separador.fiscal.certificado import Certificado, Identidade

_DS = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_DECLARACAO = b'<?xml version="1.0" encoding="UTF-8"?>'

# SERPRO validates these texts to the letter.
_TERMO = (
    "Autorizo a empresa CONTRATANTE, identificada neste termo de autorização como DESTINATÁRIO, a executar as "
    "requisições dos serviços web disponibilizados pela API INTEGRA CONTADOR, onde terei o papel de AUTOR PEDIDO "
    "DE DADOS no corpo da mensagem enviada na requisição do serviço web. Esse termo de autorização está assinado "
    "digitalmente com o certificado digital do PROCURADOR ou OUTORGADO DO CONTRIBUINTE responsável, identificado "
    "como AUTOR DO PEDIDO DE DADOS."
)
_AVISO = (
    "O acesso a estas informações foi autorizado pelo próprio PROCURADOR ou OUTORGADO DO CONTRIBUINTE, "
    "responsável pela informação, via assinatura digital. É dever do destinatário da autorização e consumidor "
    "deste acesso observar a adoção de base legal para o tratamento dos dados recebidos conforme artigos 7º ou "
    "11º da LGPD (Lei n.º 13.709, de 14 de agosto de 2018), aos direitos do titular dos dados (art. 9º, 17 e 18, "
    "da LGPD) e aos princípios que norteiam todos os tratamentos de dados no Brasil (art. 6º, da LGPD)."
)
_FINALIDADE = (
    "A finalidade única e exclusiva desse TERMO DE AUTORIZAÇÃO, é garantir que o CONTRATANTE apresente a API "
    "INTEGRA CONTADOR esse consentimento do PROCURADOR ou OUTORGADO DO CONTRIBUINTE assinado digitalmente, para "
    "que possa realizar as requisições dos serviços web da API INTEGRA CONTADOR em nome do AUTOR PEDIDO DE DADOS "
    "(PROCURADOR ou OUTORGADO DO CONTRIBUINTE)."
)


@dataclass(frozen=True, slots=True)
class Parte:
    """A party named in the termo: CNPJ or CPF without mask, and the name."""

    numero: str
    nome: str


@dataclass(frozen=True, slots=True)
class Termo:
    """The content of the authorisation. Dates are Brasília's: `assinatura` ≤ today ≤ `vigencia`."""

    destinatario: Parte
    assinado_por: Parte
    assinatura: date
    vigencia: date


class AssinanteTermo(Protocol):
    """A key that signs with SHA-256: an A1 in memory (`DeA1`), or a token."""

    @property
    def der(self) -> bytes:
        """Returns the certificate."""

    @property
    def identidade(self) -> Identidade:
        """Returns holder and validity."""

    def assinar_sha256(self, texto: bytes) -> bytes:
        """Signs with RSA PKCS#1 v1.5 and SHA-256 (CKM SHA256_RSA_PKCS of a token)."""


@dataclass(frozen=True, slots=True)
class DeA1:
    """The key of an A1 certificate, under the termo's digest (the profile of the CT-e is SHA-1)."""

    certificado: Certificado

    @property
    def der(self) -> bytes:
        """Returns the certificate."""
        return self.certificado.der

    @property
    def identidade(self) -> Identidade:
        """Returns holder and validity."""
        return self.certificado.identidade

    def assinar_sha256(self, texto: bytes) -> bytes:
        """Signs with RSA PKCS#1 v1.5 and SHA-256."""
        return self.certificado.chave.sign(texto, PKCS1v15(), SHA256())


class TermoInvalidoError(ValueError):
    """The termo would be refused: dates, or a certificate of somebody else. The text is for the operator."""


def assinar(termo: Termo, assinante: AssinanteTermo) -> bytes:
    """Returns the signed XML, ready to be sent, again and again until `vigencia`. Raises TermoInvalidoError."""
    _conferir(termo, assinante.identidade)
    raiz = _montar(termo).encode()
    digest = base64.b64encode(hashlib.sha256(raiz).digest()).decode()
    info = _signed_info(digest)
    canonico = info.replace("<SignedInfo>", f'<SignedInfo xmlns="{_DS}">', 1).encode()
    valor = base64.b64encode(assinante.assinar_sha256(canonico)).decode()
    x509 = base64.b64encode(assinante.der).decode()
    assinatura = (
        f'<Signature xmlns="{_DS}">{info}<SignatureValue>{valor}</SignatureValue><KeyInfo><X509Data>'
        f"<X509Certificate>{x509}</X509Certificate></X509Data></KeyInfo></Signature>"
    )
    fim = raiz.rindex(b"</")
    return _DECLARACAO + raiz[:fim] + assinatura.encode() + raiz[fim:]


def _conferir(termo: Termo, identidade: Identidade) -> None:
    if termo.assinatura > termo.vigencia:
        raise TermoInvalidoError("a vigência do termo é anterior à assinatura")
    donos = {n for n in (identidade.cnpj, identidade.cpf) if n}
    if termo.assinado_por.numero not in donos:
        raise TermoInvalidoError(
            f"o termo é de {termo.assinado_por.numero}, e o certificado é de {identidade.titular} "
            f"({' / '.join(sorted(donos)) or 'sem CNPJ nem CPF'})"
        )
    if tipo_ni(termo.destinatario.numero) != 2:
        raise TermoInvalidoError("o destinatário do termo é o contratante, um CNPJ")


def _montar(t: Termo) -> str:
    """Returns canonical text: no declaration, empty elements with an end tag, attributes in alphabetical order."""
    linhas = (
        '<sistema id="API Integra Contador"></sistema>',
        f'<termo texto="{_TERMO}"></termo>',
        f'<avisoLegal texto="{_AVISO}"></avisoLegal>',
        f'<finalidade texto="{_FINALIDADE}"></finalidade>',
        f'<dataAssinatura data="{t.assinatura:%Y%m%d}"></dataAssinatura>',
        f'<vigencia data="{t.vigencia:%Y%m%d}"></vigencia>',
        _parte("destinatario", t.destinatario, "contratante"),
        _parte("assinadoPor", t.assinado_por, "autor pedido de dados"),
    )
    return f"<termoDeAutorizacao><dados>{''.join(linhas)}</dados></termoDeAutorizacao>"


def _parte(nome: str, p: Parte, papel: str) -> str:
    tipo = "PF" if tipo_ni(p.numero) == 1 else "PJ"
    return f'<{nome} nome="{_atributo(p.nome)}" numero="{p.numero}" papel="{papel}" tipo="{tipo}"></{nome}>'


def _atributo(texto: str) -> str:
    """Joins blanks, removes control characters, and escapes as C14N writes an attribute (`>` stays)."""
    limpo = " ".join("".join(c if c.isprintable() else " " for c in texto).split())
    return limpo.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _signed_info(digest: str) -> str:
    return (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{_RSA_SHA256}"></SignatureMethod><Reference URI=""><Transforms>'
        f'<Transform Algorithm="{_DS}enveloped-signature"></Transform><Transform Algorithm="{_C14N}"></Transform>'
        f'</Transforms><DigestMethod Algorithm="{_SHA256}"></DigestMethod><DigestValue>{digest}</DigestValue>'
        "</Reference></SignedInfo>"
    )
