"""Reads the document into a light tree that knows which of its texts were printed."""

from collections.abc import Iterator

from lxml import etree

from separador.capacidades.dacte.dominio.caixas import Caixa
from separador.capacidades.dacte.dominio.formas import na_forma


class No:
    """An element, or an attribute (`@nome`). `lido`: its text was asked for."""

    __slots__ = ("filhos", "lido", "nome", "pai", "raiz", "texto")

    def __init__(self, nome: str, texto: str, filhos: "list[No]") -> None:
        """Takes its name without namespace, its own text and its children."""
        self.nome = nome
        self.texto = texto
        self.filhos = filhos
        self.lido = False
        self.pai: No | None = None
        self.raiz: No = self

    def em(self, caminho: str) -> "list[No]":
        """Returns the elements at a path, in order. "/" in front: from the document. "..": the element around."""
        if not caminho:
            return [self]
        atuais = [self]
        for passo in caminho.split("/"):
            if not passo:
                atuais = [self.raiz]
            elif passo == "..":
                atuais = [a.pai for a in atuais if a.pai is not None]
            elif passo == "*":
                atuais = [f for a in atuais for f in a.filhos if f.nome[0] != "@"]
            else:
                atuais = [f for a in atuais for f in a.filhos if f.nome == passo]
            if not atuais:
                break
        return atuais

    def valor(self, caminho: str) -> str:
        """Returns the text of the first element at a path, and marks it as printed; "" when there is none."""
        for no in self.em(caminho):
            no.lido = True
            return no.texto
        return ""

    def folhas(self) -> "Iterator[No]":
        """Yields what holds a text, in order."""
        if not self.filhos or self.texto:
            yield self
        for filho in self.filhos:
            yield from filho.folhas()


def ler(elemento: etree._Element) -> No:
    """Returns the tree of an element."""
    raiz = _no(elemento)
    _dizer_a_raiz(raiz, raiz)
    return raiz


def _no(elemento: etree._Element) -> No:
    nome = str(elemento.tag).rpartition("}")[2]
    filhos = [No(f"@{str(n).rpartition('}')[2]}", str(v).strip(), []) for n, v in elemento.attrib.items()]
    filhos += [_no(f) for f in elemento.iterchildren(etree.Element)]
    so_atributos = all(f.nome[0] == "@" for f in filhos)
    return No(nome, _texto(elemento) if so_atributos else "", filhos)


def _texto(elemento: etree._Element) -> str:
    """Returns the text of a leaf: what stands around a comment is one text."""
    if len(elemento):
        return "".join((elemento.text or "", *(c.tail or "" for c in elemento))).strip()
    return (elemento.text or "").strip()


def _dizer_a_raiz(no: No, raiz: No) -> None:
    no.raiz = raiz
    for filho in no.filhos:
        filho.pai = no
        _dizer_a_raiz(filho, raiz)


def valor(no: No, caixa: Caixa) -> str:
    """Returns what a box says of an element: every value of every tag of it, in the form of each."""
    if caixa.partes:
        achados = (frase(n, caixa.partes) for n in no.em(caixa.tags[0]))
        return "; ".join(a for a in achados if a)
    ditos: list[str] = []
    for tag in caixa.tags:
        caminho, _, forma = tag.removeprefix("?").partition("|")
        ja_dito = tag[0] == "?" and bool(ditos)
        for achado in no.em(caminho):
            achado.lido = True
            if achado.texto and not ja_dito:
                dito = na_forma(forma or caixa.forma, achado.texto)
                if dito:
                    ditos.append(dito)
    return caixa.entre.join(ditos)


def frase(no: No, caixas: tuple[Caixa, ...]) -> str:
    """Returns titled values one after another; those without a value are left out."""
    ditos: list[str] = []
    for caixa in caixas:
        dito = valor(no, caixa)
        if dito:
            ditos.append(f"{caixa.rotulo} {dito}" if caixa.rotulo else dito)
    return " · ".join(ditos) if len(ditos) > 1 else "".join(ditos)
