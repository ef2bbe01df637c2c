"""Makes documents out of the official schemas: every optional field there and at its greatest length, or as told.

What decides is an object with three methods (`Plano`): how many of an element, which branch of a choice, which text
for a leaf. `Cheio` fills everything; a test with Hypothesis brings its own.
"""

import base64
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Protocol

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.nomes import CTE
from separador.nucleo.chave import dv11
from separador.nucleo.tipo import FAMILIAS, Tipo

_XS = "{http://www.w3.org/2001/XMLSchema}"
_RAIZES = {
    Tipo.CTE: ("cte", "cteTiposBasico", "TCTe"),
    Tipo.CTE_SIMP: ("cteSimp", "cteTiposBasico", "TCTeSimp"),
    Tipo.CTE_OS: ("cteOS", "cteTiposBasico", "TCTeOS"),
    Tipo.GTVE: ("GTVe", "cteTiposBasico", "TGTVe"),
}
_MODAL = {
    "01": ("cteModalRodoviario", "rodo"),
    "02": ("cteModalAereo", "aereo"),
    "03": ("cteModalAquaviario", "aquav"),
    "04": ("cteModalFerroviario", "ferrov"),
    "05": ("cteModalDutoviario", "duto"),
    "06": ("cteMultiModal", "multimodal"),
}
_PALAVRAS = ("AÇÚCAR", "WAGÃO", "MÁQUINAS", "ÓLEO", "PEÇAS", "QUÍMICO", "TRÊS", "AVIÕES", "&", "<LOTE>", "PALETIZADO")


@dataclass(frozen=True, slots=True)
class Simples:
    """The facets of a simple type, gathered down to its base."""

    nome: str = ""
    valores: tuple[str, ...] = ()
    padroes: tuple[str, ...] = ()
    menor: int = 0
    maior: int | None = None
    nomes: tuple[str, ...] = ()


class Plano(Protocol):
    """What decides how a document is filled."""

    def quantos(self, caminho: str, menor: int, maior: int | None) -> int:
        """Says how many of an element there are."""

    def qual(self, caminho: str, opcoes: list[str]) -> int:
        """Says which branch of a choice is taken."""

    def texto(self, caminho: str, tipo: Simples) -> str:
        """Returns the text of a leaf."""


@dataclass
class Cheio:
    """Fills everything to its greatest length. `volta`: which branch of each choice, and which value of each list."""

    volta: int = 0
    vezes: int = 2
    uma_palavra: bool = False
    fixos: dict[str, str] = field(default_factory=dict)
    ramos: dict[str, str] = field(default_factory=dict)
    quantidades: dict[str, int] = field(default_factory=dict)
    _conta: int = 0

    def quantos(self, caminho: str, menor: int, maior: int | None) -> int:
        """Gives what `quantidades` says, or `vezes`."""
        nome = caminho.rsplit("/", 1)[-1]
        if nome in self.quantidades:
            return self.quantidades[nome]
        return max(menor, self.vezes if maior is None else min(maior, self.vezes))

    def qual(self, caminho: str, opcoes: list[str]) -> int:
        """Gives the branch that `ramos` names for the parent, or the one of this turn."""
        nome = caminho.rsplit("/", 1)[-1]
        if self.ramos.get(nome) in opcoes:
            return opcoes.index(self.ramos[nome])
        return self.volta % len(opcoes)

    def texto(self, caminho: str, tipo: Simples) -> str:
        """Gives a text of the greatest length, unlike every other one where the type lets it."""
        nome = caminho.rsplit("/", 1)[-1]
        if nome in self.fixos:
            return self.fixos[nome]
        self._conta += 1
        if nome == "@versaoModal":
            return "4.00"
        if tipo.valores:
            return tipo.valores[(self.volta + self._conta) % len(tipo.valores)]
        return maior_texto(tipo, self._conta, self.uma_palavra)


def maior_texto(tipo: Simples, conta: int, uma_palavra: bool = False) -> str:
    """Returns the longest text that the type takes, with a number in it."""
    if "TDateTimeUTC" in tipo.nomes:
        return f"2026-{conta % 12 + 1:02d}-{conta % 28 + 1:02d}T{conta % 24:02d}:{conta % 60:02d}:07-03:00"
    if "TData" in tipo.nomes:
        return f"2026-{conta % 12 + 1:02d}-{conta % 28 + 1:02d}"
    if "TTime" in tipo.nomes:
        return f"{conta % 24:02d}:{conta % 60:02d}:05"
    if "TEmail" in tipo.nomes:
        return f"{'W' * 40}{conta:05d}@dominio.com.br"
    if "base64Binary" in tipo.nomes or "xs:base64Binary" in tipo.nomes:
        return base64.b64encode(bytes((conta + i) % 256 for i in range(tipo.maior or 64))).decode()
    if not tipo.padroes or "[ -ÿ]" in tipo.padroes[0]:
        return _livre(tipo.maior if tipo.maior is not None else 60, conta, uma_palavra)
    return _do_padrao(tipo.padroes[0], conta, tipo.maior or 60)


def _livre(tamanho: int, conta: int, uma_palavra: bool) -> str:
    numero = f"{conta:x}".upper()
    if uma_palavra:
        return (numero + "W" * tamanho)[:tamanho]
    partes, i = [numero], conta
    while sum(map(len, partes)) + len(partes) < tamanho + 12:
        partes.append(_PALAVRAS[i % len(_PALAVRAS)])
        i += 1
    cortado = " ".join(partes)[:tamanho].rstrip()
    return cortado + "X" * (tamanho - len(cortado))


def _do_padrao(padrao: str, conta: int, maior: int) -> str:
    """Returns the longest text that a pattern of the schema takes."""
    return _andar(_parser.parse(padrao), conta, maior)


def _andar(itens: Any, conta: int, maior: int) -> str:
    saida = ""
    for operacao, valor in itens:
        if operacao is c.LITERAL:
            saida += chr(valor)
        elif operacao is c.IN:
            saida += _do_conjunto(valor, conta + len(saida))
        elif operacao is c.ANY or operacao is c.NOT_LITERAL:
            saida += "x"
        elif operacao is c.MAX_REPEAT:
            for _ in range(min(int(valor[1]), maior)):
                saida += _andar(valor[2], conta + len(saida), maior)
        elif operacao is c.SUBPATTERN:
            saida += _andar(valor[3], conta + len(saida), maior)
        elif operacao is c.BRANCH:
            saida += max((_andar(ramo, conta, maior) for ramo in valor[1]), key=len)
    return saida


def _do_conjunto(conjunto: Any, conta: int) -> str:
    letras: list[str] = []
    for operacao, valor in conjunto:
        if operacao is c.LITERAL:
            letras.append(chr(valor))
        elif operacao is c.RANGE:
            letras += [chr(i) for i in range(valor[0], valor[1] + 1)]
        elif operacao is c.CATEGORY:
            letras += list("0123456789")
        elif operacao is c.NEGATE:
            return "x"
    de_ver = [i for i in letras if i.isascii() and i.isalnum()] or letras
    return de_ver[conta % len(de_ver)]


@functools.cache
def _arquivo(nome: str) -> Any:
    return etree.parse(str(esquema.pasta() / f"{nome}_v4.00.xsd")).getroot()


@functools.cache
def _tipos() -> dict[str, Any]:
    achados: dict[str, Any] = {}
    nomes = ("DFeTiposBasicos_v1.00", "cteTiposBasico_v4.00", "tiposGeralCTe_v4.00")
    for nome in nomes:
        raiz = etree.parse(str(esquema.pasta() / f"{nome}.xsd")).getroot()
        achados.update({t.get("name"): t for t in raiz if t.get("name")})
    for nome in _MODAL.values():
        achados.update({t.get("name"): t for t in _arquivo(nome[0]) if t.tag != f"{_XS}element" and t.get("name")})
    achados.update(
        {t.get("name"): t for t in _arquivo("cteModalRodoviarioOS") if t.tag != f"{_XS}element" and t.get("name")}
    )
    return achados


class _Montagem:
    def __init__(self, plano: Plano, tipo: Tipo) -> None:
        self.plano = plano
        self.tipo = tipo

    def elemento(self, definicao: Any, caminho: str, pai: etree._Element) -> None:
        nome = definicao.get("name")
        aqui = f"{caminho}/{nome}"
        menor, maior = _vezes(definicao)
        for _ in range(self.plano.quantos(aqui, menor, maior)):
            no = etree.SubElement(pai, f"{{{CTE}}}{nome}")
            self.conteudo(_tipo_de(definicao), aqui, no)

    def conteudo(self, tipo: Any, caminho: str, no: etree._Element) -> None:
        if tipo is None or isinstance(tipo, str) or tipo.tag == f"{_XS}simpleType":
            no.text = self.plano.texto(caminho, _simples(tipo))
            return
        for parte in _diretos(tipo):
            self.particula(parte, caminho, no)
        for atributo in tipo.iterchildren(f"{_XS}attribute"):
            nome = atributo.get("name")
            no.set(nome, self.plano.texto(f"{caminho}/@{nome}", _simples(_tipo_de(atributo))))

    def particula(self, parte: Any, caminho: str, no: etree._Element) -> None:
        if parte.tag == f"{_XS}element":
            if parte.get("name"):
                self.elemento(parte, caminho, no)
            return
        menor, maior = _vezes(parte)
        if parte.tag == f"{_XS}sequence":
            for _ in range(self.plano.quantos(f"{caminho}/(sequencia)", menor, maior)):
                for filho in _diretos(parte):
                    self.particula(filho, caminho, no)
        elif parte.tag == f"{_XS}choice":
            for _ in range(max(1, min(menor, 1))):
                opcoes = list(_diretos(parte))
                nomes = [o.get("name") or "+".join(f.get("name") or "" for f in _diretos(o)) for o in opcoes]
                self.particula(opcoes[self.plano.qual(caminho, nomes)], caminho, no)
        elif parte.tag == f"{_XS}any":
            self.modal(caminho, no)

    def modal(self, caminho: str, no: etree._Element) -> None:
        modal = no.getroottree().getroot().findtext(f".//{{{CTE}}}modal")
        arquivo, nome = _MODAL[modal or "01"]
        if self.tipo is Tipo.CTE_OS:
            arquivo, nome = "cteModalRodoviarioOS", "rodoOS"
        definicao = next(e for e in _arquivo(arquivo).iterchildren(f"{_XS}element") if e.get("name") == nome)
        self.elemento(definicao, caminho, no)


def _diretos(no: Any) -> Iterator[Any]:
    for filho in no:
        if filho.tag in (f"{_XS}sequence", f"{_XS}choice", f"{_XS}element", f"{_XS}any"):
            yield filho


def _vezes(definicao: Any) -> tuple[int, int | None]:
    maior = definicao.get("maxOccurs", "1")
    return int(definicao.get("minOccurs", "1")), None if maior == "unbounded" else int(maior)


def _tipo_de(definicao: Any) -> Any:
    for filho in definicao:
        if filho.tag in (f"{_XS}complexType", f"{_XS}simpleType"):
            return filho
    nome = definicao.get("type") or ""
    return _tipos().get(nome.split(":")[-1], nome) if nome else None


def _simples(tipo: Any) -> Simples:
    if tipo is None or isinstance(tipo, str):
        return Simples(nome=tipo or "", nomes=(tipo or "",))
    restricao = tipo.find(f"{_XS}restriction")
    nome = tipo.get("name") or ""
    if restricao is None:
        return Simples(nome=nome, nomes=(nome,))
    base = restricao.get("base", "")
    dele = _simples(_tipos()[base]) if base in _tipos() else Simples(nomes=(base,))
    faceta: Callable[[str], list[str]] = lambda n: [f.get("value") for f in restricao.iterchildren(f"{_XS}{n}")]  # noqa: E731
    tamanho = faceta("length")
    maior = faceta("maxLength") or tamanho
    menor = faceta("minLength") or tamanho
    return Simples(
        nome=nome or dele.nome,
        valores=tuple(faceta("enumeration")) or dele.valores,
        padroes=(*faceta("pattern"), *dele.padroes),
        menor=int(menor[0]) if menor else dele.menor,
        maior=int(maior[0]) if maior else dele.maior,
        nomes=(nome, base, *dele.nomes),
    )


def processado(tipo: Tipo, plano: Plano, tp_amb: str = "1") -> bytes:
    """Returns a processed document of this kind, signed by nobody, that the official schema takes."""
    raiz = etree.Element(f"{{{CTE}}}{tipo.value}", nsmap={None: CTE})
    if tipo in (Tipo.CTE_OS, Tipo.GTVE):
        raiz.set("versao", "4.00")
    definicao = _tipos()[_RAIZES[tipo][2]]
    inf = next(e for e in definicao.iter(f"{_XS}element") if e.get("name") == "infCte")
    _Montagem(plano, tipo).elemento(inf, "", raiz)
    chave = _acertar(raiz, tp_amb)
    qr = f"https://dfe-portal.svrs.rs.gov.br/cte/qrCode?chCTe={chave}&amp;tpAmb={tp_amb}"
    corpo = etree.tostring(raiz, encoding="unicode")
    fecho = f"</{tipo.value}>"
    corpo = corpo.removesuffix(fecho) + f"<infCTeSupl><qrCodCTe>{qr}</qrCodCTe></infCTeSupl>{fecho}"
    return protocolado(corpo.encode(), tipo, tp_amb)


def protocolado(documento: bytes, tipo: Tipo, tp_amb: str = "1") -> bytes:
    """Returns a document as SEFAZ gives it back: authorised, on 20/11/2026."""
    texto = re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", documento.decode())
    achada = re.search(r'Id="CTe([^"]+)"', texto)
    assert achada is not None
    externo = FAMILIAS[tipo].processado.value
    protocolo = (
        f'<protCTe versao="4.00"><infProt><tpAmb>{tp_amb}</tpAmb><verAplic>S</verAplic><chCTe>{achada[1]}</chCTe>'
        "<dhRecbto>2026-11-20T12:00:01-03:00</dhRecbto><nProt>135260000000077</nProt><cStat>100</cStat>"
        "<xMotivo>Autorizado o uso do CT-e</xMotivo></infProt></protCTe>"
    )
    return f'<{externo} xmlns="{CTE}" versao="4.00">{texto}{protocolo}</{externo}>'.encode()


def _acertar(raiz: etree._Element, tp_amb: str) -> str:
    """Puts in the environment and the key, which depend on other fields."""
    t: Callable[[str], Any] = lambda caminho: raiz.find(".//" + "/".join(f"{{{CTE}}}{n}" for n in caminho.split("/")))  # noqa: E731
    t("ide/tpAmb").text = tp_amb
    cnpj = t("emit/CNPJ")
    emitente = (cnpj.text if cnpj is not None else t("emit/CPF").text).rjust(14, "0")
    mm = t("ide/dhEmi").text
    corpo = (
        f"{t('ide/cUF').text}{mm[2:4]}{mm[5:7]}{emitente}{t('ide/mod').text}{int(t('ide/serie').text):03d}"
        f"{int(t('ide/nCT').text):09d}{t('ide/tpEmis').text}{t('ide/cCT').text}"
    )
    chave = f"{corpo}{dv11(corpo)}"
    inf = raiz.find(f"{{{CTE}}}infCte")
    assert inf is not None
    inf.set("Id", f"CTe{chave}")
    t("ide/cDV").text = chave[-1]
    assert re.fullmatch(r"[0-9]{6}[A-Z0-9]{12}[0-9]{26}", chave), chave
    return chave
