"""Writes values of the layout in the form that people read: numbers, dates, documents, words."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from separador.capacidades.dacte.dominio.palavras import PALAVRAS, palavra

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOMENTO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d:\d\d))?")
_TRACOS = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212, 0x00AD), "-")
_DO_WINDOWS = {i: bytes([i]).decode("cp1252", "ignore") for i in range(0x80, 0xA0)}
"""What a program means that writes the bytes of Windows-1252 as letters of Latin-1, where these control something."""
_TROCAS = _TRACOS | {i: letra or "?" for i, letra in _DO_WINDOWS.items() if i != 0x85}


def imprimivel(texto: str) -> str:
    """Returns the text with the letters that the fonts of every PDF reader have (Windows-1252), on one line.

    All that the layout admits is there. A letter outside of it, which only another program may let through, is the
    one nearest to it (ć: c), or "?".
    """
    if texto.isascii() and texto.isprintable() and "  " not in texto:
        return texto
    composto = unicodedata.normalize("NFC", texto).translate(_TROCAS)
    return " ".join("".join(map(_letra, composto)).split())


def _letra(letra: str) -> str:
    """Returns a letter that has a shape in the fonts."""
    if letra.isspace():
        return " "
    if unicodedata.category(letra) in ("Cf", "Mn"):
        return ""
    if letra.isprintable() and letra.encode("cp1252", "ignore"):
        return letra
    perto = unicodedata.normalize("NFKD", letra).encode("ascii", "ignore").decode()
    return perto if perto.isprintable() and perto else "?"


def documento(cnpj_ou_cpf: str) -> str:
    """Returns a CNPJ or CPF with its punctuation. A CNPJ may hold letters."""
    d = cnpj_ou_cpf
    if len(d) == 14:
        return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"
    return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}" if len(d) == 11 else d


def chave_em_blocos(chave: str) -> str:
    """Returns the key in blocks of four (Anexo II, 2.4 and 2.5)."""
    return " ".join(chave[i : i + 4] for i in range(0, len(chave), 4))


def numero(texto: str, casas: int = 2) -> str:
    """Returns a decimal of the layout with comma and thousands. A text that is no decimal is returned as it came."""
    if not _DECIMAL.fullmatch(texto):
        return texto
    inteiro, _, fracao = texto.partition(".")
    grupos = f"{Decimal(inteiro):,}".replace(",", ".")
    return f"{grupos},{fracao:0<{casas}}" if casas else grupos


def momento(texto: str) -> str:
    """Returns `AAAA-MM-DDThh:mm:ss-03:00` as `DD/MM/AAAA hh:mm:ss`, in the offset in which it was written."""
    m = _MOMENTO.match(texto)
    if m is None:
        return texto
    return f"{m[3]}/{m[2]}/{m[1]}" + (f" {m[4]}" if m[4] else "")


def cep(texto: str) -> str:
    """Returns a CEP as `99999-999`."""
    return f"{texto[:5]}-{texto[5:]}" if len(texto) == 8 else texto


def fone(texto: str) -> str:
    """Returns a telephone number with the area code apart, where there is one."""
    return f"({texto[:2]}) {texto[2:-4]}-{texto[-4:]}" if len(texto) in (10, 11) else texto


def _milhar(texto: str) -> str:
    return numero(texto, 0) if texto.isdecimal() else texto


def _modelo_da_chave(chave: str) -> str:
    return chave[20:22] if len(chave) == 44 else ""


def _serie_da_chave(chave: str) -> str:
    return f"{chave[22:25]}/{chave[25:34]}" if len(chave) == 44 else ""


def _descricao(codigo: str) -> str:
    """Returns the word for a document of `infOutros`; "" for 99, which has its own description."""
    return "" if codigo == "99" else palavra("tpDoc", codigo)


def _emissao(codigo: str) -> str:
    return PALAVRAS["tpEmis"].get(codigo, "")


def _quantidade(texto: str) -> str:
    return numero(texto, 4)


def _reais(texto: str) -> str:
    return f"R$ {numero(texto)}" if texto else ""


FORMAS: dict[str, Callable[[str], str]] = {
    "texto": str,
    "documento": documento,
    "chave": chave_em_blocos,
    "numero": numero,
    "quantidade": _quantidade,
    "milhar": _milhar,
    "reais": _reais,
    "data": momento,
    "momento": momento,
    "cep": cep,
    "fone": fone,
    "modelo_da_chave": _modelo_da_chave,
    "serie_da_chave": _serie_da_chave,
    "descricao": _descricao,
    "emissao": _emissao,
}


def na_forma(forma: str, texto: str) -> str:
    """Returns the text in one of `FORMAS`, or as a word (`palavra:tabela`)."""
    nome, _, tabela = forma.partition(":")
    return imprimivel(palavra(tabela, texto) if nome == "palavra" else FORMAS[nome](texto))
