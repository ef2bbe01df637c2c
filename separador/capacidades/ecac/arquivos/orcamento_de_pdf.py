"""Bounds the work that one PDF may ask for, over all its pages together.

A page is cheap to refer to: three hundred pages may share one stream, and a form may be drawn a thousand times. So what
counts is what is read, each time that it is read.
"""

import time
from collections.abc import Callable

LIMITE_CONTEUDO = 16 * 1024 * 1024
"""Bytes of drawing operators, decompressed: 2,000 pages of 8 kB. A megabyte takes about a second."""
LIMITE_OPERADORES = 2_000_000
LIMITE_RECORTES = 256 * 1024 * 1024
"""Bytes of all pages cut out: what pages share is in each of them."""
LIMITE_CPU_S = 60.0
"""Time of this thread on the processor, for whatever the counts do not see."""


class PdfIlegivelError(ValueError):
    """The bytes are no PDF that can be read; the text (Portuguese, without final stop) says why."""


class Orcamento:
    """Counts what is left of the bounds for one PDF. Once one is passed, every further call raises PdfIlegivelError."""

    def __init__(self, gasto_s: Callable[[], float] = time.thread_time) -> None:
        self._gasto_s = gasto_s
        self._inicio_s = gasto_s()
        self._conteudo = self._operadores = self._recortes = 0

    def conteudo(self, quantos: int) -> None:
        """Counts bytes of operators about to be read."""
        self._conteudo += quantos
        self.conferir()

    def operador(self) -> None:
        """Counts one operator. The clock is looked at now and then only."""
        self._operadores += 1
        if self._operadores > LIMITE_OPERADORES or self._operadores % 4096 == 0:
            self.conferir()

    def recorte(self, quantos: int) -> None:
        """Counts bytes of a page that was cut out."""
        self._recortes += quantos
        self.conferir()

    def conferir(self) -> None:
        """Raises PdfIlegivelError when a bound is passed."""
        if (
            self._conteudo > LIMITE_CONTEUDO
            or self._operadores > LIMITE_OPERADORES
            or self._gasto_s() - self._inicio_s > LIMITE_CPU_S
        ):
            raise PdfIlegivelError("o PDF dá trabalho demais para ser lido; divida-o")
        if self._recortes > LIMITE_RECORTES:
            raise PdfIlegivelError("as páginas do PDF, uma a uma, ficam grandes demais; divida-o")
