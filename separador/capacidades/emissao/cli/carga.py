"""Defines the command `separador carga`; each of its commands is loaded when it is asked for."""

import click

from separador.cli.base.grupo import Grupo

_CONSULTAS = "separador.capacidades.emissao.cli.consultas"


@click.group(
    cls=Grupo,
    preguicosos={n: f"{_CONSULTAS}:{n}" for n in ("esquema", "explicar", "listar", "ver", "cadastros", "numeracao")},
    help="As cargas do WMS e os CT-e que elas geram: a forma do arquivo, o que sairia dele e por quê, os cadastros com "
    "que se emite, e a numeração de cada série.",
)
def carga() -> None:
    """Groups the commands of loads."""
