"""Offers the ways out of a list: the screen, JSON, CSV, Excel. Long ones are written as they are read."""

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from separador.cli.base.arquivos import ArquivoDeSaida
from separador.cli.base.comum import opcao_json
from separador.cli.base.lista.colunas import Coluna, na_tela

F = TypeVar("F", bound=Callable[..., Any])


def opcoes_de_saida(comando: F) -> F:
    """Adds `--json`, `--csv` and `--excel`."""
    excel = click.option(
        "--excel",
        metavar="ARQUIVO",
        type=ArquivoDeSaida(),
        help="Grava tudo numa planilha .xlsx: chaves inteiras, valores que somam.",
    )
    csv = click.option("--csv", "em_csv", is_flag=True, help="Mostra tudo em CSV, separado por ponto e vírgula.")
    return excel(csv(opcao_json(comando)))


def so_uma(*, em_json: bool, em_csv: bool, excel: Path | None) -> bool:
    """Says whether the list goes to programs or spreadsheets, not to the screen. Two ways at once are a usage error."""
    pedidas = [nome for nome, dita in (("--json", em_json), ("--csv", em_csv), ("--excel", excel is not None)) if dita]
    if len(pedidas) > 1:
        raise click.UsageError(f"Escolha uma saída só: {' ou '.join(pedidas)}.")
    return bool(pedidas)


def entregar(
    colunas: Sequence[Coluna],
    linhas: Iterable[Any],
    em_dicionario: Callable[[Any], dict[str, Any]],
    *,
    em_csv: bool,
    excel: Path | None,
) -> None:
    """Writes every row by the way that was asked for; without one, as JSON. Rows that are read as they are written end
    here in any case, before their database is closed."""
    try:
        if em_csv or excel is not None:
            from separador.cli.base.lista import planilha  # noqa: PLC0415

            if excel is not None:
                planilha.em_excel(excel, colunas, linhas)
            else:
                planilha.em_csv(colunas, linhas)
        else:
            mostrar_lista_json(em_dicionario(linha) for linha in linhas)
    finally:
        if isinstance(linhas, Generator):
            linhas.close()


def mostrar_lista_json(itens: Iterable[object]) -> None:
    """Writes one JSON list to stdout, one item at a time, as `mostrar_json` would write it whole."""
    antes = "[\n"
    for item in itens:
        texto = json.dumps(item, ensure_ascii=False, indent=2, default=str)
        click.echo(antes + "  " + texto.replace("\n", "\n  "), nl=False)
        antes = ",\n"
    click.echo("[]" if antes == "[\n" else "\n]")


def celulas(colunas: Sequence[Coluna], linhas: Iterable[Any]) -> list[list[str]]:
    """Returns the rows of a table on the screen."""
    return [[na_tela(c.de(linha)) for c in colunas] for linha in linhas]
