"""Puts into unsigned documents what the installation configured, and nothing else.

`infRespTec` (MOC 4.00, Anexo I; schema type TRespTec) goes in before the signature, where the document has none. It is
the last group of infCte but for infSolicNFF and infPAA, which only CT-e and CT-e Simplificado may have.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from html import escape  # that of xml.sax would load http.client and the mail parser

from lxml import etree

from separador.fiscal.nomes import INF_CTE, q
from separador.nucleo.tipo import DOCUMENTOS, Tipo

_DEPOIS = ("infSolicNFF", "infPAA")
NOTA_RESPONSAVEL = "responsável técnico (infRespTec) incluído, como na configuração"


@dataclass(frozen=True, slots=True)
class ResponsavelTecnico:
    """The company that answers for the issuing system.

    `id_csrt` (3 digits) and `csrt` (the secret) come together or not at all.
    """

    cnpj: str
    contato: str
    email: str
    fone: str
    id_csrt: str | None = None
    csrt: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Inclusoes:
    """The configured inclusions.

    `contingencia_offline`: sign the QR code of a document of tpEmis 2 that is no GTV-e. It is off by default, because
    the text of the technical note that allows it (NT 2026.004) is not confirmed.
    """

    responsavel: ResponsavelTecnico | None = None
    contingencia_offline: bool = False


NADA = Inclusoes()
"""The inclusions of an installation that asked for nothing."""


def hash_csrt(csrt: str, chave: str) -> str:
    """Returns hashCSRT (rule 868): base64 of the SHA-1 of the secret followed by the key, 28 characters."""
    sha1 = hashlib.sha1((csrt + chave).encode(), usedforsecurity=False)
    return base64.b64encode(sha1.digest()).decode()


def incluir_responsavel(xml: bytes, raiz: etree._Element, tipo: Tipo, quem: ResponsavelTecnico | None) -> bytes | None:
    """Returns the bytes with infRespTec put in. The tree of `raiz`, which holds the same, is changed in place.

    Returns None when nothing is to be put in: not configured, not a document, no infCte, or infRespTec is already
    there.
    """
    inf = raiz.find(INF_CTE) if quem is not None and tipo in DOCUMENTOS else None
    if quem is None or inf is None or inf.find(q("infRespTec")) is not None:
        return None
    campos = _campos(quem, (inf.get("Id") or "")[3:])
    seguinte = next((f for f in inf.iterchildren(*(q(n) for n in _DEPOIS))), None)
    corte = xml.rfind(b"</infCte") if seguinte is None else _inicio(xml, etree.QName(seguinte).localname)
    if corte < 0:
        return None
    grupo = etree.Element(q("infRespTec"))
    for nome, valor in campos:
        etree.SubElement(grupo, q(nome)).text = valor
    if seguinte is None:
        inf.append(grupo)
    else:
        seguinte.addprevious(grupo)
    novo = "".join(f"<{nome}>{escape(valor, quote=False)}</{nome}>" for nome, valor in campos)
    return xml[:corte] + f"<infRespTec>{novo}</infRespTec>".encode() + xml[corte:]


def _campos(quem: ResponsavelTecnico, chave: str) -> list[tuple[str, str]]:
    campos = [("CNPJ", quem.cnpj), ("xContato", quem.contato), ("email", quem.email), ("fone", quem.fone)]
    if quem.id_csrt is not None and quem.csrt is not None:
        campos += [("idCSRT", quem.id_csrt), ("hashCSRT", hash_csrt(quem.csrt, chave))]
    return campos


def _inicio(xml: bytes, nome: str) -> int:
    """Returns the offset of the only child of that name: nothing that may follow it holds its text."""
    return xml.rfind(f"<{nome}".encode())
