"""Checks the digits of the state registration number (IE), per state.

Source: each treasury's published calculation, as gathered in SINTEGRA's script. Tests prove it against published
numbers and an independent library. Only digits and length are judged, as the manual says ("erro no dígito de
controle"): starting digits change with each state's decrees. Leading zeros that the format has and the document left
out are put back first (MOC 4.00, Anexo I, note of rule G106).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

Calculo = Callable[[list[int], str], int]


def _mod11(produtos: list[int], _numero: str) -> int:
    resto = sum(produtos) % 11
    return 0 if resto < 2 else 11 - resto


def _mod11_sem_dez(produtos: list[int], _numero: str) -> int:
    """Turns 10 and 11 into 0 and 1 (RO, and PE's old format)."""
    return (11 - sum(produtos) % 11) % 10


def _resto11(produtos: list[int], _numero: str) -> int:
    """Returns the remainder's last digit (SP)."""
    return sum(produtos) % 11 % 10


def _resto9(produtos: list[int], _numero: str) -> int:
    return sum(produtos) % 9


def _ap(produtos: list[int], numero: str) -> int:
    """Adds AP's constant. For remainder 0 AP has a digit of its own. Both depend on the range of the number."""
    base = int(numero[:8])
    soma, especial = (5, 0) if base <= 3017000 else (9, 1) if base <= 3019022 else (0, 0)
    resto = (sum(produtos) + soma) % 11
    return especial if resto == 0 else 0 if resto == 1 else 11 - resto


def _go(produtos: list[int], numero: str) -> int:
    """Returns GO's digit: 1 instead of 0 for remainder 1 in one range of numbers."""
    resto = sum(produtos) % 11
    if resto == 1:
        return int(10103105 <= int(numero[:8]) <= 10119997)
    return 0 if resto == 0 else 11 - resto


def _ba(produtos: list[int], numero: str) -> int:
    """Chooses BA's modulus, by the first digit of the 8-digit format or the second of the 9-digit one."""
    if numero[len(numero) - 8] in "0123458":
        return -sum(produtos) % 10
    return _mod11(produtos, numero)


def _mg(produtos: list[int], _numero: str) -> int:
    """Returns MG's first digit: what the sum of the digits of the products lacks to the next ten."""
    return -sum(p // 10 + p % 10 for p in produtos) % 10


@dataclass(frozen=True, slots=True)
class _Digito:
    """One check digit: its position, and the weight of each position from the left (0 leaves it out)."""

    posicao: int
    pesos: tuple[int, ...]
    calculo: Calculo = _mod11

    def confere(self, numero: str) -> bool:
        produtos = [int(c) * p for c, p in zip(numero, self.pesos, strict=False)]
        return self.calculo(produtos, numero) == int(numero[self.posicao])


@dataclass(frozen=True, slots=True)
class _Formato:
    """One layout of the number. `exato`: an older, longer one, never written with its zeros left out."""

    tamanho: int
    digitos: tuple[_Digito, ...]
    exato: bool = False


def _pesos(texto: str) -> tuple[int, ...]:
    return tuple(int(p) for p in texto.split())


_COMUM = _Formato(9, (_Digito(8, _pesos("9 8 7 6 5 4 3 2")),))
_DUPLO13 = _Formato(
    13,
    (_Digito(11, _pesos("4 3 2 9 8 7 6 5 4 3 2")), _Digito(12, _pesos("5 4 3 2 9 8 7 6 5 4 3 2"))),
)
_FORMATOS: dict[str, tuple[_Formato, ...]] = {
    **dict.fromkeys(("AL", "AM", "CE", "ES", "MA", "MS", "PA", "PB", "PI", "SC", "SE"), (_COMUM,)),
    "AC": (_DUPLO13,),
    "AP": (_Formato(9, (_Digito(8, _pesos("9 8 7 6 5 4 3 2"), _ap),)),),
    "BA": (
        _Formato(8, (_Digito(7, _pesos("7 6 5 4 3 2"), _ba), _Digito(6, _pesos("8 7 6 5 4 3 0 2"), _ba))),
        _Formato(9, (_Digito(8, _pesos("8 7 6 5 4 3 2"), _ba), _Digito(7, _pesos("9 8 7 6 5 4 3 0 2"), _ba))),
    ),
    "DF": (_DUPLO13,),
    "GO": (_Formato(9, (_Digito(8, _pesos("9 8 7 6 5 4 3 2"), _go),)),),
    "MG": (
        _Formato(
            13,
            (
                _Digito(11, _pesos("1 2 1 1 2 1 2 1 2 1 2"), _mg),
                _Digito(12, _pesos("3 2 11 10 9 8 7 6 5 4 3 2")),
            ),
        ),
    ),
    "MT": (_Formato(11, (_Digito(10, _pesos("3 2 9 8 7 6 5 4 3 2")),)),),
    "PE": (
        _Formato(9, (_Digito(7, _pesos("8 7 6 5 4 3 2")), _Digito(8, _pesos("9 8 7 6 5 4 3 2")))),
        _Formato(14, (_Digito(13, _pesos("5 4 3 2 1 9 8 7 6 5 4 3 2"), _mod11_sem_dez),), exato=True),
    ),
    "PR": (_Formato(10, (_Digito(8, _pesos("3 2 7 6 5 4 3 2")), _Digito(9, _pesos("4 3 2 7 6 5 4 3 2")))),),
    "RJ": (_Formato(8, (_Digito(7, _pesos("2 7 6 5 4 3 2")),)),),
    "RN": (_COMUM, _Formato(10, (_Digito(9, _pesos("10 9 8 7 6 5 4 3 2")),), exato=True)),
    "RO": (
        _Formato(14, (_Digito(13, _pesos("6 5 4 3 2 9 8 7 6 5 4 3 2"), _mod11_sem_dez),)),
        _Formato(9, (_Digito(8, _pesos("0 0 0 6 5 4 3 2"), _mod11_sem_dez),)),
    ),
    "RR": (_Formato(9, (_Digito(8, _pesos("1 2 3 4 5 6 7 8"), _resto9),)),),
    "RS": (_Formato(10, (_Digito(9, _pesos("2 9 8 7 6 5 4 3 2")),)),),
    "SP": (
        _Formato(
            12,
            (_Digito(8, _pesos("1 3 4 5 6 7 8 10"), _resto11), _Digito(11, _pesos("3 2 10 9 8 7 6 5 4 3 2"), _resto11)),
        ),
    ),
    "TO": (_COMUM, _Formato(11, (_Digito(10, _pesos("9 8 0 0 7 6 5 4 3 2")),), exato=True)),
}
UFS = frozenset(_FORMATOS)


_EXEMPLOS = dict(
    item.split(":")
    for item in (
        "AC:0100482300112 AL:240000048 AM:042345677 AP:030123459 BA:12345663 CE:060000015 DF:0730000100109 "
        "ES:999999990 GO:109876547 MA:120000385 MG:0623079040081 MS:280000006 MT:00130000019 PA:159999995 "
        "PB:060000015 PE:032141840 PI:012345679 PR:1234567850 RJ:99999993 RN:200400401 RO:00000000625213 "
        "RR:240066281 RS:2243658792 SC:251040852 SE:271234563 SP:110042490114 TO:29010227836"
    ).split()
)
"""A registration of each state, from the calculations that the states publish."""


def ie_de_exemplo(uf: str) -> str:
    """Returns a valid registration of a state. It is "" for none."""
    return _EXEMPLOS.get(uf, "")


@lru_cache(maxsize=8192)
def ie_valida(uf: str, ie: str) -> bool:
    """Says whether the check digits of `ie` (digits only) hold in one of the formats of `uf`.

    An unknown state gives True.
    """
    formatos = _FORMATOS.get(uf)
    if formatos is None:
        return True
    return ie.isascii() and ie.isdigit() and any(_cabe(ie, formato) for formato in formatos)


def _cabe(ie: str, formato: _Formato) -> bool:
    if len(ie) > formato.tamanho or (formato.exato and len(ie) != formato.tamanho):
        return False
    numero = ie.zfill(formato.tamanho)
    return all(digito.confere(numero) for digito in formato.digitos)
