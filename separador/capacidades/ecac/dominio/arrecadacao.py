"""Holds federal collection documents: numbers, check digits, amounts paid.

The source is SERPRO's documentation of the API Integra Contador (PAGTOWEB). DARF numerado and DAS share one number of
17 digits. The API drops its leading zeros; guides print it with a mask.
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
    """The kinds of paid document that PAGTOWEB knows. The API answers them without the leading zero."""

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
"""The kinds as they stand in file names."""


@dataclass(frozen=True, slots=True)
class Receita:
    """A revenue code: four digits with its zeros. `extensao` is as the API gives it."""

    codigo: str
    descricao: str = ""
    extensao: str | None = None


@dataclass(frozen=True, slots=True)
class Valores:
    """Amounts in reais. None means that the API said nothing; it never means zero."""

    principal: Decimal | None = None
    multa: Decimal | None = None
    juros: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Desmembramento:
    """One part of a consolidated document, or one tax of a DAS. `cib`: the property, where there is one."""

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

    `tipo`: two digits, a `TipoDocumento` or one that is not known yet. `arrecadacao`: accounting date of the payment.
    `saldo`: the part of the payment that is not used yet; it is not what is owed.
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
        """Returns the number in the form in which it is compared."""
        return canonico(self.numero)


def so_digitos(texto: str) -> str | None:
    """Returns a number without its mask. Returns None when the text holds anything but digits and punctuation."""
    limpo = _PONTUACAO.sub("", texto)
    return limpo if limpo.isascii() and limpo.isdigit() else None


def canonico(numero: str) -> str:
    """Returns the digits without leading zeros, for comparing (the API drops them). Empty when every digit is zero."""
    return "".join(c for c in numero if c in "0123456789").lstrip("0")


def completo(numero: str) -> str:
    """Returns 17 digits with the leading zeros, for asking and for showing. A longer number stays as it is."""
    return canonico(numero).zfill(TAMANHO_NUMERO)


def mascarado(numero: str) -> str:
    """Returns the number as guides print it: `NN.NN.NNNNN.NNNNNNN-N`."""
    n = completo(numero)
    return f"{n[:2]}.{n[2:4]}.{n[4:9]}.{n[9:16]}-{n[16:]}"


def dv_confere(numero: str) -> bool:
    """Says whether the check digit of a 17-digit number is right.

    The caller only warns, and refuses nothing: old DARF have other numbers.
    """
    n = completo(numero)
    return len(n) == TAMANHO_NUMERO and int(n[16]) == dv11(n[:16])


def tipo_ni(numero: str) -> int:
    """Returns 1 for a CPF and 2 for a CNPJ, the API's codes for them. Raises ValueError on any other length."""
    if len(numero) not in (11, 14):
        raise ValueError(f"{numero!r} não é CPF nem CNPJ")
    return 1 if len(numero) == 11 else 2
