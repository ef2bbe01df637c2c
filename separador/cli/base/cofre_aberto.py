"""Opens the vault for a command, and shows its refusals."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from separador.cli.base import autorizacao
from separador.cli.base.comum import Saida, sair
from separador.nucleo.erro import Recusa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco
    from separador.cofre.cofre import Cofre
    from separador.configuracao import Configuracao


opcao_senha_stdin = click.option(
    "--senha-stdin",
    "senha_stdin",
    is_flag=True,
    help="Lê a senha da entrada padrão, uma linha (depois da do usuário, se também for pedida).",
)


def recusar(recusa: Recusa, final: str = "Nada foi mudado.") -> NoReturn:
    """Shows every reason with what to do, and ends the command (1)."""
    for erro in recusa.erros:
        click.echo(f"{erro.mensagem} {erro.o_que_fazer}", err=True)
    sair(Saida.RECUSADO, final)


@contextmanager
def com_cofre(config: "Configuracao") -> Generator[tuple["Banco", "Cofre"], None, None]:
    """Yields the database and the open vault, or ends the command (1). It prevents core dumps of this process."""
    from separador.cofre.abertura import abrir_cofre  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415

    sem_despejo()
    with autorizacao.escrevendo(config.dados, migrar=True) as banco:
        cofre = abrir_cofre(config.dados, banco, os.environ)
        if isinstance(cofre, Recusa):
            recusar(cofre)
        yield banco, cofre
