"""Defines the command `separador carga`; each of its commands is loaded when it is asked for."""

import click

from separador.cli.base.grupo import Grupo

_CONSULTAS = "separador.capacidades.emissao.cli.consultas"
_ORDENS = "separador.capacidades.emissao.cli.ordens"
_COMANDOS = {
    "esquema": _CONSULTAS,
    "explicar": _CONSULTAS,
    "emitir": _ORDENS,
    "listar": _CONSULTAS,
    "ver": _CONSULTAS,
    "complementar": _ORDENS,
    "refazer": _ORDENS,
    "mdfe": _CONSULTAS,
    "cadastros": _CONSULTAS,
    "numeracao": _CONSULTAS,
}


@click.group(
    cls=Grupo,
    preguicosos={nome: f"{modulo}:{nome}" for nome, modulo in _COMANDOS.items()},
    help="As cargas do WMS e os CT-e que elas geram: a forma do arquivo, o que sairia dele e por quê, os cadastros com "
    "que se emite, e a numeração de cada série.",
)
def carga() -> None:
    """Groups the commands of loads."""
