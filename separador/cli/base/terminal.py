"""Asks a person for a secret, where there is a terminal."""

import sys

import click


def ha() -> bool:
    """Says whether there is somebody to ask."""
    return sys.stdin.isatty()


def pedir_senha(texto: str, *, pela_entrada: bool, de_novo: bool = False, pode_ser_vazia: bool = False) -> str:
    """Returns a secret, never echoed: from the terminal (`de_novo`: typed twice), or one line of standard input.

    `pode_ser_vazia`: an empty line is an answer; no line at all is none.
    """
    if pela_entrada:
        linha = sys.stdin.readline()
        if not linha.rstrip("\r\n") and not (pode_ser_vazia and linha):
            raise click.UsageError(f"{texto}: não veio nada na entrada padrão.")
        return linha.rstrip("\r\n")
    if not ha():
        raise click.UsageError(f"{texto}: sem terminal para perguntar, use --senha-stdin.")
    dito: str = click.prompt(
        texto,
        hide_input=True,
        err=True,
        confirmation_prompt="Repita" if de_novo else False,
        default="" if pode_ser_vazia else None,
        show_default=False,
    )
    return dito
