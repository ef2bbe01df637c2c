"""Finds the exact source bytes of an element of a parsed tree (lxml keeps no offsets)."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from separador.fiscal.nomes import CTE, DS

# lxml takes None for the default namespace; its stubs do not
_NSMAP: dict[str, Any] = {CTE: {None: CTE}, DS: {None: DS}}
_PULOS = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_CORPO_DA_MARCA = rb"""(?:"[^"]*"|'[^']*'|[^>"'])*"""


def recortar(dados: bytes, *nomes: str) -> Iterator[tuple[str, bytes]]:
    """Yields the outermost elements with these local names, in document order: (local name, exact bytes).

    It is only for bytes that already parsed: in well-formed XML every `<` begins a comment, a CDATA, a PI or a tag, so
    skipping those makes the search exact. A slice keeps its prefix; what its ancestors declared stays outside.
    """
    alternativas = b"|".join(n.encode() for n in nomes)
    marca = re.compile(
        rb"(?s)%b|<(/?)((?:[^\s<>/!?:]+:)?(%b))(?=[\s/>])(%b)>" % (_PULOS, alternativas, _CORPO_DA_MARCA)
    )
    nivel, abertura, nome_aberto = 0, 0, b""
    for m in marca.finditer(dados):
        if m.group(2) is None or (nivel and m.group(2) != nome_aberto):
            continue
        if m.group(1):
            nivel -= 1
        elif not m.group(4).endswith(b"/"):
            nivel += 1
        if nivel == 1 and not m.group(1) and not m.group(4).endswith(b"/"):
            abertura, nome_aberto = m.start(), m.group(2)
        elif nivel == 0:
            yield m.group(3).decode(), dados[abertura if m.group(1) else m.start() : m.end()]


class Recortes:
    """The slices of one file, by element.

    The n-th element of a name in the tree is the n-th of that name in the bytes. An element inside another of the same
    name has no slice of its own (the CT-e layouts have none such).
    """

    def __init__(self, dados: bytes, raiz: etree._Element) -> None:
        self._dados = dados
        self._raiz = raiz
        self._cortes: dict[str, dict[etree._Element, bytes]] = {}

    def de(self, elemento: etree._Element) -> bytes:
        """Returns the bytes of the element, from its `<` to its last `>`."""
        nome = etree.QName(elemento).localname
        if nome not in self._cortes:
            self._cortes[nome] = self._cortar(nome)
        return self._cortes[nome][elemento]

    def _cortar(self, nome: str) -> dict[etree._Element, bytes]:
        """Cuts once per name. Elements hash by identity, and the keys keep them alive."""
        achados = [e for e in self._raiz.iter(f"{{*}}{nome}") if next(e.iterancestors(f"{{*}}{nome}"), None) is None]
        cortes = [corte for _, corte in recortar(self._dados, nome)]
        return dict(zip(achados, cortes, strict=True))


# --- pieces that outlive the file -------------------------------------------------------------------------------


def avulso(elemento: etree._Element | None, recortes: Recortes, *, sozinho: bool = False) -> bytes | None:
    """Returns the element as bytes of its own.

    `sozinho`: it must also stand alone, so it gets the xmlns that it inherited.
    """
    if elemento is None:
        return None
    if not _recortavel(elemento):
        return etree.tostring(_no_padrao(elemento), encoding="UTF-8", xml_declaration=False)
    corte = recortes.de(elemento)
    if sozinho and b"xmlns=" not in corte[: corte.index(b">")]:
        nome = etree.QName(elemento).localname.encode()
        return corte.replace(b"<" + nome, b'<%b xmlns="%b"' % (nome, CTE.encode()), 1)
    return corte


def _recortavel(elemento: etree._Element) -> bool:
    """Says whether its bytes mean the same under any cte parent.

    They do when CT-e tags have no prefix, and no prefix is inherited from outside.
    """
    pai = elemento.getparent()
    herdados = set(pai.nsmap) - {None} if pai is not None else set()
    if etree.QName(elemento).namespace != CTE:
        return False
    return not any(
        (e.prefix is not None and (e.prefix in herdados or etree.QName(e).namespace == CTE))
        or any(str(a).startswith("{") for a in e.attrib)
        for e in elemento.iter(etree.Element)
    )


def _no_padrao(elemento: etree._Element) -> etree._Element:
    """Returns a copy without prefixes: XMLDSig stays XMLDSig, everything else is put in the cte namespace."""
    uri = DS if etree.QName(elemento).namespace == DS else CTE
    proprios = {str(k): str(v) for k, v in elemento.attrib.items() if not str(k).startswith("{")}
    copia = etree.Element(f"{{{uri}}}{etree.QName(elemento).localname}", proprios, nsmap=_NSMAP[uri])
    copia.text = elemento.text
    for filho in elemento.iterchildren(etree.Element):
        copia.append(_no_padrao(filho))
    return copia
