"""Defines the questions to the Integra Contador and its answers, as frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from separador.capacidades.ecac.dominio.arrecadacao import Valores


@dataclass(frozen=True, slots=True)
class Partes:
    """The author of a question and its taxpayer: CPF (11) or CNPJ (14), without mask. An author that is not the
    contractor needs a termo."""

    autor: str
    contribuinte: str


@dataclass(frozen=True, slots=True)
class Filtro:
    """Filters of PAGAMENTOS71, joined by AND; at least one is sensible. Numbers have their 17 digits.

    `inicio`/`fim`: dates of payment, both included. `primeiro`: index of the first record. `tamanho` ≤ 100.
    """

    numeros: tuple[str, ...] = ()
    inicio: date | None = None
    fim: date | None = None
    valor_de: Decimal | None = None
    valor_ate: Decimal | None = None
    receitas: tuple[str, ...] = ()
    tipos: tuple[str, ...] = ()
    primeiro: int = 0
    tamanho: int = 100


@dataclass(frozen=True, slots=True)
class Protocolo:
    """A request for events, good for `validade_min` minutes; ask for the answer after `espera_ms`."""

    protocolo: str
    pessoas: str  # "PF" or "PJ"
    espera_ms: int
    validade_min: int


@dataclass(frozen=True, slots=True)
class Evento:
    """E0701 of one taxpayer: day of the last change of its payments in 60 days.

    `dia` None and `negado` False = no change. `negado`: the column was not a date ("x"): check the procuração.
    """

    contribuinte: str
    dia: date | None
    negado: bool = False


@dataclass(frozen=True, slots=True)
class Comprovante:
    """A receipt whose echo is about what was asked for. `arquivos.comprovantes` judges its text."""

    numero: str
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DasIndice:
    """A DAS in the index of PGDAS-D. `pago` None = the answer did not say it as true or false."""

    numero: str
    periodo: str  # AAAAMM
    emissao: datetime | None  # Brasília, naive in the answer; aware -03:00 here
    pago: bool | None
    operacao: str


@dataclass(frozen=True, slots=True)
class Procuracao:
    """One procuração: last valid day, and the names of the systems it opens."""

    validade: date
    sistemas: tuple[str, ...]
    comprovante: bool  # opens "Pagamentos - Comprovante de Arrecadação" (00004)
    pgdasd: bool  # opens "PGDAS-D - a partir de 01/2018" (00146)


@dataclass(frozen=True, slots=True)
class PedidoDarf:
    """Input of SICALC. `periodo` as the `tipo_pa` wants it (`ME` → `mm/aaaa`); `municipio`: TOM code without digit."""

    uf: str
    municipio: str
    receita: str
    extensao: str
    tipo_pa: str
    periodo: str
    valor: Decimal
    consolidacao: date
    vencimento: date | None = None
    referencia: str | None = None
    cota: str | None = None
    valor_multa: Decimal | None = None
    valor_juros: Decimal | None = None
    observacao: str | None = None
    cno: str | None = None
    cnpj_prestador: str | None = None


@dataclass(frozen=True, slots=True)
class GuiaEmitida:
    """A guide that the API issued. `numero` 17 digits; `periodo` AAAAMM of a DAS, as asked for of a DARF.

    `limite`: last day on which banks take it. `linha`: the 48 digits, where they came. `pdf` None = only the barcode.
    """

    numero: str
    tipo: str
    periodo: str | None
    vencimento: date | None
    limite: date | None
    valores: Valores
    pdf: bytes | None = field(default=None, repr=False)
    linha: str | None = None
    observacoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Credencial:
    """The contractor may ask. `expira_em` is aware."""

    expira_em: datetime


@dataclass(frozen=True, slots=True)
class Autorizacao:
    """The termo is accepted until `expira_em` (aware); the token itself stays inside the client."""

    autor: str
    expira_em: datetime
