"""Waits, where a person asks for it (`--esperar`), for the word of SEFAZ about orders that were carried out."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from separador.banco.leitura import um_instante
from separador.cli.base import chamada, leitura
from separador.cli.base.comum import F

MAXIMO_S = 86_400
PELO_SOQUETE_S = 45
"""Longest wait of a command that the service runs for another account: such a command has 60 s in all."""
_PASSO_S = 0.1


@dataclass(frozen=True, slots=True)
class Fim:
    """The word of SEFAZ about one order: whether it is what the order wanted, and the sentence for the person."""

    feito: bool
    mensagem: str


Olhar = Callable[[sqlite3.Connection, sqlite3.Row], Fim | None]
"""Reads what became of an order (its row in `tarefa`); None while nothing final is known."""


@dataclass(frozen=True, slots=True)
class Espera:
    """Says how long a command waits, and how it looks."""

    segundos: int
    olhar: Olhar


def parametro_esperar() -> click.Option:
    """Returns the option `--esperar` for a command that is built from parts."""
    return click.Option(
        ["--esperar", "esperar_s"],
        type=click.IntRange(1, MAXIMO_S),
        metavar="S",
        callback=_limitar,
        help="Espera até S segundos pela palavra da SEFAZ, e termina com 0 (é o que se pediu), 1 (não é) ou 3 (não veio"
        " a tempo; a ordem continua).",
    )


def _limitar(ctx: click.Context, param: click.Parameter, valor: int | None) -> int | None:
    """Refuses, before anything is recorded, a wait that the service would cut short."""
    if valor is not None and valor > PELO_SOQUETE_S and chamada.atual() is not None:
        raise click.BadParameter(f"pelo serviço, espera-se até {PELO_SOQUETE_S} s; nada foi registrado.", ctx, param)
    return valor


def opcao_esperar(f: F) -> F:
    """Adds `--esperar` to a command."""
    opcao = parametro_esperar()
    return click.option(
        *opcao.opts, "esperar_s", type=opcao.type, metavar=opcao.metavar, callback=_limitar, help=opcao.help
    )(f)


def ate_o_fim(dados: Path, tarefas: Mapping[int, sqlite3.Row], espera: Espera) -> dict[int, Fim]:
    """Returns the ends that came in time, by order."""
    fins: dict[int, Fim] = {}
    limite = time.monotonic() + espera.segundos
    with leitura.lendo(dados) as banco:
        while banco is not None:
            for tarefa_id, tarefa in tarefas.items():
                if tarefa_id in fins:
                    continue
                # The facts stand in several tables, which the service changes together.
                with um_instante(banco):
                    fim = espera.olhar(banco, tarefa)
                if fim is not None:
                    fins[tarefa_id] = fim
            if len(fins) == len(tarefas) or time.monotonic() >= limite:
                break
            time.sleep(_PASSO_S)
    return fins
