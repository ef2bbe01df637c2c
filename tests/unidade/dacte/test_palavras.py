"""Tests that every coded field of the schemas is printed in words: those that the schema's documentation gives."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from lxml import etree

from separador.capacidades.dacte.dominio.blocos import NAO_IMPRESSAS
from separador.capacidades.dacte.dominio.formas import na_forma
from separador.capacidades.dacte.dominio.modelos import MODELOS
from separador.capacidades.dacte.papel import arvore
from separador.capacidades.dacte.papel.cabecalho import Cabecalho
from separador.capacidades.dacte.papel.conteudo import Extras, extrair
from separador.capacidades.dacte.papel.montagem import montar
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO
from separador.nucleo.tipo import Tipo
from tests.apoio import documento_cheio as dc
from tests.unidade.dacte.test_texto_inteiro import DO_DIA

_XS = "{http://www.w3.org/2001/XMLSchema}"
_SEM_PALAVRA = {
    "mod": "the model of a document is called by its number (SEFAZ-10)",
    "tpEmis": "the normal emission is not said; the others are tried below",
}
_SIGLAS = ("UF", "UFIni", "UFFim", "UFPer")
_SEM_DOCUMENTACAO = {
    "indSN": "«1=Sim», under a title of its own",
    "indGlobalizado": "yes, under a title of its own",
    "indAlteraToma": "yes, under a title of its own",
    "indDoacao": "yes, under a title of its own",
}


_VOLTAS = 24
"""Enough for every value in every branch: ICMS45 is one of seven groups and has three codes."""


class Codigo(str):
    """A code of the document that knows where it stands."""

    __slots__ = ("caminho",)
    caminho: str


@dataclass
class UmPorUm(dc.Cheio):
    """Gives every coded field its next value, and every choice its next branch, whenever it is asked for."""

    proximo: Counter[str] = field(default_factory=Counter)

    def qual(self, caminho: str, opcoes: list[str]) -> int:
        if caminho.rsplit("/", 1)[-1] in self.ramos:
            return super().qual(caminho, opcoes)
        self.proximo[f"{caminho}{opcoes}"] += 1
        return self.proximo[f"{caminho}{opcoes}"] % len(opcoes)

    def texto(self, caminho: str, tipo: dc.Simples) -> str:
        if tipo.valores and caminho.rsplit("/", 1)[-1] not in self.fixos:
            self.proximo[caminho] += 1
            return tipo.valores[self.proximo[caminho] % len(tipo.valores)]
        return super().texto(caminho, tipo)


def codigos(tipo: Tipo, modal: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """Returns every coded field that a kind may have: path → values, documentation. `*` stands for the mode."""
    achados: dict[str, tuple[tuple[str, ...], str]] = {}

    def andar(definicao: Any, caminho: str, dito: str) -> None:
        nome = definicao.get("name")
        if nome in NAO_IMPRESSAS:
            return
        aqui = f"{caminho}/{nome}"
        deste = dc._tipo_de(definicao)
        dito = " ".join("".join(d.itertext()) for d in definicao.iterfind(f"{_XS}annotation/{_XS}documentation"))
        if deste is None or isinstance(deste, str) or deste.tag == f"{_XS}simpleType":
            valores = dc._simples(deste).valores
            if valores and nome not in _SIGLAS and nome not in _SEM_PALAVRA:
                ja = achados.get(aqui, ((), ""))
                achados[aqui] = (tuple(dict.fromkeys((*ja[0], *valores))), f"{ja[1]} {dito}")
            return
        for filho in elementos(deste):
            andar(filho, aqui, dito)

    raiz = dc._tipos()[dc._RAIZES[tipo][2]]
    andar(next(e for e in raiz.iter(f"{_XS}element") if e.get("name") == "infCte"), "", "")
    if tipo is not Tipo.GTVE:
        arquivo, nome = ("cteModalRodoviarioOS", "rodoOS") if tipo is Tipo.CTE_OS else dc._MODAL[modal]
        onde = "/infCte/infModal" if tipo is Tipo.CTE_SIMP else "/infCte/infCTeNorm/infModal"
        elemento = next(e for e in dc._arquivo(arquivo).iterchildren(f"{_XS}element") if e.get("name") == nome)
        andar(elemento, onde, "")
    return achados


def elementos(tipo: Any) -> Iterator[Any]:
    """Yields the elements of a complex type, but not those inside of them."""
    for filho in tipo:
        if filho.tag == f"{_XS}element":
            if filho.get("name"):
                yield filho
        elif filho.tag in (f"{_XS}sequence", f"{_XS}choice", f"{_XS}all"):
            yield from elementos(filho)


def impressos(tipo: Tipo, plano: UmPorUm, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, set[str]]]:
    """Returns what the printer makes of each code of a document: path → code → words."""
    dados = dc.processado(tipo, plano)
    raiz = etree.fromstring(dados)
    processado = next(p for p, d in DOCUMENTO_DO_PROCESSADO.items() if d is tipo)
    conteudo = extrair(raiz, processado, Extras())
    assert conteudo is not None
    marcar(conteudo.inf, "")
    vistos: dict[str, dict[str, set[str]]] = {}

    def anotar(forma: str, texto: str) -> str:
        dito = na_forma(forma, texto)
        if isinstance(texto, Codigo) and dito:
            vistos.setdefault(texto.caminho, {}).setdefault(str(texto), set()).add(dito)
        return dito

    with monkeypatch.context() as m:
        m.setattr(arvore, "na_forma", anotar)
        Cabecalho(conteudo, MODELOS[tipo], 200.0)
        montar(conteudo, MODELOS[tipo].blocos, 200.0)
    return vistos


def marcar(no: arvore.No, caminho: str) -> None:
    aqui = f"{caminho}/{no.nome}"
    codigo = Codigo(no.texto)
    codigo.caminho = aqui
    no.texto = codigo
    for filho in no.filhos:
        marcar(filho, aqui)


def sem_acento(texto: str) -> str:
    return "".join(i for i in unicodedata.normalize("NFD", texto.upper()) if not unicodedata.combining(i))


def raizes(texto: str) -> set[str]:
    """Returns the beginnings of the words of a text: «complementar» and «complemento» are one."""
    return {palavra[:5] for palavra in re.findall(r"[A-Z0-9]{2,}", sem_acento(texto))}


def do_esquema(codigo: str, documentacao: str) -> set[str]:
    """Returns the words that the schema's documentation gives for a code."""
    achado = re.search(rf"(?<![0-9A-Z]){codigo}\s*[-–=]\s*(.*?)(?=[;.]|\s[0-9A-Z]{{1,2}}\s*[-–=]|$)", documentacao)
    return raizes(achado[1]) if achado else set()


@pytest.mark.requisito("DACTE-04")
@pytest.mark.parametrize(("tipo", "modal"), DO_DIA)
def test_todo_codigo_do_esquema_sai_em_palavras(tipo: Tipo, modal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    esperados = codigos(tipo, modal)
    vistos: dict[str, dict[str, set[str]]] = {}
    plano = UmPorUm(
        fixos={"tpEmis": "1", "modal": modal, "tpImp": "1"},
        ramos={"infCte": "infCTeNorm"},
        quantidades={"descOutros": 0},  # what it says takes the place of the word
    )
    for _ in range(_VOLTAS):
        for caminho, deste in impressos(tipo, plano, monkeypatch).items():
            for codigo, palavras in deste.items():
                vistos.setdefault(caminho, {}).setdefault(codigo, set()).update(palavras)
    faltas: list[str] = []
    for caminho, (valores, documentacao) in esperados.items():
        nome = caminho.rsplit("/", 1)[-1]
        if caminho not in vistos:
            faltas.append(f"{caminho}: não impresso")
            continue
        for codigo in (modal,) if nome == "modal" else valores:
            palavras = vistos[caminho].get(codigo, set()) - {codigo}
            if not palavras and not (nome == "tpDoc" and codigo == "99"):
                faltas.append(f"{caminho} {codigo}: sem palavra")
            certas = do_esquema(codigo, documentacao)
            ditas = raizes(" ".join(palavras))
            if certas and palavras and nome not in _SEM_DOCUMENTACAO and not certas & ditas:
                faltas.append(f"{caminho} {codigo}: {sorted(palavras)}, e o esquema diz {sorted(certas)}")
    assert faltas == []


@pytest.mark.requisito("DACTE-04")
@pytest.mark.parametrize(
    ("forma", "codigo", "trecho"),
    [
        ("palavra:CSTIBSCBS", "000", "000 - TRIBUTAÇÃO INTEGRAL"),
        ("palavra:cClassTrib", "000001", "000001 - SITUAÇÕES TRIBUTADAS"),
        ("palavra:cClassTrib", "200999", "200999"),
        ("palavra:tpMeioPgto", "17", "17 - PIX DINÂMICO"),
        ("palavra:tpMeioPgto", "77", "77"),
        ("emissao", "7", "CONTINGÊNCIA SVC-RS"),
        ("emissao", "1", ""),
    ],
)
def test_codigos_de_tabelas_que_crescem_ficam_a_vista(forma: str, codigo: str, trecho: str) -> None:
    """The code stands before its meaning; one that is newer than this program is printed as it is."""
    assert na_forma(forma, codigo).startswith(trecho)
    if not trecho:
        assert na_forma(forma, codigo) == ""
