"""Shows numbers, registries, the format, and what a load would become (`separador carga …`)."""

import click

from separador.capacidades.emissao.banco import numeracao as tabela
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra a numeração de cada série: o primeiro número, o próximo, e os devolvidos por cargas abandonadas, que "
    "são os próximos a usar.",
)
@opcao_json
@passar_opcoes
def numeracao(opcoes: Opcoes, em_json: bool) -> None:
    """Reads without disturbing the service."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        series = tabela.listar(banco) if banco is not None else []
    if em_json:
        mostrar_json(series)
        return
    titulos = ("EMPRESA", "AMBIENTE", "MODELO", "SÉRIE", "PRIMEIRO", "PRÓXIMO", "DEVOLVIDOS")
    linhas = [[str(v) if not isinstance(v, list) else " ".join(map(str, v)) for v in s.values()] for s in series]
    mostrar_tabela(titulos, linhas)
