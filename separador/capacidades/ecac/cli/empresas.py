"""Changes how a company uses the e-CAC, in the configuration (`separador ecac empresas configurar`)."""

from datetime import date
from typing import Any

import click

from separador.cli.base.comum import Opcoes, passar_opcoes
from separador.cli.base.lista.periodo import dia
from separador.cli.empresas.comandos import cnpj_dito, exigir_editada
from separador.configuracao.uso_do_ecac import AcessoEcac, Implantacao, ServicoContratado


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
@click.option("--sem-procurador", is_flag=True, help="Ninguém acessa por ela: vale o certificado dela.")
@click.option(
    "--servico",
    "servicos",
    type=click.Choice([s.value for s in ServicoContratado], case_sensitive=False),
    multiple=True,
    metavar="SERVIÇO",
    help=f"Os serviços contratados, uma opção para cada: {', '.join(ServicoContratado)}.",
)
@click.option(
    "--implantacao",
    type=click.Choice([i.value for i in Implantacao]),
    metavar="LUGAR",
    help=f"Onde está esta instalação: {' ou '.join(Implantacao)}. Na nuvem não há token A3.",
)
@passar_opcoes
def configurar(
    opcoes: Opcoes, /, cnpj: str, inicio: date | None, servicos: tuple[str, ...], *, sem_procurador: bool, **campos: Any
) -> None:
    """Exits with 1, and the file untouched, when the result would not be valid."""
    from separador.configuracao.edicao import alterar_empresa  # noqa: PLC0415 -- heavy, only for editing
    from separador.configuracao.utilizacao import CHAVES_UTILIZACAO  # noqa: PLC0415 -- YAML, as above

    dados = {n: v for n, v in campos.items() if v is not None}
    if inicio is not None:
        dados["inicio"] = inicio
    if servicos:
        dados["servicos"] = [s.value for s in ServicoContratado if s.value in servicos]
    if sem_procurador and "procurador" in dados:
        raise click.UsageError("Diga --procurador ou --sem-procurador, não os dois.")
    if sem_procurador:
        dados["procurador"] = None
    if not dados:
        raise click.UsageError("Diga o que mudar.")
    em_ordem = {n: dados[n] for n in CHAVES_UTILIZACAO if n in dados}
    exigir_editada(alterar_empresa(opcoes.arquivo, cnpj, {"ecac": em_ordem}))
    click.echo(f"Empresa {cnpj} alterada. O serviço em funcionamento adota a mudança sozinho.")
