"""Says in plain Portuguese what the official schema finds in a document: which field, which value, what is right.

libxml2 only tells where something is wrong, and of what kind. The words are made from the value itself and from the
schema's own names (`dicionario`).
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from separador.fiscal.mensagens.campos import Campos
from separador.fiscal.mensagens.dicionario import Dicionario
from separador.fiscal.mensagens.lugares import local
from separador.fiscal.mensagens.valor import descrever, exemplo
from separador.nucleo.erro import Erro
from separador.nucleo.texto.letras import trecho

_CABECA = re.compile(r"Element '(?:\{[^}]*\})?[^']+'(?:, attribute '(?:\{[^}]*\})?([^']+)')?: (.*)", re.DOTALL)
_NOME = re.compile(r"(?:\{[^}]*\})?([\w.-]+)")
_ESPERADO = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_FALTA_ATRIBUTO = re.compile(r"attribute '([^']*)' is required")
_PASSO = re.compile(r"\*(?:\[(\d+)\])?")
_COM_NOME = 4
_ASSINATURA = "Signature"
_GERE = "e gere o arquivo de novo."
_SO_UM_LUGAR = ("SCHEMAV_CVC_IDC", "SCHEMAV_INTERNAL")


class Achado(Protocol):
    """An entry of lxml's error log."""

    @property
    def line(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def type_name(self) -> str: ...
    @property
    def path(self) -> str | None: ...


@dataclass(slots=True)
class Tradutor:
    """Makes the errors of one validated element. `dicionario`: the fields of the schemas that judged it."""

    elemento: etree._Element
    dicionario: Dicionario
    codigo: str
    regra: str
    _filhos: dict[etree._Element, list[etree._Element]] = field(default_factory=dict)
    _campos: Campos = field(init=False)

    def __post_init__(self) -> None:
        self._campos = Campos(self.elemento, self.dicionario)

    def traduzir(self, achados: Iterable[Achado]) -> Iterator[Erro]:
        """Yields one Erro per finding. What libxml2 repeats about the same value in the same place is left out."""
        vistos: set[tuple[etree._Element, str | None]] = set()
        for achado in achados:
            m = _CABECA.match(achado.message)
            if m is None or achado.type_name in _SO_UM_LUGAR:
                continue
            no, atributo = self._no(achado.path), m[1]
            if achado.type_name in _DE_ESTRUTURA:
                yield self._estrutura(achado, no, atributo, m[2])
            elif (no, atributo) not in vistos:
                vistos.add((no, atributo))
                yield self._do_valor(no, atributo, achado.line)

    def _no(self, caminho: str | None) -> etree._Element:
        """Returns the element of a path such as /*/*[1]/*[3], whose first step is the validated element."""
        no = self.elemento
        for passo in (caminho or "/*").split("/")[2:]:
            filhos = self._filhos.get(no)
            if filhos is None:
                filhos = self._filhos[no] = list(no.iterchildren(etree.Element))
            m = _PASSO.fullmatch(passo)
            if m is None or int(m[1] or 1) > len(filhos):
                return no
            no = filhos[int(m[1] or 1) - 1]
        return no

    def _erro(self, tag: str, linha: int, mensagem: str, o_que_fazer: str) -> Erro:
        codigo = "239" if self.codigo == "215" and tag == "versao" else self.codigo
        return Erro(codigo, self.regra, mensagem, o_que_fazer, linha or None, tag)

    def _do_valor(self, no: etree._Element, atributo: str | None, linha: int) -> Erro:
        valor = (no.get(atributo) if atributo else "".join(map(str, no.itertext()))) or ""
        campo = self._campos.campo(no, atributo)
        if campo.tipo is None:
            dito = f"o valor «{valor[:200]}» não segue o leiaute 4.00"
            o_que_fazer = f"Confira esta tag no leiaute 4.00 {_GERE}"
        else:
            dito, o_que_fazer = descrever(valor, campo.tipo)
        return self._erro(atributo or local(no), linha, _fim(f"{self._campos.quem(no, atributo)}: {dito}"), o_que_fazer)

    def _estrutura(self, achado: Achado, no: etree._Element, atributo: str | None, resto: str) -> Erro:
        tipo, tag, linha = achado.type_name, local(no), achado.line
        if tipo == "SCHEMAV_ELEMENT_CONTENT":
            tag = next(iter(_esperados(resto)), tag) if tag == _ASSINATURA else tag
            return self._erro(tag, linha, *self._ordem(no, resto))
        if tipo == "SCHEMAV_CVC_COMPLEX_TYPE_4":
            m = _FALTA_ATRIBUTO.search(resto)
            nome = m[1] if m else "obrigatório"
            dito = f"{self._campos.quem(no, nome)}: falta este atributo"
            tipo_do = self._campos.campo(no, nome).tipo
            certo = f'. O certo: {nome}="{exemplo(tipo_do)}"' if tipo_do is not None else ""
            return self._erro(tag, linha, _fim(dito + certo), f"Inclua o atributo no sistema emissor {_GERE}")
        if atributo is not None:
            valor = no.get(atributo) or ""
            dito = f"{self._campos.quem(no)}: o atributo {atributo}, com o valor «{valor}», não existe no leiaute"
            return self._erro(atributo, linha, _fim(dito), f"Retire o atributo no sistema emissor {_GERE}")
        if tipo == "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
            solto = _texto_solto(no)
            dito = f"{self._campos.quem(no)}: tem texto solto entre as tags de dentro: {trecho(solto, 0)}"
            dito += ". O certo: só tags"
            return self._erro(tag, linha, _fim(dito), f"Retire o texto solto {_GERE}")
        if tipo == "SCHEMAV_CVC_ELT_1":
            dito = f"{self._campos.quem(no)}: não é uma tag do leiaute 4.00 neste lugar"
            return self._erro(tag, linha, _fim(dito), f"Confira o leiaute 4.00 no sistema emissor {_GERE}")
        dentro = ", ".join(f"<{local(f)}>" for f in list(no.iterchildren(etree.Element))[:_COM_NOME])
        dito = f"{self._campos.quem(no)}: só aceita um valor, sem outras tags dentro: tem {dentro or 'outras tags'}"
        return self._erro(tag, linha, _fim(dito), f"Retire as tags de dentro {_GERE}")

    def _ordem(self, no: etree._Element, resto: str) -> tuple[str, str]:
        nomes = _esperados(resto)
        if resto.startswith("Missing child"):
            dito = f"{self._campos.quem(no)}: falta {self._lista(no, nomes)}"
            return _fim(dito), f"Preencha o que falta no sistema emissor {_GERE}"
        pai = no.getparent()
        if pai is None:
            return _fim(f"{self._campos.quem(no)}: não é esperada neste lugar"), f"Confira o leiaute 4.00 {_GERE}"
        if local(no) == _ASSINATURA and nomes:  # it stands last: what should come before it is missing
            dito = f"{self._campos.quem(pai)}: falta {self._lista(pai, nomes)}"
            return _fim(dito), f"Preencha o que falta no sistema emissor {_GERE}"
        valor = f", com o valor «{(no.text or '')[:60]}»," if not len(no) and (no.text or "").strip() else ""
        esperada = f": aqui era esperada {self._lista(pai, nomes)}" if nomes else ""
        dito = f"{self._campos.quem(no)}{valor} não pode estar neste lugar{self._razao(no, pai, nomes)}{esperada}"
        if not nomes:
            return _fim(dito), f"Retire a tag, ou confira a ordem das tags no leiaute 4.00, {_GERE}"
        return _fim(dito), f"Inclua a tag esperada antes desta, ou corrija a ordem ou o nome, {_GERE}"

    def _razao(self, no: etree._Element, pai: etree._Element, esperados: list[str]) -> str:
        tag, filhos = local(no), self._campos.campo(pai).filhos
        if filhos and tag not in filhos:
            parecida = difflib.get_close_matches(tag, esperados or filhos, 1)
            return f" (não existe dentro de <{local(pai)}>{f'; parece <{parecida[0]}>' if parecida else ''})"
        anterior = no.getprevious()
        if anterior is not None and anterior.tag == no.tag:
            vezes = Counter(f.tag for f in pai)[no.tag]
            return f" (aparece {vezes} vezes, mais do que o leiaute aceita)"
        return ""

    def _lista(self, pai: etree._Element, nomes: list[str]) -> str:
        if not nomes:
            return "a tag de dentro"
        if len(nomes) > _COM_NOME:
            return "uma destas: " + ", ".join(f"<{n}>" for n in nomes)
        campos = {n: self._campos.filho(pai, n) for n in nomes}
        ditas = [f"<{n}>" + (f" ({c.nome})" if c.nome != n else "") for n, c in campos.items()]
        if len(ditas) == 1:
            tipo = campos[nomes[0]].tipo
            return ditas[0] + (f", por exemplo <{nomes[0]}>{exemplo(tipo)}</{nomes[0]}>" if tipo is not None else "")
        return f"uma destas: {', '.join(ditas)}"


_DE_ESTRUTURA = {
    "SCHEMAV_ELEMENT_CONTENT",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_1",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2",
    "SCHEMAV_CVC_COMPLEX_TYPE_4",
    "SCHEMAV_CVC_ELT_1",
    "SCHEMAV_CVC_TYPE_3_1_1",
    "SCHEMAV_CVC_TYPE_3_1_2",
}
"""Kinds of finding about tags and attributes. Every other kind is about a value."""


def _esperados(resto: str) -> list[str]:
    m = _ESPERADO.search(resto)
    return [n.group(1) for n in _NOME.finditer(m.group(1))] if m else []


def _texto_solto(no: etree._Element) -> str:
    textos = [no.text, *(f.tail for f in no)]
    return next((t.strip() for t in textos if t is not None and t.strip()), "")


def _fim(texto: str) -> str:
    return texto if texto.endswith(".") else f"{texto}."
