"""Makes an unsigned export signable without changing a value.

Removed: BOM, comments, blank text between tags. Inserted: a missing infCTeSupl with the QR code. A leaf's text is never
changed, blank or not. The result is the root element alone, UTF-8, without declaration. Every change is noted in
Portuguese for the log and for `rastrear`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from separador.fiscal.leitura import BOM, BRANCOS, Lido, fim_da_raiz
from separador.fiscal.nomes import INF_CTE, SUPLEMENTO, q
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.tipo import DOCUMENTOS, Tipo

TP_EMIS_COM_SIGN = frozenset("245")  # contingency: SEFAZ may not have it yet (MOC 4.00, Visão Geral, 9)

_ENTRE_MARCAS = re.compile(rb">[ \t\r\n]+<")
_BRANCOS_TEXTO = BRANCOS.decode()


@dataclass(frozen=True, slots=True)
class Normalizado:
    """A normalised document, in `xml` and in `raiz`. `raiz` keeps the line numbers of the original."""

    xml: bytes
    raiz: etree._Element
    notas: tuple[str, ...]


def limpar(lido: Lido) -> Normalizado:
    """Returns the root element without comments or blanks between tags. The tree of `lido` is changed in place."""
    notas = ["BOM retirado do início do arquivo"] if lido.dados.startswith(BOM) else []
    fim = fim_da_raiz(lido.dados)
    if lido.dados.find(b"<!--", 0, lido.inicio) >= 0 or lido.dados.find(b"<!--", fim) >= 0:
        notas.append("comentários fora do documento retirados")
    comentado = next(lido.raiz.iter(etree.Comment), None) is not None
    if comentado or _ENTRE_MARCAS.search(lido.dados, lido.inicio, fim):  # one pass, 5 µs; a search per blank costs 28
        notas += _limpar_arvore(lido.raiz, comentado)
        xml = etree.tostring(lido.raiz, encoding="UTF-8", xml_declaration=False, with_tail=False)
    else:
        xml = lido.dados[lido.inicio : fim]
    return Normalizado(xml, lido.raiz, tuple(notas))


def incluir_qr(
    limpo: Normalizado, tipo: Tipo, url_qr: str | None, assinar_texto: Callable[[bytes], str] | None
) -> Normalizado:
    """Puts in a missing infCTeSupl. The tree is changed in place.

    `url_qr` is the QR address of the emitter's UF and environment; None inserts nothing. `assinar_texto` gives the
    `sign` of a contingency document (Assinador.assinar_texto); without it a contingency QR is not inserted.
    """
    qr = _qr_que_falta(limpo.raiz, tipo, url_qr, assinar_texto)
    if qr is None:
        return limpo
    xml = _inserir_qr(limpo.xml, limpo.raiz, qr)
    return Normalizado(xml, limpo.raiz, (*limpo.notas, "QR Code (infCTeSupl) incluído"))


def _limpar_arvore(raiz: etree._Element, comentado: bool) -> list[str]:
    """Removes comments, then blank text beside child elements. Returns notes of what was there."""
    notas = []
    if comentado:
        etree.strip_tags(raiz, etree.Comment)
        notas.append("comentários retirados")
    if _tirar_brancos(raiz):
        notas.append("espaços e quebras de linha entre as tags retirados")
    return notas


def _tirar_brancos(raiz: etree._Element) -> bool:
    """Removes blank text beside child elements. Returns True when something was removed.

    Text beside child elements that is not blank stays: the schema refuses it.
    """
    tirou = False
    for elemento in raiz.iter():
        if len(elemento):
            if elemento.text is not None and not elemento.text.strip(_BRANCOS_TEXTO):
                elemento.text, tirou = None, True
            for filho in elemento:
                if filho.tail is not None and not filho.tail.strip(_BRANCOS_TEXTO):
                    filho.tail, tirou = None, True
    return tirou


def _qr_que_falta(
    raiz: etree._Element, tipo: Tipo, url: str | None, assinar_texto: Callable[[bytes], str] | None
) -> str | None:
    """Returns the text of the QR code to insert, or None.

    None means that there is one already, that it is not a document, or that its parts are not known.
    """
    if url is None or tipo not in DOCUMENTOS or raiz.find(SUPLEMENTO) is not None:
        return None
    inf = raiz.find(INF_CTE)
    chave = (inf.get("Id") or "")[3:] if inf is not None else ""
    ide = inf.find(q("ide")) if inf is not None else None
    if ide is None or not FORMATO_CHAVE.fullmatch(chave):
        return None
    texto = f"{url}?chCTe={chave}&tpAmb={ide.findtext(q('tpAmb'))}"
    if ide.findtext(q("tpEmis")) not in TP_EMIS_COM_SIGN:
        return texto
    return f"{texto}&sign={assinar_texto(chave.encode())}" if assinar_texto is not None else None


def _inserir_qr(xml: bytes, raiz: etree._Element, texto: str) -> bytes:
    """Puts the QR code in as last child of the root, in the tree and in the bytes.

    Base64 and URLs need no escape but the ampersand's.
    """
    etree.SubElement(etree.SubElement(raiz, SUPLEMENTO), q("qrCodCTe")).text = texto
    novo = f"<infCTeSupl><qrCodCTe>{texto.replace('&', '&amp;')}</qrCodCTe></infCTeSupl>".encode()
    corte = xml.rfind(b"</")
    return xml[:corte] + novo + xml[corte:]
