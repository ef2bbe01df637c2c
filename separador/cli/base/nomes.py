"""Gives commands the argument CHAVE."""

from collections.abc import Callable

import click

from separador.cli.base.comum import F
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave


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
