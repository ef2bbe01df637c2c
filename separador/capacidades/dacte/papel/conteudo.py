"""Holds what is to be printed: the document as a tree, its protocol, and what only the record knows."""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from separador.capacidades.dacte.dominio.formas import momento
from separador.capacidades.dacte.papel.arvore import No, ler
from separador.capacidades.dacte.papel.logo import Logo
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO, q
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.tipo import Tipo

_QR_MAIOR = 1000
"""Letters of the address, by the schema."""
HOMOLOGACAO = "EMITIDO EM AMBIENTE DE HOMOLOGAÇÃO - SEM VALOR FISCAL"


@dataclass(frozen=True, slots=True)
class Pedagio:
    """A toll voucher of the load's record: it is not in the XML of 4.00."""

    fornecedor: str
    comprovante: str
    valor: str
    pagante: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the XML does not say: the data of the issuing record, the company's logo. `lacres`: besides the XML's."""

    lotacao: bool = False
    pedagios: tuple[Pedagio, ...] = ()
    lacres: tuple[str, ...] = ()
    cancelado: bool = False
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Conteudo:
    """The content to be printed. `tipo`: of the document inside. `inf`: its infCte. `recebido`: dhRecbto."""

    tipo: Tipo
    inf: No
    chave: str
    qr: str
    protocolo: str
    recebido: str
    extras: Extras

    @property
    def homologacao(self) -> bool:
        """Says whether the document has no fiscal value."""
        return self.inf.valor("ide/tpAmb") != "1"

    @property
    def deitado(self) -> bool:
        """Says whether the issuer wants the paper in landscape."""
        return self.inf.valor("ide/tpImp") == "2"

    @property
    def contingencia(self) -> bool:
        """Says whether it was issued in the contingency of the security form, which has a second bar code."""
        return self.inf.valor("ide/tpEmis") == "5"

    @property
    def recebido_em(self) -> datetime | None:
        """Returns when SEFAZ authorised it.

        It is also the date of the PDF, so that the same document gives the same bytes.
        """
        try:
            return datetime.fromisoformat(self.recebido)
        except ValueError:
            return None

    @property
    def autorizacao(self) -> str:
        """Returns number and moment of the authorisation."""
        return f"{self.protocolo} {momento(self.recebido)}".strip()

    @property
    def marca(self) -> str:
        """Returns what is written across every sheet; "" for a document in force."""
        return "CANCELADO" if self.extras.cancelado else "SEM VALOR FISCAL" if self.homologacao else ""


def extrair(raiz: etree._Element, processado: Tipo, extras: Extras) -> Conteudo | None:
    """Reads the root of a processed document.

    Returns None when a part without which nothing can be printed is missing, or the key or the QR code is none.
    """
    inf = raiz.find(f"*/{q('infCte')}")
    prot = raiz.find(f"{q('protCTe')}/{q('infProt')}")
    if inf is None or prot is None:
        return None
    qr = (raiz.findtext(f"*/{q('infCTeSupl')}/{q('qrCodCTe')}") or "").strip()
    if len(qr) > _QR_MAIOR:
        return None
    chave = (inf.get("Id") or "").strip().removeprefix("CTe")
    if chave and not FORMATO_CHAVE.fullmatch(chave):
        return None
    protocolo = (prot.findtext(q("nProt")) or "").strip()
    recebido = (prot.findtext(q("dhRecbto")) or "").strip()
    return Conteudo(DOCUMENTO_DO_PROCESSADO[processado], ler(inf), chave, qr, protocolo, recebido, extras)
