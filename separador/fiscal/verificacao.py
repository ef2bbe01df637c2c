"""Checks signatures that others made: signed exports, and the authorised documents that come back.

signxml does the cryptography. What it cannot know is checked here, before and after. The signature must have exactly
the manual's profile and stand where it must. What it covers must be the element that the rest of the program reads
("see what is signed"). A signature that this program made is not verified again.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidInput, SignXMLException
from signxml.verifier import XMLVerifier

from separador.fiscal.assinatura import NaoAssinavelError, digerir, id_assinado
from separador.fiscal.certificado import Identidade, fora_da_validade, identificar
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import ASSINATURA, C14N, ENVELOPED, ds, linha
from separador.fiscal.perfil_de_assinatura import METODO_ASSINATURA, METODO_DIGEST, configuracao_signxml
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import ASSINAVEIS, Tipo

_ATRIBUTOS_ID = ("Id", "ID", "id")


@dataclass(frozen=True, slots=True)
class Verificada:
    """A signature that holds: its values in base64, and the certificate that made it (DER).

    The chain of the certificate is not judged here.
    """

    id: str
    digest_value: str
    signature_value: str
    certificado_der: bytes
    identidade: Identidade

    @property
    def cnpj(self) -> str | None:
        """Returns the CNPJ of the certificate's holder."""
        return self.identidade.cnpj


class _Verificador(XMLVerifier):
    """The verifier of signxml, told to drop the empty xmlns that lxml's C14N adds.

    Without that it reads an unprefixed Signature wrongly.
    """

    excise_empty_xmlns_declarations = True


def verificar(dados: bytes, *, cnpj_esperado: str | None = None, quando: datetime | None = None) -> Verificada | Recusa:
    """Verifies one signed document or event, given as its own root element.

    `cnpj_esperado`: CNPJ whose certificate it must be, compared by the 8-character base (rule 213). `quando`: the
    instant (aware) at which the certificate must have been valid (291); None skips the dates. Codes: 297 the signature
    or the digest is wrong, 298 it is not of the profile, 290 and 292 the certificate.
    """
    lido = ler(dados)
    if isinstance(lido, Recusa):
        return lido
    if lido.tipo not in ASSINAVEIS:
        return Recusa((_perfil(f"o elemento <{lido.raiz_local}> não é um documento que se assina", lido.raiz),))
    return verificar_raiz(lido.raiz, lido.tipo, cnpj_esperado=cnpj_esperado, quando=quando)


def verificar_raiz(
    raiz: etree._Element, tipo: Tipo, *, cnpj_esperado: str | None = None, quando: datetime | None = None
) -> Verificada | Recusa:
    """Verifies the same in a tree. The tree is not changed."""
    perfil = list(_fora_do_perfil(raiz, tipo))
    if perfil:
        return Recusa(tuple(perfil))
    der = base64.b64decode(_texto(raiz, ds("X509Certificate")))
    certificado = _abrir(der)
    if certificado is None:
        return Recusa(
            (_erro("290", "D01", "O certificado da assinatura não é um X.509 com chave RSA.", "Assine de novo."),)
        )
    identidade = identificar(certificado)
    erros = [e for e in (_criptografia(raiz, tipo, certificado), _dono(identidade, cnpj_esperado)) if e is not None]
    if quando is not None and (fora := fora_da_validade(identidade, quando)) is not None:
        erros.append(fora)
    if erros:
        return Recusa(tuple(erros))
    valores = (_texto(raiz, ds("DigestValue")), _texto(raiz, ds("SignatureValue")))
    return Verificada(id_assinado(raiz, tipo), *valores, der, identidade)


def so_reformatado(copia: bytes, original: bytes) -> bool:
    """Says whether a copy differs from what was signed only by blanks between tags, as an editor leaves them."""
    a, b = ler(copia), ler(original)
    return not isinstance(a, Recusa) and not isinstance(b, Recusa) and _mesmo(a.raiz, b.raiz)


def _mesmo(a: etree._Element, b: etree._Element) -> bool:
    """Compares names, attributes and texts all the way down. Blank text counts only where there is nothing else."""
    filhos_a, filhos_b = list(a), list(b)
    if a.tag != b.tag or sorted(a.items()) != sorted(b.items()) or len(filhos_a) != len(filhos_b):
        return False
    if filhos_a:
        soltos = (a.text, b.text, *(f.tail for f in (*filhos_a, *filhos_b)))
        return not any((t or "").strip() for t in soltos) and all(map(_mesmo, filhos_a, filhos_b))
    return (a.text or "") == (b.text or "")


def _abrir(der: bytes) -> x509.Certificate | None:
    """Returns the certificate, when it is one and its key is RSA (rule 290). Else returns None."""
    try:
        certificado = x509.load_der_x509_certificate(der)
        identificar(certificado)
        return certificado if isinstance(certificado.public_key(), RSAPublicKey) else None
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _fora_do_perfil(raiz: etree._Element, tipo: Tipo) -> Iterator[Erro]:
    """Checks 298: place, structure, algorithms, and the one Reference (MOC 4.00, Visão Geral, 3.2.4)."""
    try:
        identificador = id_assinado(raiz, tipo)
    except NaoAssinavelError as erro:
        yield _perfil(str(erro), raiz)
        return
    assinaturas = list(raiz.iter(ASSINATURA))
    if len(assinaturas) != 1 or raiz[-1] is not assinaturas[0]:
        yield _perfil("a assinatura precisa ser uma só e a última tag do elemento raiz", raiz)
        return
    if _forma(assinaturas[0]) != _forma_do_perfil(identificador):
        yield _perfil("a estrutura, os algoritmos ou a referência não são os do manual", assinaturas[0])
    repetidos = sum(1 for e in raiz.iter(etree.Element) for a in _ATRIBUTOS_ID if e.get(a) == identificador)
    if repetidos != 1:
        yield _perfil("o Id assinado aparece mais de uma vez no documento", raiz)
    if not all(_base64(_texto(raiz, ds(n))) for n in ("DigestValue", "SignatureValue", "X509Certificate")):
        yield _perfil("um dos valores em base64 está vazio ou inválido", assinaturas[0])


_Forma = tuple[str, tuple[tuple[str, str], ...], tuple["_Forma", ...]]


def _forma(elemento: etree._Element) -> _Forma:
    """Returns names and attributes of a subtree, without its texts.

    It is only compared with one small constant shape.
    """
    atributos = tuple(sorted((str(k), str(v)) for k, v in elemento.attrib.items()))
    return (str(elemento.tag), atributos, tuple(_forma(f) for f in elemento))


def _forma_do_perfil(identificador: str) -> _Forma:
    def no(nome: str, *filhos: _Forma, **atributos: str) -> _Forma:
        return (ds(nome), tuple(sorted(atributos.items())), filhos)

    transformacoes = no("Transforms", no("Transform", Algorithm=ENVELOPED), no("Transform", Algorithm=C14N))
    referencia = no(
        "Reference",
        transformacoes,
        no("DigestMethod", Algorithm=METODO_DIGEST),
        no("DigestValue"),
        URI=f"#{identificador}",
    )
    info = no(
        "SignedInfo",
        no("CanonicalizationMethod", Algorithm=C14N),
        no("SignatureMethod", Algorithm=METODO_ASSINATURA),
        referencia,
    )
    return no("Signature", info, no("SignatureValue"), no("KeyInfo", no("X509Data", no("X509Certificate"))))


def _criptografia(raiz: etree._Element, tipo: Tipo, certificado: x509.Certificate) -> Erro | None:
    """Checks 297.

    signxml must accept the signature, and the digest that it checked must be that of the element that this program
    reads.
    """
    try:
        if digerir(raiz, tipo) != _texto(raiz, ds("DigestValue")):
            return _297("o conteúdo foi alterado depois de assinado (digest diferente)")
        _Verificador().verify(
            raiz,
            x509_cert=certificado,
            id_attribute="Id",
            expect_config=configuracao_signxml(certificado.not_valid_before_utc),
        )
    except InvalidDigest:
        return _297("o conteúdo foi alterado depois de assinado (digest diferente)")
    except (InvalidInput, etree.DocumentInvalid):
        return _perfil("a forma da assinatura não é a do manual", raiz)
    except (SignXMLException, ValueError):
        return _297("o valor da assinatura não confere com o certificado")
    return None


def _dono(identidade: Identidade, cnpj_esperado: str | None) -> Erro | None:
    if cnpj_esperado is None or (identidade.cnpj or "")[:8] == cnpj_esperado[:8]:
        return None
    return _erro(
        "213",
        "E03",
        f"O certificado da assinatura é de {identidade.titular} ({identidade.cnpj or identidade.cpf}); "
        f"o emitente é {cnpj_esperado}.",
        "Assine com o certificado da empresa emitente.",
    )


def _texto(raiz: etree._Element, nome: str) -> str:
    """Returns the text of the one such element in the Signature.

    The line breaks that some signers put in base64 are removed.
    """
    return "".join((raiz[-1].findtext(f".//{nome}") or "").split())


def _base64(texto: str) -> bool:
    try:
        return len(base64.b64decode(texto, validate=True)) > 0
    except (binascii.Error, ValueError):
        return False


def _297(motivo: str) -> Erro:
    return _erro(
        "297", "E02", f"A assinatura não confere: {motivo}.", "Assine o documento original de novo, sem mexer nele."
    )


def _perfil(motivo: str, no: etree._Element) -> Erro:
    return Erro(
        "298",
        "E01",
        f"A assinatura está fora do padrão do CT-e: {motivo}.",
        "Gere o documento sem assinatura (o separador assina), ou corrija o programa que assina.",
        linha(no),
        "Signature",
    )


def _erro(codigo: str, regra: str, mensagem: str, o_que_fazer: str) -> Erro:
    return Erro(codigo, regra, mensagem, o_que_fazer, tag="Signature" if codigo == "297" else "X509Certificate")
