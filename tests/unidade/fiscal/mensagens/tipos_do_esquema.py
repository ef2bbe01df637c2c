"""Walks the simple types of the installed schemas, and makes values for them."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.mensagens.dicionario import Dicionario
from separador.fiscal.nomes import CTE

XS = "{http://www.w3.org/2001/XMLSchema}"
EMBUTIDOS = {"ID", "string", "base64Binary", "anyURI", "integer", "gYearMonth"}


class TipoDoEsquema(NamedTuple):
    """A simpleType (`no`), the file that has it, and the name by which it is found in the test's own schema."""

    arquivo: str
    nome: str
    no: etree._Element
    elemento: str


def arquivos() -> list[str]:
    return sorted(a.name for a in esquema.pasta().glob("*.xsd"))


def padroes() -> set[str]:
    return {str(p.get("value")) for a in arquivos() for p in _raiz(a).iter(f"{XS}pattern")}


def _raiz(arquivo: str) -> etree._Element:
    return etree.parse(esquema.pasta() / arquivo).getroot()


def tipos() -> Iterator[TipoDoEsquema]:
    """Yields every simpleType of every file, named or not."""
    numero = 0
    for arquivo in arquivos():
        for no in _raiz(arquivo).iter(f"{XS}simpleType"):
            pai = no.getparent()
            nome = no.get("name") or (pai.get("name") if pai is not None else None)
            yield TipoDoEsquema(arquivo, str(nome), no, f"t{numero}")
            numero += 1


class Conjunto(NamedTuple):
    """A set of schemas as the product loads it, with the simple types of its files. libxml2 is the judge."""

    dicionario: Dicionario
    tipos: list[TipoDoEsquema]
    juiz: etree.XMLSchema


def conjuntos() -> list[Conjunto]:
    """Returns the product's three sets. Every simple type of the package is in at least one of them."""
    todos = list(tipos())
    feitos = []
    for nomes in (esquema._DOCUMENTOS, esquema._EVENTOS, esquema._CONSULTAS):
        dicionario = Dicionario()
        for nome in nomes:
            dicionario.carregar(esquema.pasta() / f"{nome}_v4.00.xsd")
        lidos = {a.name for a in dicionario.arquivos}
        dele = [t for t in todos if t.arquivo in lidos]
        feitos.append(Conjunto(dicionario, dele, _juiz(nomes, dele)))
    assert {t.elemento for c in feitos for t in c.tipos} == {t.elemento for t in todos}
    return feitos


def _juiz(incluidos: tuple[str, ...], dele: list[TipoDoEsquema]) -> etree.XMLSchema:
    """Returns a schema with one element for each simple type."""
    raiz = etree.Element(
        f"{XS}schema", {"targetNamespace": CTE, "elementFormDefault": "qualified"}, {"xs": XS[1:-1], None: CTE}
    )
    for incluido in incluidos:
        etree.SubElement(raiz, f"{XS}include", {"schemaLocation": f"{incluido}_v4.00.xsd"})
    for tipo in dele:
        elemento = etree.SubElement(raiz, f"{XS}element", {"name": tipo.elemento})
        copia = etree.fromstring(etree.tostring(tipo.no, with_tail=False))
        copia.attrib.pop("name", None)
        for restricao in copia.iter(f"{XS}restriction"):
            base = str(restricao.get("base"))
            if base in EMBUTIDOS:
                restricao.set("base", f"xs:{base}")
        elemento.append(copia)
    base_url = (esquema.pasta() / "tipos.xsd").as_uri()
    return etree.XMLSchema(etree.fromstring(etree.tostring(raiz), etree.XMLParser(no_network=True), base_url=base_url))
