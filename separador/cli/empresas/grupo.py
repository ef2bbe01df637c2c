"""Defines the command `separador empresas`; each of its commands is loaded when it is asked for."""

import click

from separador.cli.base.grupo import Grupo

_COMANDOS = "separador.cli.empresas.comandos"


@click.group(
    cls=Grupo,
    preguicosos={nome: f"{_COMANDOS}:{nome}" for nome in ("listar", "incluir", "alterar")},
    help="Lista, inclui e altera as empresas da configuração.",
)
def empresas() -> None:
    """Groups the commands of the companies."""
