"""Checks numbers inside documents: CNPJ, CPF and SUFRAMA check digits, and the keys of other documents.

The result for a company's number is remembered: the same few companies fill thousands of documents.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from separador.fiscal.regras.ufs import SIGLA_UF
from separador.nucleo.chave import FORMATO_CHAVE, FORMATO_CNPJ, chave_valida, cnpj_valido, compor, cpf_valido, dv11

ZEROS = "0" * 14
cnpj_ok = lru_cache(maxsize=8192)(cnpj_valido)
cpf_ok = lru_cache(maxsize=8192)(cpf_valido)


class Especie(NamedTuple):
    """The demands on a key to another document.

    They are its model, the first year of that model, and the known kinds of emission.
    """

    modelo: str
    ano: int
    emissoes: str
    aceita_cpf: bool = False


# The kinds of emission are those of today, and the extinct ones that old keys still carry.
NFE = Especie("55", 2005, "12345679", aceita_cpf=True)
CTE = Especie("57", 2009, "1234578", aceita_cpf=True)
CTE_OS = Especie("67", 2009, "12578")
GTVE = Especie("64", 2020, "1278")
BPE = Especie("63", 2017, "12")


DIGITOS = "os dígitos verificadores (os dois últimos) não conferem com os outros"
SUFRAMA_DE_EXEMPLO = "100698107"


def motivo_cnpj(cnpj: str) -> str:
    """Returns why a CNPJ is not valid."""
    return "é só de zeros" if cnpj == ZEROS else DIGITOS if FORMATO_CNPJ.fullmatch(cnpj) else ""


def exemplo_de_chave(especie: Especie) -> str:
    """Returns a valid key of that kind, of nobody."""
    return compor(
        uf="35",
        aamm="2611",
        cnpj="11222333000181",
        modelo=especie.modelo,
        serie=1,
        numero=104,
        tp_emis="1",
        codigo="17365862",
    )


def motivo_chave(chave: str, especie: Especie, agora: datetime) -> str:
    """Returns why the key is not a valid key of that kind, in the manual's order of checks. It is "" when it is valid.

    A string that has not even the format of a key also gives "": the schema reports it.
    """
    if not FORMATO_CHAVE.fullmatch(chave):
        return ""
    if not _emitente_ok(chave[6:20], aceita_cpf=especie.aceita_cpf):
        return f"o CNPJ ou CPF dentro dela ({chave[6:20]}) é só de zeros ou não é válido"
    if not especie.ano <= 2000 + int(chave[2:4]) <= agora.year:
        return f"o ano dentro dela é {chave[2:4]}"
    if not "01" <= chave[4:6] <= "12":
        return f"o mês dentro dela é {chave[4:6]}"
    if chave[20:22] != especie.modelo:
        return f"o modelo dentro dela é {chave[20:22]}, e não {especie.modelo}"
    if chave[25:34] == "000000000":
        return "o número dentro dela é só de zeros"
    if chave[34] not in especie.emissoes:
        return f"o tipo de emissão dentro dela (posição 35) é {chave[34]}"
    if chave[:2] not in SIGLA_UF:
        return f"a UF dentro dela é {chave[:2]}"
    return "" if chave_valida(chave) else f"o último algarismo não confere com os outros, que dão {dv11(chave[:43])}"


def todas_validas(chaves: Sequence[str], especie: Especie, agora: datetime) -> bool:
    """Says whether these are all keys, and `motivo_chave` has nothing against any of them.

    False only means that each is to be asked for its reason. A carrier's notes are nearly always good, and judging them
    together costs 28 µs for 34 notes where one by one costs 100.
    """
    texto = "".join(chaves)
    return (
        set(map(len, chaves)) == {44}
        and _varias_chaves(especie).fullmatch(texto) is not None
        and all(especie.ano <= 2000 + int(ano) <= agora.year for ano in {c[2:4] for c in chaves})
        and all(_emitente_ok(e, aceita_cpf=especie.aceita_cpf) for e in {c[6:20] for c in chaves})
        and _digitos(texto) == texto[43::44]
    )


@lru_cache
def _varias_chaves(especie: Especie) -> re.Pattern[str]:
    """Returns a pattern of keys one after the other.

    It demands all that a pattern can: state, month, model, number, kind of emission.
    """
    return re.compile(
        rf"(?:(?:{'|'.join(SIGLA_UF)})[0-9]{{2}}(?:0[1-9]|1[0-2])[A-Z0-9]{{12}}[0-9]{{2}}{especie.modelo}[0-9]{{3}}"
        rf"(?!0{{9}})[0-9]{{9}}[{especie.emissoes}][0-9]{{9}})*"
    )


# This is dv11 of many keys in one multiplication (17 µs for 34 keys, where dv11 in a loop costs 68). Written in 16-bit
# columns, the text times the weights is their convolution. Each key's 43rd column holds its sum of character × weight,
# at most 43 × 90 × 9 < 2¹⁶. A character counts as ASCII - 48, hence _A_MAIS. The other columns are of no use.
_PESOS_EM_COLUNAS = sum((2 + i % 8) << 16 * i for i in range(43))
_A_MAIS = 48 * sum(2 + i % 8 for i in range(43))
_DIGITO = "".join(str(0 if resto < 2 else 11 - resto) for resto in ((r - _A_MAIS) % 11 for r in range(11)))


def _digitos(chaves: str) -> str:
    """Returns the check digits that the keys should have. `chaves` holds them (ASCII) one right after the other."""
    colunas = int.from_bytes(chaves.encode("utf-16-le"), "little") * _PESOS_EM_COLUNAS
    octetos = colunas.to_bytes(2 * (len(chaves) + 43), "little")[: 2 * len(chaves)]
    somas = zip(octetos[84::88], octetos[85::88], strict=True)
    return "".join([_DIGITO[(baixo + 256 * alto) % 11] for baixo, alto in somas])


@lru_cache(maxsize=8192)
def _emitente_ok(emitente: str, *, aceita_cpf: bool) -> bool:
    if cnpj_valido(emitente):
        return True
    return aceita_cpf and emitente.startswith("000") and cpf_valido(emitente[3:])


def suframa_valida(inscricao: str) -> bool:
    """Checks a SUFRAMA registration: modulus 11, weights 9 to 2, 8 or 9 digits (zero-padded to 9)."""
    if len(inscricao) not in (8, 9) or not (inscricao.isascii() and inscricao.isdigit()):
        return False
    numero = inscricao.zfill(9)
    resto = sum(int(c) * (9 - i) for i, c in enumerate(numero[:8])) % 11
    return int(numero[8]) == (0 if resto < 2 else 11 - resto)
