"""Names the fields of one tree as people know them: the name in the manual, the tag, and where it is."""

from dataclasses import dataclass, field

from lxml import etree

from separador.fiscal.mensagens.dicionario import Campo, Dicionario
from separador.fiscal.mensagens.lugares import Lugares, local


@dataclass(slots=True)
class Campos:
    """The fields of an element and of what is in it. `dicionario`: those of the schemas that know it."""

    elemento: etree._Element
    dicionario: Dicionario
    _campos: dict[tuple[tuple[str, ...], str | None], Campo] = field(default_factory=dict)
    _lugares: Lugares = field(default_factory=Lugares)

    def campo(self, no: etree._Element, atributo: str | None = None) -> Campo:
        """Returns the field that an element, or an attribute of it, is."""
        return self._campo(self._nomes(no), atributo)

    def filho(self, pai: etree._Element, nome: str) -> Campo:
        """Returns the field that a child of that name is, or would be."""
        return self._campo((*self._nomes(pai), nome), None)

    def quem(self, no: etree._Element, atributo: str | None = None) -> str:
        """Returns the field's name in the manual, its tag, and where it is."""
        nome = self.campo(no, atributo).nome
        if atributo is not None:
            return f"{nome} (atributo {atributo}, em {self._lugares.caminho(no)})"
        acima, _, tag = self._lugares.caminho(no).rpartition("/")
        return f"{nome} (tag {tag}{f', em {acima}' if acima else ''})"

    def quem_falta(self, pai: etree._Element, nome: str) -> str:
        """Returns the same about a child that is not there."""
        return f"{self.filho(pai, nome).nome} (tag {nome}, em {self._lugares.caminho(pai)})"

    def _campo(self, nomes: tuple[str, ...], atributo: str | None) -> Campo:
        onde = (nomes, atributo)
        if onde not in self._campos:
            self._campos[onde] = self.dicionario.campo(*onde)
        return self._campos[onde]

    def _nomes(self, no: etree._Element) -> tuple[str, ...]:
        nomes = [local(no)]
        while no is not self.elemento and (pai := no.getparent()) is not None:
            no = pai
            nomes.append(local(no))
        return tuple(reversed(nomes))
