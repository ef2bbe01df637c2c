"""Federal collection documents: numbers, check digits, what was paid (fatos/ecac.md sections 4.1 and 8.1).

DARF numerado and DAS share one number of 17 digits; the API drops its leading zeros, guides print it with a mask.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from separador.nucleo.chave import dv11

TAMANHO_NUMERO = 17
_PONTUACAO = re.compile(r"[\s./-]")


class TipoDocumento(StrEnum):
    """Kinds of paid document that PAGTOWEB knows; the API answers them without the zero."""

    DARF = "04"
    DJE = "07"
    DARF_SIMPLES = "08"
    DAS = "09"
    DAE = "10"


NOMES_TIPO = {
    TipoDocumento.DARF: "DARF",
    TipoDocumento.DJE: "DJE",
    TipoDocumento.DARF_SIMPLES: "DARF-SIMPLES",
    TipoDocumento.DAS: "DAS",
    TipoDocumento.DAE: "DAE",
}
"""As they stand in file names (ECAC-05)."""


@dataclass(frozen=True, slots=True)
class Receita:
    """A revenue code, four digits with its zeros; `extensao` as the API says it."""

    codigo: str
    descricao: str = ""
    extensao: str | None = None


@dataclass(frozen=True, slots=True)
class Valores:
    """Amounts in reais. None = the API said nothing; it is never zero by itself."""

    principal: Decimal | None = None
    multa: Decimal | None = None
    juros: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Desmembramento:
    """One part of a consolidated document, or one tax of a DAS. `cib`: real estate, where it is about one."""

    sequencial: str
    receita: Receita
    periodo_apuracao: date | None
    vencimento: date | None
    valores: Valores
    saldo: Valores
    cib: str | None = None


@dataclass(frozen=True, slots=True)
class Pagamento:
    """One paid document (DocumentoArrecadacaoIC). `numero`: digits as the API gave them, often without leading zeros.

    `tipo`: two digits (`TipoDocumento`, or one that nobody knows yet). `arrecadacao`: accounting date of the payment.
    `saldo`: the part of the payment not used yet, not what is owed.
    """

    numero: str
    tipo: str
    tipo_nome: str
    arrecadacao: date
    periodo_apuracao: date | None
    vencimento: date | None
    receita: Receita | None
    referencia: str | None
    valores: Valores
    saldo: Valores
    desmembramentos: tuple[Desmembramento, ...] = ()

    @property
    def canonico(self) -> str:
        """The number as it is compared."""
        return canonico(self.numero)


def so_digitos(texto: str) -> str | None:
    """A number without its mask; None when something else than digits and punctuation is in it."""
    limpo = _PONTUACAO.sub("", texto)
    return limpo if limpo.isascii() and limpo.isdigit() else None


def canonico(numero: str) -> str:
    """For comparing: digits without leading zeros (the API drops them). Empty when there is no digit but zero."""
    return "".join(c for c in numero if c in "0123456789").lstrip("0")


def completo(numero: str) -> str:
    """For asking and for showing: 17 digits with the leading zero. A longer number stays as it is."""
    return canonico(numero).zfill(TAMANHO_NUMERO)


def mascarado(numero: str) -> str:
    """`NN.NN.NNNNN.NNNNNNN-N`, as guides print it."""
    n = completo(numero)
    return f"{n[:2]}.{n[2:4]}.{n[4:9]}.{n[9:16]}-{n[16:]}"


def dv_confere(numero: str) -> bool:
    """Whether the check digit of a 17-digit number is right: warns, never refuses (old DARF have other numbers)."""
    n = completo(numero)
    return len(n) == TAMANHO_NUMERO and int(n[16]) == dv11(n[:16])


def tipo_ni(numero: str) -> int:
    """1 = CPF, 2 = CNPJ: how the API calls who a number belongs to. Raises ValueError on any other length."""
    if len(numero) not in (11, 14):
        raise ValueError(f"{numero!r} não é CPF nem CNPJ")
    return 1 if len(numero) == 11 else 2
