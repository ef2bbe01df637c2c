"""Holds the 44-character key of a document and its check digits (MOC 4.00, Visão Geral, 2.1.4 and 7.3).

Keys and CNPJ are strings: since July 2026 a CNPJ may hold letters, so a key may too (NT Conjunta 2025.001).
"""

import re
from dataclasses import dataclass
from operator import mul

FORMATO_CHAVE = re.compile(r"[0-9]{6}[A-Z0-9]{12}[0-9]{26}")
FORMATO_CNPJ = re.compile(r"[A-Z0-9]{12}[0-9]{2}")

_PESOS = tuple(2 + i % 8 for i in reversed(range(64)))
_PESOS_DE = [(_PESOS[len(_PESOS) - n :], 48 * sum(_PESOS[len(_PESOS) - n :])) for n in range(len(_PESOS) + 1)]
"""By length of the text."""


def dv11(corpo: str) -> int:
    """Returns the check digit: modulus 11, weights 2 to 9 from the right.

    A character counts as ASCII - 48 (NT Conjunta 2025.001).
    """
    pesos, a_mais = _PESOS_DE[len(corpo)]
    # This is sum((c - 48) * p) without a Python loop: a CT-e may carry 2,000 keys, and each one is checked.
    resto = (sum(map(mul, corpo.encode("ascii", "replace"), pesos)) - a_mais) % 11
    return 0 if resto < 2 else 11 - resto


def cnpj_valido(cnpj: str) -> bool:
    """Says whether a 14-character CNPJ, numeric or alphanumeric, has the format and both check digits right."""
    if not FORMATO_CNPJ.fullmatch(cnpj) or cnpj == "0" * 14:
        return False
    return cnpj[12:] == f"{dv11(cnpj[:12])}{dv11(cnpj[:13])}"


def cpf_valido(cpf: str) -> bool:
    """Says whether an 11-digit CPF has the format and both check digits right.

    Its weights go on to 11, unlike the CNPJ's.
    """
    if not re.fullmatch(r"[0-9]{11}", cpf) or len(set(cpf)) == 1:
        return False
    return all(int(cpf[n]) == _dv_cpf(cpf[:n]) for n in (9, 10))


def _dv_cpf(corpo: str) -> int:
    resto = sum(int(c) * (2 + i) for i, c in enumerate(reversed(corpo))) % 11
    return 0 if resto < 2 else 11 - resto


def limpar_chave(texto: str) -> str:
    """Removes from a chave what people paste with it: spaces, points, and the `CTe` of the Id in front."""
    return re.sub(r"[\s.]", "", texto).removeprefix("CTe")


def chave_valida(chave: str) -> bool:
    """Says whether format and check digit are right. The parts are not judged."""
    return bool(FORMATO_CHAVE.fullmatch(chave)) and int(chave[43]) == dv11(chave[:43])


@dataclass(frozen=True, slots=True)
class Partes:
    """The fields of a key, as they stand in it (zero-padded)."""

    uf: str
    aamm: str
    cnpj: str
    modelo: str
    serie: str
    numero: str
    tp_emis: str
    codigo: str
    dv: str


def partes(chave: str) -> Partes:
    """Cuts a 44-character key. The caller has checked the format (`FORMATO_CHAVE`)."""
    c = chave
    return Partes(c[0:2], c[2:6], c[6:20], c[20:22], c[22:25], c[25:34], c[34], c[35:43], c[43])


def compor(*, uf: str, aamm: str, cnpj: str, modelo: str, serie: int, numero: int, tp_emis: str, codigo: str) -> str:
    """Composes a key with its check digit. A CPF is padded with zeros on the left to 14."""
    corpo = f"{uf}{aamm}{cnpj:0>14}{modelo}{serie:03d}{numero:09d}{tp_emis}{codigo:0>8}"
    if len(corpo) != 43:
        raise ValueError(f"corpo de chave com {len(corpo)} posições em vez de 43")
    return f"{corpo}{dv11(corpo)}"
