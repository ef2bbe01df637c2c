"""Reads the values that lists are filtered by. What cannot be one is a usage error: an empty list would hide it."""

import re
from collections.abc import Callable

import click

from separador.nucleo.chave import cnpj_valido

_COMECO = re.compile(r"[A-Z0-9]{1,12}[0-9]{0,2}")
_CPF, _CNPJ = 11, 14


def cnpj(texto: str) -> str:
    """Reads a whole CNPJ, with or without punctuation. It is the type of an option. Raises click.BadParameter."""
    limpo = _limpo(texto)
    if not cnpj_valido(limpo):
        raise click.BadParameter(f"{texto!r} não é um CNPJ.")
    return limpo


def cadastro(texto: str) -> str:
    """Reads a CNPJ, a CPF, or the beginning of a CNPJ. Raises click.BadParameter.

    A CNPJ may begin with letters, but whoever types nothing but letters means a name.
    """
    limpo = _limpo(texto)
    inteiro = len(limpo) in (_CPF, _CNPJ)
    vale = cnpj_valido(limpo) if len(limpo) == _CNPJ else _COMECO.fullmatch(limpo) and re.search(r"[0-9]", limpo)
    if not vale:
        raise click.BadParameter(f"{texto!r} não é um CNPJ{'' if inteiro else ', nem o começo de um'}.")
    return limpo


def algarismos(maximo: int) -> Callable[[str], str]:
    """Returns the reader of a number of up to so many digits, without the zeros on its left."""

    def ler(texto: str) -> str:
        limpo = texto.strip().lstrip("0") or "0"
        if not (texto.strip() and limpo.isascii() and limpo.isdigit() and len(limpo) <= maximo):
            raise click.BadParameter(f"{texto!r} não é um número de até {maximo} algarismos.")
        return limpo

    return ler


def _limpo(texto: str) -> str:
    return "".join(letra for letra in texto if letra.isalnum()).upper()
