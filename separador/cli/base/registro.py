"""Writes the row of the audit trail about a command, after the command: what happened, not what was tried."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from separador.banco.versoes.marca import BancoRecusadoError
from separador.cli.base import leitura
from separador.cli.base.comum import Saida, sair
from separador.cli.base.escrita import escrevendo
from separador.nucleo.texto.razao import razao

PASSADA = "uma-vez"
"""Its code 1 says that failures are open: the pass itself was made."""


@dataclass(frozen=True, slots=True)
class Registro:
    """Holds what is known before the command. `obrigatorio`: what cannot be recorded is not done. `quem`: asked
    afterwards,
    because the command itself may find out."""

    dados: Path
    caminho: str
    argumentos: str
    obrigatorio: bool
    quem: Callable[[], str]


@contextmanager
def registrando(r: Registro) -> Generator[None, None, None]:
    """Runs the command, and writes down how it ended. Raises whatever it raised."""
    if r.obrigatorio:
        _exigir(r.dados)
    fim: int | str = "erro inesperado"
    try:
        yield
        fim = Saida.FEITO
    except click.exceptions.Exit as saida:
        fim = saida.exit_code
        raise
    except click.ClickException as erro:
        fim = erro.exit_code
        raise
    except (click.Abort, KeyboardInterrupt):
        fim = "interrompido"
        raise
    finally:
        _anotar(r, *resultado(r.caminho, r.argumentos, fim))


def resultado(caminho: str, argumentos: str, fim: int | str) -> tuple[str, str]:
    """Returns result and detail of the row. `fim`: the exit code, or what cut the command short."""
    from separador.acesso.banco import auditoria  # noqa: PLC0415 -- hashlib, only to write

    if fim == Saida.FEITO or (caminho == PASSADA and fim == Saida.RECUSADO):
        return auditoria.FEITO, argumentos
    dito = f"código de saída {int(fim)}" if isinstance(fim, int) else fim
    return auditoria.RECUSADO, f"{argumentos} ({dito})".strip()


def _exigir(dados: Path) -> None:
    """Ends the command (1) before it does anything, when its end could not be recorded."""
    try:
        with escrevendo(dados, explicar=False) as banco, banco.transacao():
            pass
    except BancoRecusadoError as erro:
        sair(Saida.USO, str(erro))
    except sqlite3.Error as erro:
        sair(Saida.RECUSADO, f"Não consigo registrar o comando na auditoria ({razao(erro)}); nada foi mudado.")


def _anotar(r: Registro, como: str, detalhe: str) -> None:
    from separador.acesso.banco import auditoria  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415

    try:
        with escrevendo(r.dados, explicar=False) as banco, banco.transacao():
            if auditoria.existe(banco):
                quando = texto_de(leitura.agora_utc())
                auditoria.registrar(banco, quando, r.quem(), "comando", r.caminho, resultado=como, detalhe=detalhe)
    except BancoRecusadoError:
        return  # the command said it
    except (sqlite3.Error, OSError) as erro:
        click.echo(f"Aviso: o que o comando fez não ficou registrado na auditoria ({razao(erro)}).", err=True)
