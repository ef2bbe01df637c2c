r"""Turns a text that a person types into the bytes of a name, or into a chave.

It is the inverse of `nucleo.nome_de_arquivo.mostrar`.
"""

import os
import re
from collections.abc import Callable

import click

from separador.cli.base.comum import F
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def ler_mostrado(texto: str) -> bytes:
    r"""Returns the name that `mostrar` shows as `texto`: `\xe7` is a byte, `\\` a backslash."""
    partes, fim = [], 0
    for achado in _ESCAPE.finditer(texto):
        partes += [os.fsencode(texto[fim : achado.start()]), _valor(achado)]
        fim = achado.end()
    return b"".join([*partes, os.fsencode(texto[fim:])])


def _valor(achado: re.Match[str]) -> bytes:
    byte, curto, longo = achado.groups()
    if byte is not None:
        return bytes([int(byte, 16)])
    ponto = int(curto or longo or "5c", 16)
    return chr(ponto).encode("utf-8", "surrogatepass") if ponto <= 0x10FFFF else achado[0].encode()


def nomes_possiveis(texto: str) -> list[bytes]:
    """Returns the names that a text may stand for: as typed, without its folder, and as the program shows names."""
    ultimo = texto.rstrip("/").rpartition("/")[2]
    return list(dict.fromkeys((os.fsencode(texto), os.fsencode(ultimo), ler_mostrado(ultimo))))


def argumento_chave(*, varias: bool = False) -> Callable[[F], F]:
    """Returns the argument CHAVE (or CHAVE..., as `chaves`) of a command.

    A text that is no chave is a usage error (2).
    """
    if varias:
        return click.argument("chaves", metavar="CHAVE...", nargs=-1, required=True, callback=_varias)
    return click.argument("chave", metavar="CHAVE", callback=_uma)


def _varias(ctx: click.Context, param: click.Parameter, valores: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_uma(ctx, param, v) for v in valores))


def _uma(_ctx: click.Context, _param: click.Parameter, valor: str) -> str:
    chave = limpar_chave(valor)
    if not FORMATO_CHAVE.fullmatch(chave):
        raise click.BadParameter(f"{valor!r} não é uma chave de acesso de 44 posições.")
    return chave
