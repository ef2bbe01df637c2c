"""Judges a signed termo as SERPRO does (its page on AUTENTICAPROCURADOR).

It checks structure, texts, dates, parties and signature.
"""

import base64
import binascii
import hashlib
import re
from datetime import date

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from separador.fiscal.certificado import identificar
from separador.fiscal.leitura import ler, reler
from separador.nucleo.erro import Recusa as XmlRecusado
from separador.simulador.serpro.pedido import Recusa

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

# sha256 (the first 16 digits) of the three texts, which SERPRO compares to the letter.
_TEXTOS = {
    "termo": "fa8701126a11f9fc",
    "avisoLegal": "be0ce092e96f1226",
    "finalidade": "78b723d1d1461625",
}


def conferir(em_base64: object, *, contratante: str, autor: str, hoje: date) -> bytes:
    """Returns the XML, when all is right. Raises Recusa with SERPRO's code."""
    if not isinstance(em_base64, str) or not em_base64:
        raise _recusa(400, "002", "xml nulo ou vazio")
    try:
        xml = base64.b64decode(em_base64, validate=True)
    except (binascii.Error, ValueError):
        raise _recusa(400, "020", "o xml não é uma base64 válida") from None
    if not xml.startswith((b"<?xml", b"<termo")):
        raise _recusa(403, "038", "erro na análise do XML")
    lido = ler(xml)
    if isinstance(lido, XmlRecusado):
        raise _recusa(403, "038", "erro na análise do XML")
    if lido.raiz.tag != "termoDeAutorizacao":
        raise _recusa(400, "019", "a tag raiz deve ser termoDeAutorizacao")
    _dados(lido.raiz, contratante, autor, hoje)
    _assinatura(xml, lido.raiz, autor, hoje)
    return xml


def _dados(raiz: etree._Element, contratante: str, autor: str, hoje: date) -> None:
    if _atributo(raiz, "sistema", "id") != "API Integra Contador":
        raise _recusa(400, "016", "atributo id da tag sistema inválido")
    for tag, resumo in _TEXTOS.items():
        if hashlib.sha256(_atributo(raiz, tag, "texto").encode()).hexdigest()[:16] != resumo:
            raise _recusa(400, "016", f"atributo texto da tag {tag} inválido")
    if _dia(raiz, "vigencia") < hoje:
        raise _recusa(400, "017", "a data de vigência deve ser maior ou igual à data corrente")
    if _dia(raiz, "dataAssinatura") > hoje:
        raise _recusa(400, "018", "a data de assinatura não deve ser posterior à data atual")
    _parte(raiz, "destinatario", "contratante")
    _parte(raiz, "assinadoPor", "autor pedido de dados")
    if _atributo(raiz, "destinatario", "numero") != contratante:
        raise _recusa(403, "012", "NI do contratante difere do NI do XML")
    if _atributo(raiz, "assinadoPor", "numero") != autor:
        raise Recusa(403, "[AcessoNegado-ICGERENCIADOR-054]", "O autor não foi quem assinou o Termo.")


def _parte(raiz: etree._Element, tag: str, papel: str) -> None:
    numero = _atributo(raiz, tag, "numero")
    tipo = {11: "PF", 14: "PJ"}.get(len(numero))
    if not _atributo(raiz, tag, "nome") or _atributo(raiz, tag, "tipo") != tipo:
        raise _recusa(400, "016", f"atributo tipo da tag {tag} inválido")
    if _atributo(raiz, tag, "papel") != papel:
        raise _recusa(400, "016", f"atributo papel da tag {tag} inválido")


def _atributo(raiz: etree._Element, tag: str, nome: str) -> str:
    achado = raiz.find(f"dados/{tag}")
    if achado is None:
        raise _recusa(400, "015", f"Layout do XML inválido: tag {tag} não encontrada")
    return achado.get(nome) or ""


def _dia(raiz: etree._Element, tag: str) -> date:
    texto = _atributo(raiz, tag, "data")
    if not re.fullmatch(r"\d{8}", texto):
        raise _recusa(400, "016", f"atributo data da tag {tag} inválido")
    return date.fromisoformat(texto)


def _assinatura(xml: bytes, raiz: etree._Element, autor: str, hoje: date) -> None:
    achadas = raiz.findall(f"{_DS}Signature")
    if len(achadas) != 1:
        raise _recusa(400, "025", "Xml sem assinatura")
    assinatura = achadas[0]
    _perfil(assinatura)
    certificado = _certificado(assinatura, autor, hoje)
    info = assinatura.find(f"{_DS}SignedInfo")
    valor, digest = assinatura.findtext(f"{_DS}SignatureValue"), assinatura.findtext(f".//{_DS}DigestValue")
    if info is None or valor is None or digest is None:
        raise _recusa(403, "013", "XML assinado inválido")
    canonico = etree.tostring(reler(etree.tostring(info, with_tail=False)), method="c14n")
    chave = certificado.public_key()
    if not isinstance(chave, RSAPublicKey):
        raise _recusa(400, "033", "verificar a validade da assinatura")
    try:
        chave.verify(base64.b64decode(valor), canonico, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        raise _recusa(400, "033", "verificar a validade da assinatura") from None
    if base64.b64encode(hashlib.sha256(_sem_assinatura(xml)).digest()).decode() != digest.strip():
        raise _recusa(400, "033", "verificar alteração após a assinatura")


def _sem_assinatura(xml: bytes) -> bytes:
    """Returns the canonical document as it was before the Signature was put in. Text around the Signature stays."""
    raiz = reler(xml)
    assinatura = raiz.find(f"{_DS}Signature")
    if assinatura is not None:
        anterior = assinatura.getprevious()
        cauda = assinatura.tail or ""
        if anterior is not None:
            anterior.tail = (anterior.tail or "") + cauda
        else:
            raiz.text = (raiz.text or "") + cauda
        raiz.remove(assinatura)
    return etree.tostring(raiz, method="c14n")


def _perfil(s: etree._Element) -> None:
    exigidos = (
        ("SignedInfo/CanonicalizationMethod", _C14N, "026", "CanonicalizationMethod inválido"),
        ("SignedInfo/SignatureMethod", _RSA_SHA256, "027", "SignatureMethod inválido"),
        ("SignedInfo/Reference/DigestMethod", _SHA256, "030", "DigestMethod inválido"),
    )
    for caminho, algoritmo, codigo, texto in exigidos:
        achado = s.find("/".join(f"{_DS}{p}" for p in caminho.split("/")))
        if achado is None or achado.get("Algorithm") != algoritmo:
            raise _recusa(400, codigo, texto)
    referencias = s.findall(f"{_DS}SignedInfo/{_DS}Reference")
    if len(referencias) != 1:
        raise _recusa(400, "028", "apenas um Reference")
    if referencias[0].get("URI") != "":
        raise _recusa(400, "029", "a URI deve ser vazia")
    transformacoes = [t.get("Algorithm") for t in referencias[0].findall(f"{_DS}Transforms/{_DS}Transform")]
    if transformacoes != [_ENVELOPED, _C14N]:
        raise _recusa(400, "031", "transformações exigidas")
    if len(s.findall(f"{_DS}KeyInfo/{_DS}X509Data")) != 1:
        raise _recusa(400, "032", "apenas um KeyInfo/X509Data")


def _certificado(s: etree._Element, autor: str, hoje: date) -> x509.Certificate:
    texto = s.findtext(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate") or ""
    try:
        certificado = x509.load_der_x509_certificate(base64.b64decode(texto, validate=True))
        identidade = identificar(certificado)
    except (ValueError, binascii.Error):
        raise _recusa(403, "039", "X509Certificate2 inválido") from None
    if identidade.cnpj is None and identidade.cpf is None:
        raise _recusa(403, "009", "o certificado deve ser e-PF, e-CPF, e-PJ ou e-CNPJ")
    if identidade.validade_ate.date() < hoje:
        raise _recusa(403, "010", "certificado expirado")
    if autor not in (identidade.cnpj, identidade.cpf):
        raise _recusa(403, "011", "NI do procurador difere do NI do certificado")
    return certificado


def _recusa(http: int, numero: str, texto: str) -> Recusa:
    familia = "EntradaIncorreta" if http == 400 else "AcessoNegado"
    return Recusa(http, f"[{familia}-AUTENTICAPROCURADOR-{numero}]", texto)
