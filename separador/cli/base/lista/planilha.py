"""Writes a list for a spreadsheet, row by row: CSV to standard output, XLSX to a file.

No text that others wrote becomes a formula: in CSV it gets an apostrophe in front, in XLSX every text is typed as one.
"""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

import click

from separador.cli.base import chamada
from separador.cli.base.arquivos import gravando
from separador.cli.base.lista.colunas import Celula, Coluna, na_tela
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.quantidade import quantos

LINHAS_POR_FOLHA = 1_048_576
"""What a sheet of Excel holds, with the line of titles."""
_TEXTO_MAXIMO = 32_767
_PERIGOSOS = ("=", "+", "-", "@", "\t", "\r")


def em_csv(colunas: Sequence[Coluna], linhas: Iterable[Any]) -> None:
    """Writes the list to standard output as the Brazilian Excel opens it: `;`, decimal comma, UTF-8 with its mark."""
    click.echo("\ufeff", nl=False)
    escrever_csv(_Eco(), colunas, linhas)


class _Escrita(Protocol):
    """What a table is written to."""

    def write(self, texto: str, /) -> object:
        """Takes a piece of text."""


class _Eco:
    """Standard output, as every command writes to it."""

    def write(self, texto: str, /) -> None:
        """Writes a piece of text."""
        click.echo(texto, nl=False)


def escrever_csv(saida: _Escrita, colunas: Sequence[Coluna], linhas: Iterable[Any]) -> None:
    """Writes titles and rows to an open text file."""
    escritor = csv.writer(saida, delimiter=";", lineterminator="\r\n")
    escritor.writerow([c.titulo for c in colunas])
    for linha in linhas:
        escritor.writerow([_no_csv(c.de(linha)) for c in colunas])


def _no_csv(valor: Celula) -> str:
    if valor is None:
        return ""
    if isinstance(valor, Decimal):
        return f"{valor:.2f}".replace(".", ",")
    if isinstance(valor, str):
        return f"'{valor}" if valor.startswith(_PERIGOSOS) else valor
    return na_tela(valor)


def em_excel(alvo: Path, colunas: Sequence[Coluna], linhas: Iterable[Any]) -> None:
    """Writes the list to `alvo`, which appears whole. What one sheet does not hold goes on the next."""
    if alvo.suffix.lower() != ".xlsx":
        raise click.BadParameter("o nome deve terminar em .xlsx", param_hint="--excel")
    if chamada.atual() is not None:
        memoria = io.BytesIO()
        folhas = escrever_excel(memoria, colunas, linhas)
        chamada.entregar(alvo, memoria.getvalue())
    else:
        with gravando(alvo) as saida:
            folhas = escrever_excel(saida, colunas, linhas)
    cabem = quantos(LINHAS_POR_FOLHA - 1, "linha", "linhas")
    partes = f", em {quantos(folhas, 'folha', 'folhas')} (cada uma leva {cabem})" if folhas > 1 else ""
    click.echo(f"Gravado: {alvo}{partes}.", file=sys.stderr)


def escrever_excel(saida: IO[bytes], colunas: Sequence[Coluna], linhas: Iterable[Any]) -> int:
    """Writes the workbook to an open file. Returns the number of its sheets."""
    import xlsxwriter  # noqa: PLC0415 -- 50 ms, and only here

    opcoes = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    livro = xlsxwriter.Workbook(saida, {**opcoes, "strings_to_numbers": False})
    formatos = {
        Decimal: livro.add_format({"num_format": "#,##0.00"}),
        datetime: livro.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        date: livro.add_format({"num_format": "dd/mm/yyyy"}),
        str: livro.add_format({"num_format": "@"}),
        int: livro.add_format({"num_format": "0"}),
    }
    titulo = livro.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    folha: Any = None
    n, folhas = LINHAS_POR_FOLHA, 0
    try:
        for linha in linhas:
            if n == LINHAS_POR_FOLHA:
                folha, n, folhas = _folha(livro, folhas + 1, colunas, titulo), 1, folhas + 1
            for i, coluna in enumerate(colunas):
                _celula(folha, n, i, coluna.de(linha), formatos)
            n += 1
        if folha is None:
            _folha(livro, 1, colunas, titulo)
            folhas = 1
    finally:
        livro.close()  # also after a failure: it has temporary files
    return folhas


def _folha(livro: Any, qual: int, colunas: Sequence[Coluna], titulo: Any) -> Any:
    folha = livro.add_worksheet(f"Lista {qual}" if qual > 1 else "Lista")
    for i, coluna in enumerate(colunas):
        folha.set_column(i, i, coluna.largura)
    folha.freeze_panes(1, 0)
    for i, coluna in enumerate(colunas):
        folha.write_string(0, i, coluna.titulo, titulo)
    return folha


def _celula(folha: Any, linha: int, coluna: int, valor: Celula, formatos: dict[type, Any]) -> None:
    formato = formatos.get(type(valor))
    if valor is None:
        return
    if isinstance(valor, datetime):
        folha.write_datetime(linha, coluna, para_pessoas(valor).replace(tzinfo=None), formato)
    elif isinstance(valor, date):
        folha.write_datetime(linha, coluna, valor, formato)
    elif isinstance(valor, int | Decimal):
        folha.write_number(linha, coluna, float(valor), formato)
    else:
        folha.write_string(linha, coluna, str(valor)[:_TEXTO_MAXIMO], formato)
