"""Holds what the commands of copies share: the folder of copies, which copy, what can go wrong in one sentence."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from separador.cli.base.comum import Opcoes, Saida, sair
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.capacidades.copias.servico.arvore import Arvore

F = TypeVar("F", bound=Callable[..., Any])


def opcao_da_copia(comando: F) -> F:
    """Adds `--copia`: which one of the folder."""
    return click.option("--copia", "nome", metavar="NOME", help="Qual cópia; sem ela, a mais nova.")(comando)


def da_maquina(opcoes: Opcoes) -> Path | None:
    """Returns the data folder of this machine's installation, whose device needs no lane; None where there is none."""
    from separador.pastas import faixas  # noqa: PLC0415

    dados = opcoes.dados_de_agora() if opcoes.arquivo.exists() else None
    faixas.usar(dados)
    return dados


@contextmanager
def aberta(destino: Path) -> Iterator["Arvore"]:
    """Yields the folder of copies, open, or ends the command (1)."""
    from separador.capacidades.copias.servico.arvore import Arvore  # noqa: PLC0415
    from separador.capacidades.copias.servico.destino import raiz_existe  # noqa: PLC0415

    if not raiz_existe(destino):
        sair(Saida.RECUSADO, f"A pasta {destino} não existe.")
    with Arvore(destino) as arvore:
        yield arvore


@contextmanager
def dizendo() -> Iterator[None]:
    """Ends the command with one sentence for each thing that can go wrong: 3 when a share does not answer, else 1."""
    from separador.capacidades.copias.servico.banco import SemBancoError  # noqa: PLC0415
    from separador.capacidades.copias.servico.destino import CopiaError  # noqa: PLC0415
    from separador.pastas.erros import FalhaDePasta, SemResposta  # noqa: PLC0415

    try:
        yield
    except SemResposta as falha:
        sair(Saida.SEM_SERVICO, f"{falha.mensagem}. {falha.o_que_fazer}")
    except FalhaDePasta as falha:
        sair(Saida.RECUSADO, f"{falha.mensagem}. {falha.o_que_fazer}")
    except (CopiaError, SemBancoError) as erro:
        sair(Saida.RECUSADO, str(erro))
    except sqlite3.Error as erro:
        sair(Saida.RECUSADO, f"O banco de dados não pôde ser lido ou gravado: {razao(erro)}.")
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui: {razao(erro)}.")
