"""Defines what a worker reads from a file of receipts."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento
from separador.nucleo.erro import Erro


@dataclass(frozen=True, slots=True)
class ComprovanteLido:
    """One receipt of a file, cut out as a PDF of its own. `pagina` 1-based; `numero` 17 digits."""

    pagina: int
    contribuinte: str
    tipo: TipoDocumento
    numero: str
    arrecadacao: date
    total: Decimal | None
    periodo: date | None
    vencimento: date | None
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ComprovantesLidos:
    """The content of a file of receipts: the good ones, and every error of the others."""

    comprovantes: tuple[ComprovanteLido, ...]
    erros: tuple[Erro, ...] = ()
