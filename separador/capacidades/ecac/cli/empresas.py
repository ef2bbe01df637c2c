"""Changes how a company uses the e-CAC, in the configuration (`separador ecac empresas configurar`)."""

from datetime import date
from typing import Any

import click

from separador.cli.base.comum import Opcoes, passar_opcoes
from separador.cli.base.lista.periodo import dia
from separador.cli.empresas.comandos import cnpj_dito, exigir_editada
from separador.configuracao.uso_do_ecac import AcessoEcac


@click.command(
    options_metavar="[OPÇÕES]",
    help="Muda na configuração como a empresa CNPJ usa o e-CAC; o que não for dado fica como está. O serviço em "
    "funcionamento adota a mudança sozinho.",
)
@click.argument("cnpj", metavar="CNPJ", type=cnpj_dito)
@click.option("--utiliza/--nao-utiliza", default=None, help="Se os pagamentos dela são procurados.")
@click.option("--inicio", type=dia, metavar="DIA", help="Desde quando são procurados.")
@click.option(
    "--acesso",
    type=click.Choice([a.value for a in AcessoEcac], case_sensitive=False),
    metavar="TIPO",
    help=f"O tipo de acesso: {', '.join(AcessoEcac)}.",
)
@click.option("--procurador", type=cnpj_dito, metavar="CNPJ", help="Quem acessa por ela.")
@passar_opcoes
def configurar(opcoes: Opcoes, /, cnpj: str, inicio: date | None, **campos: Any) -> None:
    """Exits with 1, and the file untouched, when the result would not be valid."""
    from separador.configuracao.edicao import alterar_empresa  # noqa: PLC0415 -- heavy, only for editing

    dados = {n: v for n, v in campos.items() if v is not None}
    if inicio is not None:
        dados["inicio"] = inicio
    if not dados:
        raise click.UsageError("Diga o que mudar.")
    exigir_editada(alterar_empresa(opcoes.arquivo, cnpj, {"ecac": dados}))
    click.echo(f"Empresa {cnpj} alterada. O serviço em funcionamento adota a mudança sozinho.")
