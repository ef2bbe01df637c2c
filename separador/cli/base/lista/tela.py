"""Writes long texts to a terminal: page by page when they are longer than the screen."""

import io
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager

import click


class _Guardado(io.StringIO):
    """What a command writes to a terminal, before it is shown."""

    def isatty(self) -> bool:
        """Says yes: it will be."""
        return True


@contextmanager
def paginada() -> Generator[None, None, None]:
    """Shows what is written inside by the person's pager, when it is longer than their terminal. To a file or a pipe it
    goes as it is written."""
    tela = sys.stdout
    if not tela.isatty():
        yield
        return
    sys.stdout = guardado = _Guardado()
    try:
        yield
    finally:
        sys.stdout = tela
        texto = guardado.getvalue()
        if texto.count("\n") >= shutil.get_terminal_size().lines:
            click.echo_via_pager(texto, color=None)
        else:
            tela.write(texto)
            tela.flush()
