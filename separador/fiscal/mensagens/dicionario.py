"""Looks up, in the official schemas, what a field is called in the manual and what its value must be.

Only a refusal needs it: the files are read again at the first one (30 ms), and kept.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from separador.fiscal.mensagens.nomes_de_campos import NOMES
from separador.fiscal.mensagens.tipo_simples import TipoSimples

_XS = "{http://www.w3.org/2001/XMLSchema}"
_MAIOR_NOME = 90
_ANTES_DO_NOME = re.compile(r"^Schema (XML de validação|de validação XML) (d\w )?")
_FIM_DO_NOME = re.compile(r"(?<=[^A-Z\d.])[.:;\n]|[.:;\n](?=\s|$)|\(|,? AAAA|,? preencher | Preencher | Opcional para")


@dataclass(frozen=True, slots=True)
class Campo:
    """A tag or an attribute. `tipo` is None for one with other tags inside."""

    nome: str
    tipo: TipoSimples | None
    filhos: tuple[str, ...] = ()


@dataclass(slots=True)
class Dicionario:
    """The fields of a set of schema files."""

    elementos: dict[str, etree._Element] = field(default_factory=dict)
    tipos: dict[str, etree._Element] = field(default_factory=dict)
    arquivos: set[Path] = field(default_factory=set)

    def carregar(self, arquivo: Path) -> None:
        """Reads a file, and those that it includes or imports."""
        if arquivo in self.arquivos:
            return
        self.arquivos.add(arquivo)
        raiz = etree.parse(arquivo, etree.XMLParser(no_network=True, remove_comments=True)).getroot()
        for no in raiz.iterchildren(f"{_XS}include", f"{_XS}import"):
            self.carregar(arquivo.parent / str(no.get("schemaLocation")))
        self.elementos |= {str(no.get("name")): no for no in raiz.iterchildren(f"{_XS}element")}
        for no in raiz.iterchildren(f"{_XS}simpleType", f"{_XS}complexType"):
            self.tipos[str(no.get("name"))] = no

    def campo(self, nomes: tuple[str, ...], atributo: str | None = None) -> Campo:
        """Returns the field at a path of local names. An unknown one gets its tag for a name."""
        no = self.elementos.get(nomes[0])
        for nome in nomes[1:]:
            no = self._filho(no, nome) if no is not None else None
        if atributo is not None and no is not None:
            no = self._atributo(no, atributo)
        tag = atributo or nomes[-1]
        if no is None:
            return Campo(NOMES.get(tag, tag), None)
        filhos = tuple(str(f.get("name")) for f in self._filhos(no)) if atributo is None else ()
        return Campo(self._nome(no, tag), self._tipo_do(no), filhos)

    def simples(self, no: etree._Element) -> TipoSimples:
        """Returns what a simpleType asks for."""
        restricao = no.find(f"{_XS}restriction")
        if restricao is None:
            return TipoSimples()
        dentro = restricao.find(f"{_XS}simpleType")
        de = self.simples(dentro) if dentro is not None else self._pelo_nome(restricao.get("base"))
        valores: dict[str, list[str]] = {}
        for faceta in restricao.iterchildren(etree.Element):
            valores.setdefault(etree.QName(faceta).localname, []).append(str(faceta.get("value")))
        exato = valores.get("length")
        return replace(
            de,
            padroes=(*de.padroes, tuple(valores["pattern"])) if "pattern" in valores else de.padroes,
            aceitos=tuple(valores.get("enumeration", de.aceitos)),
            minimo=int((exato or valores.get("minLength") or [str(de.minimo)])[0]),
            maximo=_inteiro(exato or valores.get("maxLength"), de.maximo),
            menor=valores.get("minInclusive", [de.menor])[0],
        )

    def _pelo_nome(self, nome: str | None) -> TipoSimples:
        local = (nome or "string").rpartition(":")[2]
        tipo = self.tipos.get(local)
        if tipo is None:
            return TipoSimples(base=local)
        if tipo.tag == f"{_XS}simpleType":
            return self.simples(tipo)
        estende = tipo.find(f"{_XS}simpleContent/{_XS}extension")
        return self._pelo_nome(estende.get("base") if estende is not None else None)

    def _tipo_do(self, no: etree._Element) -> TipoSimples | None:
        dentro = no.find(f"{_XS}simpleType")
        if dentro is not None:
            tipo = self.simples(dentro)
        elif self._complexo(no) is not None and not self._so_valor(no):
            return None
        else:
            tipo = self._pelo_nome(no.get("type"))
        return replace(tipo, fixo=no.get("fixed"))

    def _complexo(self, no: etree._Element) -> etree._Element | None:
        dentro = no.find(f"{_XS}complexType")
        if dentro is not None:
            return dentro
        tipo = self.tipos.get(str(no.get("type")).rpartition(":")[2])
        return tipo if tipo is not None and tipo.tag == f"{_XS}complexType" else None

    def _so_valor(self, no: etree._Element) -> bool:
        complexo = self._complexo(no)
        return complexo is not None and complexo.find(f"{_XS}simpleContent") is not None

    def _filho(self, no: etree._Element, nome: str) -> etree._Element | None:
        """Returns the child of a name. Where the schema takes anything (infModal), the element of that name is it."""
        filho = next((f for f in self._filhos(no) if f.get("name") == nome), None)
        if (
            filho is None
            and (complexo := self._complexo(no)) is not None
            and next(complexo.iter(f"{_XS}any"), None) is not None
        ):
            return self.elementos.get(nome)
        return filho

    def _filhos(self, no: etree._Element) -> Iterator[etree._Element]:
        complexo = self._complexo(no)
        return self._do_modelo(complexo) if complexo is not None else iter(())

    def _do_modelo(self, modelo: etree._Element) -> Iterator[etree._Element]:
        for no in modelo.iterchildren(etree.Element):
            nome = etree.QName(no).localname
            if nome == "element":
                referido = self.elementos.get(str(no.get("ref")).rpartition(":")[2])
                yield referido if no.get("ref") is not None and referido is not None else no
            elif nome in ("sequence", "choice", "all", "complexContent", "extension"):
                if nome == "extension" and (base := self.tipos.get(str(no.get("base")))) is not None:
                    yield from self._do_modelo(base)
                yield from self._do_modelo(no)

    def _atributo(self, no: etree._Element, nome: str) -> etree._Element | None:
        complexo = self._complexo(no)
        if complexo is None:
            return None
        return next((a for a in complexo.iter(f"{_XS}attribute") if a.get("name") == nome), None)

    def _nome(self, no: etree._Element, tag: str) -> str:
        dito = no.find(f"{_XS}annotation/{_XS}documentation")
        texto = " ".join("".join(map(str, dito.itertext())).split()) if dito is not None else ""
        return NOMES.get(tag) or nome_do_manual(texto) or tag


def nome_do_manual(texto: str) -> str:
    """Returns the name at the beginning of the schema's own words about a field."""
    texto = _ANTES_DO_NOME.sub("", texto)
    fim = _FIM_DO_NOME.search(texto)
    nome = (texto[: fim.start()] if fim else texto).strip(" -,")
    return nome if len(nome) <= _MAIOR_NOME else nome[:_MAIOR_NOME].rpartition(" ")[0].rstrip(" ,-") + "…"


def _inteiro(valores: list[str] | None, de: int | None) -> int | None:
    return int(valores[0]) if valores else de


@functools.cache
def dicionario(pasta: Path, conjunto: tuple[str, ...]) -> Dicionario:
    """Returns the fields of a set of schemas, read once."""
    feito = Dicionario()
    for nome in conjunto:
        feito.carregar(pasta / f"{nome}_v4.00.xsd")
    return feito
