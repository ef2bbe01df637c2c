"""Runs a SEFAZ and a SERPRO on this machine, for training and tests (`separador simulador`)."""

import click

from separador.cli.base.grupo import Grupo


@click.group(
    cls=Grupo,
    preguicosos={
        "executar": "separador.demonstracao.cli.executar:executar",
        "sefaz": "separador.simulador.cli.sefaz:sefaz",
        "serpro": "separador.simulador.cli.serpro:serpro",
    },
    help="Uma SEFAZ e um SERPRO de mentira nesta máquina, para demonstração, treino e testes. Nada sai daqui.",
)
def simulador() -> None:
    """Groups the commands of the simulators."""
