"""Finds the exact source bytes of an element of a parsed tree (lxml keeps no offsets)."""

import re
from collections.abc import Iterator

from lxml import etree

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
