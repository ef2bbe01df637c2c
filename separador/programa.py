"""Defines the command `separador`: the root group, made of the commands of every capability.

A module is imported only when its command is used, so that any command starts in tens of milliseconds.
"""

import os
from pathlib import Path

import click

from separador import __version__, capacidades
from separador.cli.base import chamada
from separador.cli.base.comum import NOMES_DA_AJUDA, PROGRAMA, Opcoes, Saida, mostrar_erros, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.motor.trabalho.coletor import poupar_o_de_um_comando
from separador.nucleo import capacidade

DO_PROGRAMA = (
    "separador.motor.capacidade",
    "separador.cli.capacidade",
    "separador.painel.capacidade",
    "separador.simulador.capacidade",
    "separador.demonstracao.capacidade",
)
"""The parts of the program that are no capabilities."""

PARTES_DO_PAINEL = frozenset({"starlette", "uvicorn", "jinja2", "markupsafe"})
"""What only the panel needs (`pip install 'separador[painel]'`)."""


def registrar() -> None:
    """Registers the program's own parts, then its capabilities. It runs once, at start."""
    capacidade.registrar((*DO_PROGRAMA, *capacidades.NOMES))


poupar_o_de_um_comando()
registrar()


@click.group(
    name=PROGRAMA,
    cls=Grupo,
    preguicosos={c.nome: c.comando for c in capacidade.comandos()},
    context_settings={"help_option_names": NOMES_DA_AJUDA, "max_content_width": 100},
    help="Separador de arquivos fiscais: vigia pastas, assina e confere CT-e, entrega e aplica os retornos.",
)
@click.option(
    "--config",
    "arquivo",
    metavar="ARQUIVO",
    type=click.Path(path_type=Path, dir_okay=True),
    help="Arquivo de configuração. Sem esta opção: a variável SEPARADOR_CONFIG, config/separador.yaml ou "
    "/etc/separador/separador.yaml, o primeiro que houver.",
)
@click.version_option(__version__, "--versao", "--version", prog_name="separador")
@click.pass_context
def grupo(ctx: click.Context, arquivo: Path | None) -> None:
    """Keeps what the options say for the command."""
    if arquivo is not None and chamada.atual() is not None:
        sair(
            Saida.RECUSADO, "Pelo serviço, os comandos usam a configuração dele: repita sem --config. Nada foi mudado."
        )
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    ctx.obj = Opcoes(arquivo)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o painel web neste terminal, até Ctrl+C. É o que o systemd executa. Diz em que endereço escuta.",
)
@click.option(
    "--escuta", metavar="HOST:PORTA", help="Onde escutar, em vez da chave painel.escuta; a porta 0 é uma livre."
)
@passar_opcoes
def painel(opcoes: Opcoes, escuta: str | None) -> None:
    """Stands here because it needs both rooms, which do not know each other."""
    try:
        from separador.painel import processo  # noqa: PLC0415 -- the parts of the panel
    except ModuleNotFoundError as erro:
        if (erro.name or "").partition(".")[0] not in PARTES_DO_PAINEL:
            raise
        sair(Saida.USO, f"Falta uma parte do painel ({erro.name}); instale-as: pip install 'separador[painel]'")
    try:
        fim = processo.servir(opcoes.arquivo.absolute(), escuta, click.echo)
    except processo.EscutaError as erro:
        sair(erro.saida, str(erro))
    if not isinstance(fim, Saida):
        mostrar_erros(fim)
        sair(Saida.USO)
    sair(fim)


def main() -> None:
    """Runs the installed command, and `python -m separador`."""
    grupo(prog_name=PROGRAMA)


def atender() -> None:
    """Runs one command for an account that asked by the service's socket (`motor.soquete.ajudante`)."""
    from separador.cli.base.soquete.atendente import atender as atender_um  # noqa: PLC0415

    atender_um(grupo)
