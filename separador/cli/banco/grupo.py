"""Defines the command `separador banco`; each of its commands is loaded when it is asked for."""

import click

from separador.cli.base.grupo import Grupo

_ONDE = {
    "adotar": "adotar:adotar",
    "tamanho": "tamanho:tamanho",
    "compactar": "compactar:compactar",
    "versao": "versoes:versao",
    "voltar": "versoes:voltar",
}


@click.group(
    cls=Grupo,
    name="banco",
    preguicosos={nome: f"separador.cli.banco.{onde}" for nome, onde in _ONDE.items()},
    help="O banco de dados desta instalação.",
)
def banco() -> None:
    """Groups the commands of the database."""
