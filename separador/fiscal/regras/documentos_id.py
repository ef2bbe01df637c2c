"""Numbers inside documents: CNPJ, CPF and SUFRAMA check digits, and the keys of other documents.

Validity of a company's number is remembered: the same few companies fill thousands of documents.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from separador.dominio.chave import FORMATO_CHAVE, chave_valida, cnpj_valido, cpf_valido
from separador.fiscal.regras.ufs import SIGLA_UF

ZEROS = "0" * 14
cnpj_ok = lru_cache(maxsize=8192)(cnpj_valido)
cpf_ok = lru_cache(maxsize=8192)(cpf_valido)


class Especie(NamedTuple):
    """What a key to another document must say: its model, first year of that model, and known kinds of emission."""

    modelo: str
    ano: int
    emissoes: str
    aceita_cpf: bool = False


# Kinds of emission: those of today plus the extinct ones that old keys still carry.
NFE = Especie("55", 2005, "12345679", aceita_cpf=True)
CTE = Especie("57", 2009, "1234578", aceita_cpf=True)
CTE_OS = Especie("67", 2009, "12578")
GTVE = Especie("64", 2020, "1278")
BPE = Especie("63", 2017, "12")


def motivo_chave(chave: str, especie: Especie, agora: datetime) -> str:
    """Why the key is not a valid key of that kind, in the manual's order of checks; "" when it is.

    A string that has not even the format of a key also gives "": that is the schema's to report.
    """
    if not FORMATO_CHAVE.fullmatch(chave):
        return ""
    if not _emitente_ok(chave[6:20], aceita_cpf=especie.aceita_cpf):
        return "CNPJ/CPF zerado ou inválido"
    if not especie.ano <= 2000 + int(chave[2:4]) <= agora.year:
        return "ano inválido"
    if not "01" <= chave[4:6] <= "12":
        return "mês inválido"
    if chave[20:22] != especie.modelo:
        return f"modelo diferente de {especie.modelo}"
    if chave[25:34] == "000000000":
        return "número zerado"
    if chave[34] not in especie.emissoes:
        return "tipo de emissão inválido"
    if chave[:2] not in SIGLA_UF:
        return "UF inválida"
    return "" if chave_valida(chave) else "dígito verificador inválido"


@lru_cache(maxsize=8192)
def _emitente_ok(emitente: str, *, aceita_cpf: bool) -> bool:
    if cnpj_valido(emitente):
        return True
    return aceita_cpf and emitente.startswith("000") and cpf_valido(emitente[3:])


def suframa_valida(inscricao: str) -> bool:
    """Check digit of a SUFRAMA registration: modulus 11, weights 9 to 2, 8 or 9 digits (zero-padded to 9)."""
    if len(inscricao) not in (8, 9) or not (inscricao.isascii() and inscricao.isdigit()):
        return False
    numero = inscricao.zfill(9)
    resto = sum(int(c) * (9 - i) for i, c in enumerate(numero[:8])) % 11
    return int(numero[8]) == (0 if resto < 2 else 11 - resto)
