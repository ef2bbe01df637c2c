"""Gives a light view of one document: each group is read once, into plain dicts, when a rule first asks for it.

Missing parts read as empty ("" or an empty group). A rule never raises because of them; the schema reports them.
"""

from datetime import datetime
from decimal import Decimal
from re import compile as padrao
from typing import Self, cast

from lxml import etree

from separador.fiscal.nomes import CTE
from separador.fiscal.regras.achado import Achado, ContextoRegras
from separador.fiscal.regras.propriedade_adiada import uma_vez
from separador.nucleo.tipo import Tipo

_NUMERO = padrao(r"[0-9]{1,15}(\.[0-9]{1,10})?")
# The notes are half of a document. Read as objects one by one they cost 70 µs; asked for by path they cost 10 (34
# notes).
_NFES = etree.XPath("c:infNFe/c:chave", namespaces={"c": CTE})
_ELEMENTO = etree.Element  # as a filter: elements only, neither comments nor instructions
Chave = tuple[str, etree._Element]
TOMADOR_PROPRIO = "tomador próprio"  # whatever its tag: toma4, toma or tomaTerceiro
PAPEIS = ("rem", "exped", "receb", "dest")
_TOMA3 = dict(zip("0123", PAPEIS, strict=True))
_TOMA_GTVE = {"0": "rem", "1": "dest"}
_TAG_TOMADOR_PROPRIO = {Tipo.CTE: "toma4", Tipo.GTVE: "tomaTerceiro"}
_ENDERECOS = {
    "emit": "enderEmit",
    "rem": "enderReme",
    "exped": "enderExped",
    "receb": "enderReceb",
    "dest": "enderDest",
}


class Grupo(dict[str, str]):
    """The texts of the children of one element by local name (the first, if repeated). A missing one reads as "".

    `no` is the element (None in an absent group) and `nos` its children by local name.
    """

    __slots__ = ("no", "nos")
    no: etree._Element | None
    nos: dict[str, etree._Element]

    @classmethod
    def de(cls, no: etree._Element | None, *so: str) -> Self:
        """Reads a group (`so`: only those children). None gives an empty one, whose `existe` is false."""
        grupo = cls()
        grupo.no = no
        grupo.nos = nos = {}
        if no is not None:
            for filho in no.iterchildren(*so) if so else no.iterchildren(_ELEMENTO):
                nome = filho.tag.rpartition("}")[2]
                if nome not in nos:
                    nos[nome] = filho
                    grupo[nome] = filho.text or ""
        return grupo

    def __missing__(self, nome: str) -> str:
        return ""

    @property
    def existe(self) -> bool:
        """Says whether the element is there, even if empty."""
        return self.no is not None

    def grupo(self, nome: str) -> "Grupo":
        """Returns the child of that name as a group (empty when absent)."""
        return Grupo.de(self.nos.get(nome))

    def todos(self, nome: str) -> list[etree._Element]:
        """Returns every child of that name, in document order."""
        if nome not in self.nos or self.no is None:
            return []
        return [f for f in self.no.iterchildren(_ELEMENTO) if f.tag.rpartition("}")[2] == nome]

    def achado(self, nome: str, detalhe: str = "", certo: str | None = None) -> tuple[Achado]:
        """Returns a finding about the child of that name.

        When it is missing, the finding is about the group itself, with the child's name.
        """
        return (Achado(self.nos.get(nome, self.no), detalhe, nome, certo),)


AUSENTE = Grupo.de(None)


class Participante:
    """A company or person with an address: the group, its address, and the number that identifies it."""

    __slots__ = ("dados", "documento", "ender", "papel")

    def __init__(self, papel: str, dados: Grupo, endereco: str) -> None:
        self.papel = papel
        self.dados = dados
        # No rule uses the rest of an address, and there are up to six addresses.
        self.ender = Grupo.de(dados.nos.get(endereco), "{*}cMun", "{*}UF")
        self.documento = dados["CNPJ"] or dados["CPF"]

    @property
    def base(self) -> str:
        """Returns the first 8 characters of the CNPJ, or the whole CPF: the manual's "CNPJ base/CPF"."""
        return self.dados["CNPJ"][:8] or self.dados["CPF"]


class Visao:
    """One document (root `CTe`, `CTeSimp`, `CTeOS` or `GTVe`) as the rules see it."""

    def __init__(self, raiz: etree._Element, tipo: Tipo, contexto: ContextoRegras) -> None:
        self.tipo = tipo
        self.contexto = contexto
        self.raiz = Grupo.de(raiz)
        self.inf = inf = self.raiz.grupo("infCte")
        self.ide = ide = inf.grupo("ide")
        identificador = inf.no.get("Id", "") if inf.no is not None else ""
        self.id = identificador
        self.chave = identificador[3:]
        self.tp_cte = ide["tpCTe"]
        self.tp_emis = ide["tpEmis"]
        self.tp_serv = ide["tpServ"]
        self.modal = ide["modal"]
        self.uf_ini = ide["UFIni"]
        self.uf_fim = ide["UFFim"]
        self.emit = self._participante("emit")
        self.partes = {p: self._participante(p) for p in PAPEIS if p in inf.nos}
        # These are the manual's "CTe 0 (Normal) ou 3 (Substituição)", the kinds that carry the normal group.
        self.normal = self.tp_cte in ("0", "3")
        self.norm = inf.grupo("infCTeNorm")

    def _participante(self, papel: str) -> Participante:
        return Participante(papel, self.inf.grupo(papel), _ENDERECOS[papel])

    @property
    def presentes(self) -> set[str]:
        """Returns what a rule may ask for (Regra.exige).

        It holds the children of ide, infCte and infCTeNorm, the payer's own group, and "".
        """
        proprio = (TOMADOR_PROPRIO,) if self.tomador_proprio is not None else ()
        return {"", *proprio, *self.ide, *self.inf, *self.norm}

    @uma_vez
    def corpo_da_chave(self) -> str:
        """Returns the key without its check digit as the fields give it. It is "" when one of them is missing."""
        i = self.ide
        emissao = i["dhEmi"]
        campos = (i["cUF"], emissao[2:4] + emissao[5:7], self.emit.documento, i["mod"], i["serie"], i["nCT"], i["cCT"])
        if not (all(campos) and self.tp_emis):
            return ""
        uf, aamm, documento, mod, serie, numero, codigo = campos
        return f"{uf}{aamm}{documento:0>14}{mod}{serie:0>3}{numero:0>9}{self.tp_emis}{codigo:0>8}"

    @uma_vez
    def tomador_indicado(self) -> str:
        """Returns the role that the CT-e or GTV-e points to as the payer ("rem"…).

        It is "" when the payer is a group of its own, or is not said.
        """
        if self.tipo is Tipo.CTE:
            return _TOMA3.get(self.ide.grupo("toma3")["toma"], "")
        if self.tipo is Tipo.GTVE:
            return _TOMA_GTVE.get(self.ide.grupo("toma")["toma"], "")
        return ""

    @uma_vez
    def tomador_proprio(self) -> Participante | None:
        """Returns the payer's own group: toma4 (CT-e), toma (Simplificado, OS), tomaTerceiro (GTV-e)."""
        nome = _TAG_TOMADOR_PROPRIO.get(self.tipo, "toma")
        pai = self.inf if nome == "toma" else self.ide
        return Participante("tomador", pai.grupo(nome), "enderToma") if nome in pai.nos else None

    @uma_vez
    def tomador(self) -> Participante | None:
        """Returns the party that pays for the transport.

        Returns None when not informed or when the role pointed to is missing.
        """
        return self.tomador_proprio or self.partes.get(self.tomador_indicado)

    @uma_vez
    def dh_emi(self) -> datetime | None:
        """Returns the moment of issue, aware.

        Returns None when unreadable or without offset (the schema reports it).
        """
        return momento(self.ide["dhEmi"])

    @uma_vez
    def modal_no(self) -> Grupo:
        """Returns infModal (its only child is the group of the transport mode)."""
        return (self.inf if self.tipo is Tipo.CTE_SIMP else self.norm).grupo("infModal")

    @uma_vez
    def rodo_os(self) -> Grupo:
        """Returns the road group of the CT-e OS."""
        return self.modal_no.grupo("rodoOS")

    @uma_vez
    def valores(self) -> Grupo:
        """Returns the group of the totals: vPrest, or total in the Simplificado."""
        return self.inf.grupo("total" if self.tipo is Tipo.CTE_SIMP else "vPrest")

    @uma_vez
    def documentos(self) -> Grupo:
        """Returns infDoc, the documents that go with the goods (CT-e)."""
        return self.norm.grupo("infDoc")

    @uma_vez
    def dets(self) -> list[Grupo]:
        """Returns each det of the Simplificado."""
        return [Grupo.de(no) for no in self.inf.todos("det")]

    @uma_vez
    def nfes(self) -> list[Chave]:
        """Returns, for each NF-e carried, its key and the element that holds it."""
        if self.tipo is Tipo.CTE_SIMP:
            return [c for det in self.dets for c in _chaves(det.todos("infNFe"), "chNFe")]
        documentos = self.norm.nos.get("infDoc")
        if documentos is None:
            return []
        return [(no.text or "", no) for no in cast("list[etree._Element]", _NFES(documentos))]

    @uma_vez
    def chaves_nfe(self) -> list[str]:
        """Returns the keys alone."""
        return [chave for chave, _no in self.nfes]

    @uma_vez
    def anteriores(self) -> list[tuple[Grupo, str, etree._Element]]:
        """Returns each electronic document of a previous carrier: its issuer (emiDocAnt), its key, and the element."""
        if self.tipo is Tipo.CTE_SIMP:
            return [(AUSENTE, *c) for det in self.dets for c in _chaves(det.todos("infDocAnt"), "chCTe")]
        if "docAnt" not in self.norm:
            return []
        return [
            (emissor, *chave)
            for emissor in map(Grupo.de, self.norm.grupo("docAnt").todos("emiDocAnt"))
            for tipo in map(Grupo.de, emissor.todos("idDocAnt"))
            for chave in _chaves(tipo.todos("idDocAntEle"), "chCTe")
        ]

    @uma_vez
    def multimodais(self) -> list[Chave]:
        """Returns each document of the multimodal operator."""
        return _chaves(self.norm.grupo("infServVinc").todos("infCTeMultimodal"), "chCTeMultimodal")

    @uma_vez
    def complementados(self) -> list[Chave]:
        """Returns each document that this one complements."""
        return _chaves(self.inf.todos("infCteComp"), "chCTe")

    @uma_vez
    def substituicao(self) -> Grupo:
        """Returns infCteSub: the document that this one replaces."""
        return (self.inf if self.tipo is Tipo.CTE_SIMP else self.norm).grupo("infCteSub")

    @uma_vez
    def autorizados(self) -> list[Grupo]:
        """Returns each autXML."""
        return [Grupo.de(no) for no in self.inf.todos("autXML")]

    @uma_vez
    def suplemento(self) -> Grupo:
        """Returns infCTeSupl.

        It is looked up when asked for: normalisation may have put it in after the view was made.
        """
        return Grupo.de(next(self.raiz.no.iterchildren("{*}infCTeSupl"), None) if self.raiz.no is not None else None)

    @uma_vez
    def qrcode(self) -> tuple[str, dict[str, str]]:
        """Returns address and parameters of the QR code; ("", {}) without one."""
        endereco, _, consulta = self.suplemento["qrCodCTe"].strip().partition("?")
        pares = (par.partition("=") for par in consulta.split("&")) if consulta else ()
        return endereco, {nome: valor for nome, _, valor in pares}

    @property
    def interestadual(self) -> bool:
        """Says whether the transport is between two states, both in the country."""
        return self.uf_ini != self.uf_fim and "EX" not in (self.uf_ini, self.uf_fim)


def _chaves(nos: list[etree._Element], nome: str) -> list[Chave]:
    """Returns the key in the child `nome` of each element."""
    return [
        (filho.text or "", filho)
        for no in nos
        for filho in no.iterchildren(_ELEMENTO)
        if filho.tag.rpartition("}")[2] == nome
    ]


def momento(texto: str) -> datetime | None:
    """Reads an aware datetime from AAAA-MM-DDThh:mm:ss±hh:mm, or returns None."""
    try:
        lido = datetime.fromisoformat(texto)
    except ValueError:
        return None
    return lido if lido.tzinfo else None


def decimal(texto: str) -> Decimal | None:
    """Reads a value as the layout writes it (digits and a point), or returns None."""
    return Decimal(texto) if _NUMERO.fullmatch(texto) else None
