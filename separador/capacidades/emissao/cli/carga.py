"""Defines the command `separador carga`; each of its commands is loaded when it is asked for."""

import click

from separador.cli.base.grupo import Grupo

_CONSULTAS = "separador.capacidades.emissao.cli.consultas"


@click.group(
    cls=Grupo,
    preguicosos={"numeracao": f"{_CONSULTAS}:numeracao"},
    help="As cargas do WMS e os CT-e que elas geram: números usados e devolvidos de cada série.",
)
def carga() -> None:
    """Groups the commands of loads."""
