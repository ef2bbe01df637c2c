"""Says where an element is, as people read it: `CTe/infCte/infCTeNorm/infDoc/infNFe(2)/chave`."""

from collections import Counter

from lxml import etree


class Lugares:
    """Makes paths in one tree. The children of an element are counted once, because 2,000 of them may be wrong."""

    def __init__(self) -> None:
        self._passos: dict[etree._Element, dict[etree._Element, str]] = {}

    def caminho(self, no: etree._Element | None) -> str:
        """Returns the local names from the root to an element; one of several of its name comes with its number."""
        nomes: list[str] = []
        while no is not None:
            pai = no.getparent()
            nomes.append(self._passo(pai, no) if pai is not None else local(no))
            no = pai
        return "/".join(reversed(nomes))

    def _passo(self, pai: etree._Element, no: etree._Element) -> str:
        if pai not in self._passos:
            self._passos[pai] = _passos(pai)
        return self._passos[pai].get(no) or local(no)


def local(no: etree._Element) -> str:
    """Returns the name of an element without its namespace."""
    return etree.QName(no).localname


def _passos(pai: etree._Element) -> dict[etree._Element, str]:
    filhos = list(pai.iterchildren(etree.Element))
    varios = Counter(f.tag for f in filhos)
    vistos: Counter[str] = Counter()
    passos = {}
    for filho in filhos:
        vistos[str(filho.tag)] += 1
        passos[filho] = f"{local(filho)}({vistos[str(filho.tag)]})" if varios[filho.tag] > 1 else local(filho)
    return passos
