"""Reads what a DACTE shows from the processed document (MOC 4.00, Anexo II, sections 3 and 4).

Three rules hold for all kinds. A document carried shows its TP DOC (00, 99 or its model). `xObs` and `ObsCont` are
printed whole. Tolls and seals are printed only when the trip is of a full load (`lotação`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from separador.capacidades.dacte.papel.textos import documento
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO, q
from separador.nucleo.chave import partes
from separador.nucleo.tipo import Tipo


@dataclass(frozen=True, slots=True)
class Pedagio:
    """A toll voucher of the load's record: it is not in the XML of 4.00."""

    fornecedor: str
    comprovante: str
    valor: str
    pagante: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """The data that the issuing record knows and the XML does not say. `lacres`: besides those of the XML's units."""

    lotacao: bool = False
    pedagios: tuple[Pedagio, ...] = ()
    lacres: tuple[str, ...] = ()
    cancelado: bool = False


@dataclass(frozen=True, slots=True)
class Transportado:
    """A line of DOCUMENTOS ORIGINÁRIOS. `tp_doc`: tpDoc of `infOutros` (00, 99…), else the model (01, 55…)."""

    tp_doc: str
    identificacao: str
    serie_numero: str


@dataclass(frozen=True, slots=True)
class Conteudo:
    """The content to be printed. `tipo`: of the document inside. `inf`: its infCte. `prot`: its infProt.

    `observacoes`: xObs. `do_emissor`: ObsCont, then what is printed only of a full load.
    """

    tipo: Tipo
    inf: etree._Element
    prot: etree._Element
    chave: str
    qr: str
    extras: Extras
    transportados: tuple[Transportado, ...] = field(default=())
    observacoes: tuple[str, ...] = field(default=())
    do_emissor: tuple[str, ...] = field(default=())

    def t(self, caminho: str) -> str:
        """Returns the text at a path under infCte; "" when it is not there."""
        return texto(self.inf, caminho)

    @property
    def homologacao(self) -> bool:
        """Says whether the document has no fiscal value."""
        return self.t("ide/tpAmb") != "1"

    @property
    def recebido_em(self) -> datetime | None:
        """Returns when SEFAZ authorised it.

        It is also the date of the PDF, so that the same document gives the same bytes.
        """
        try:
            return datetime.fromisoformat(texto(self.prot, "dhRecbto"))
        except ValueError:
            return None

    @property
    def protocolo(self) -> str:
        """Returns the number of the authorisation."""
        return texto(self.prot, "nProt")


def extrair(raiz: etree._Element, processado: Tipo, extras: Extras) -> Conteudo | None:
    """Reads the root of a processed document.

    Returns None when a part without which nothing can be printed is missing.
    """
    inf = raiz.find(f"*/{q('infCte')}")
    prot = raiz.find(f"{q('protCTe')}/{q('infProt')}")
    if inf is None or prot is None:
        return None
    tipo = DOCUMENTO_DO_PROCESSADO[processado]
    qr = (raiz.findtext(f"*/{q('infCTeSupl')}/{q('qrCodCTe')}") or "").strip()
    chave = (inf.get("Id") or "").removeprefix("CTe")
    transportados = tuple(_transportados(inf))
    do_emissor = (*_do_emissor(inf), *_de_lotacao(inf, extras))
    geral = texto(inf, "compl/xObs")
    return Conteudo(tipo, inf, prot, chave, qr, extras, transportados, (geral,) if geral else (), do_emissor)


def texto(pai: etree._Element | None, caminho: str) -> str:
    """Returns the text at a path of local names; "" when it is not there."""
    achado = _em(pai, caminho)
    return (achado.text or "").strip() if achado is not None else ""


def _em(pai: etree._Element | None, caminho: str) -> etree._Element | None:
    return pai.find("/".join(q(n) for n in caminho.split("/"))) if pai is not None else None


def filhos(pai: etree._Element | None, caminho: str) -> list[etree._Element]:
    """Returns every element at a path of local names."""
    return pai.findall("/".join(q(n) for n in caminho.split("/"))) if pai is not None else []


def _transportados(inf: etree._Element) -> Iterator[Transportado]:
    remetente = documento(texto(inf, "rem/CNPJ") or texto(inf, "rem/CPF"))
    for grupo in (*filhos(inf, "infCTeNorm/infDoc/infNFe"), *filhos(inf, "infCTeNorm/infDoc/infDCe")):
        yield _eletronico(texto(grupo, "chave"))
    for grupo in filhos(inf, "det/infNFe"):
        yield _eletronico(texto(grupo, "chNFe"))
    for grupo in filhos(inf, "infCTeNorm/infDoc/infNF"):
        serie_numero = f"{texto(grupo, 'serie')}/{texto(grupo, 'nDoc')}"
        yield Transportado(texto(grupo, "mod"), remetente, serie_numero)
    for grupo in filhos(inf, "infCTeNorm/infDoc/infOutros"):
        descricao = texto(grupo, "descOutros") or remetente
        yield Transportado(texto(grupo, "tpDoc"), descricao, texto(grupo, "nDoc"))
    for grupo in filhos(inf, "infCTeNorm/infDocRef"):
        if chave := texto(grupo, "chBPe"):
            yield _eletronico(chave)
        else:
            yield Transportado("", "", f"{texto(grupo, 'serie')}/{texto(grupo, 'nDoc')}")


def _eletronico(chave: str) -> Transportado:
    """Reads model, series and number from the key."""
    p = partes(chave)
    return Transportado(p.modelo, chave, f"{p.serie}/{p.numero}")


def _do_emissor(inf: etree._Element) -> Iterator[str]:
    for grupo in filhos(inf, "compl/ObsCont"):
        yield f"{grupo.get('xCampo') or ''}: {texto(grupo, 'xTexto')}"


def _de_lotacao(inf: etree._Element, extras: Extras) -> Iterator[str]:
    """Yields tolls and seals, only when the load is a full one."""
    if not extras.lotacao:
        return
    for p in extras.pedagios:
        pagante = f", pagante {p.pagante}" if p.pagante else ""
        yield f"VALE-PEDÁGIO: fornecedor {p.fornecedor}, comprovante {p.comprovante}, R$ {p.valor}{pagante}"
    do_xml = (texto(e, "nLacre") for n in ("lacUnidTransp", "lacUnidCarga") for e in inf.iter(q(n)))
    lacres = list(dict.fromkeys((*do_xml, *extras.lacres)))
    if lacres:
        yield "LACRES: " + "\\".join(lacres)
