"""The exact source bytes of an element of a parsed tree (lxml keeps no offsets)."""

from lxml import etree

from separador.fiscal.leitura import recortar


class Recortes:
    """Slices of one file, by element: the n-th element of a name in the tree is the n-th of that name in the bytes."""

    def __init__(self, dados: bytes) -> None:
        self._dados = dados
        self._cortes: dict[str, list[bytes]] = {}

    def de(self, elemento: etree._Element) -> bytes:
        """Bytes of the element, from its `<` to its last `>`.

        Elements that nest within one of the same name are not told apart (the CT-e layouts have none): only the
        outermost count, on both sides.
        """
        nome = etree.QName(elemento).localname
        if nome not in self._cortes:
            self._cortes[nome] = [corte for _, corte in recortar(self._dados, nome)]
        raiz = elemento.getroottree().getroot()
        iguais = [e for e in raiz.iter(f"{{*}}{nome}") if next(e.iterancestors(f"{{*}}{nome}"), None) is None]
        return self._cortes[nome][iguais.index(elemento)]
