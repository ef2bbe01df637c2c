"""Reads and writes the barcode of a collection guide (44 digits) and its typed line (48 digits)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_ORGAOS = {"0385": "DARF", "0328": "DAS"}
_CENTAVO = Decimal("0.01")
TAMANHO = 44


@dataclass(frozen=True, slots=True)
class Barra:
    """The fields of a valid barcode. `valor` in reais; `limite`: last day accepted, None when the field is no date.

    `numero`: the document's 17 digits. `tipo`: "DARF", "DAS", or None for an agency that is not known here.
    """

    codigo: str
    valor: Decimal
    orgao: str
    limite: date | None
    numero: str
    sufixo: str

    @property
    def tipo(self) -> str | None:
        """Returns the kind of guide, by the agency."""
        return _ORGAOS.get(self.orgao)


def dv_modulo11(corpo: str) -> int:
    """Returns the modulus 11 digit of a block of the typed line, or of the 43 other digits of the code.

    The weights are 2 to 9 from the right.
    """
    resto = sum(int(c) * (2 + i % 8) for i, c in enumerate(reversed(corpo))) % 11
    return {0: 0, 1: 0, 10: 1}.get(resto, 11 - resto)


def dv_modulo10(corpo: str) -> int:
    """Returns the digit for value identifiers 6 and 7 (modulus 10).

    The weights are 2, 1 from the right; the digits of each product are added.
    """
    soma = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(corpo)))
    return -soma % 10


def _dv(corpo: str, identificador: str) -> int:
    """Returns the digit by the third digit of the code: modulus 10 for 6 and 7, modulus 11 for 8 and 9."""
    return dv_modulo11(corpo) if identificador in "89" else dv_modulo10(corpo)


def compor(*, valor: Decimal, orgao: str, limite: date, numero: str, sufixo: str = "000") -> str:
    """Returns the 44 digits of a guide, with the general check digit. Raises ValueError when a field does not fit."""
    centavos = int(valor / _CENTAVO)
    dia = f"{limite.year % 100:02d}{limite.timetuple().tm_yday:03d}"
    resto = f"{centavos:011d}{orgao}{dia}{numero}{sufixo}"
    if len(resto) != TAMANHO - 4 or not resto.isdigit():
        raise ValueError("campo fora do tamanho no código de barras")
    return f"858{dv_modulo11(f'858{resto}')}{resto}"


def linha_digitavel(codigo: str) -> tuple[str, str, str, str]:
    """Returns the four blocks of 11 digits, each followed by its check digit."""
    blocos = [codigo[i : i + 11] for i in range(0, TAMANHO, 11)]
    a, b, c, d = (f"{bloco}{_dv(bloco, codigo[2])}" for bloco in blocos)
    return a, b, c, d


def da_linha(linha: str) -> str | None:
    """Returns the 44 digits of a typed line (48 digits; blanks, points and hyphens are ignored).

    Returns None unless every check digit is right.
    """
    digitos = "".join(c for c in linha if c not in " -\t\r\n.")
    if len(digitos) != 48 or not (digitos.isascii() and digitos.isdigit()):
        return None
    blocos = [digitos[i : i + 12] for i in range(0, 48, 12)]
    if any(_dv(b[:11], digitos[2]) != int(b[11]) for b in blocos):
        return None
    codigo = "".join(b[:11] for b in blocos)
    return codigo if dv_geral_confere(codigo) else None


def dv_geral_confere(codigo: str) -> bool:
    """Says whether the fourth digit is the check digit of the other 43."""
    if len(codigo) != TAMANHO or not (codigo.isascii() and codigo.isdigit()):
        return False
    return _dv(codigo[:3] + codigo[4:], codigo[2]) == int(codigo[3])


def ler(codigo: str) -> Barra | None:
    """Returns the fields of a collection barcode. Returns None when it is not one, or its check digit is wrong."""
    if not dv_geral_confere(codigo) or codigo[0] != "8" or codigo[2] not in "6789":
        return None
    valor = Decimal(codigo[4:15]) * _CENTAVO
    return Barra(codigo, valor, codigo[15:19], _dia(codigo[19:24]), codigo[24:41], codigo[41:])


def _dia(aaddd: str) -> date | None:
    ano, dia = 2000 + int(aaddd[:2]), int(aaddd[2:])
    achado = date(ano, 1, 1) + timedelta(days=dia - 1)
    return achado if dia >= 1 and achado.year == ano else None
