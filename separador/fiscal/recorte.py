"""The exact source bytes of an element of a parsed tree (lxml keeps no offsets)."""

from lxml import etree

from separador.fiscal.leitura import recortar


class Recortes:
    """Slices of one file, by element: the n-th element of a name in the tree is the n-th of that name in the bytes.

    An element inside another of the same name has no slice of its own (the CT-e layouts have none such).
    """

    def __init__(self, dados: bytes, raiz: etree._Element) -> None:
        self._dados = dados
        self._raiz = raiz
        self._cortes: dict[str, dict[etree._Element, bytes]] = {}

    def de(self, elemento: etree._Element) -> bytes:
        """Bytes of the element, from its `<` to its last `>`."""
        nome = etree.QName(elemento).localname
        if nome not in self._cortes:
            self._cortes[nome] = self._cortar(nome)
        return self._cortes[nome][elemento]

    def _cortar(self, nome: str) -> dict[etree._Element, bytes]:
        """Once per name. Elements hash by identity, and the keys keep them alive."""
        achados = [e for e in self._raiz.iter(f"{{*}}{nome}") if next(e.iterancestors(f"{{*}}{nome}"), None) is None]
        cortes = [corte for _, corte in recortar(self._dados, nome)]
        return dict(zip(achados, cortes, strict=True))
