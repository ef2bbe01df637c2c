"""Lists the rules that are checked before a document leaves, and those that only SEFAZ can check."""

import click

from separador.cli.base.comum import mostrar_json, mostrar_tabela, opcao_json
from separador.nucleo.texto.quantidade import quantos

ESTADOS = ("verificada", "precisa de cadastro", "não se aplica")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Lista as regras de validação da SEFAZ (MOC do CT-e 4.00) com o que este programa faz de cada uma antes de "
    "enviar: verificada, precisa de cadastro (só a SEFAZ tem o dado), ou não se aplica.",
)
@click.option(
    "--estado", type=click.Choice(ESTADOS), metavar="ESTADO", help=f"Só as deste estado: {', '.join(ESTADOS)}."
)
@opcao_json
def regras(estado: str | None, em_json: bool) -> None:
    """Needs no configuration."""
    from separador.fiscal.regras.motor import catalogo  # noqa: PLC0415 -- lxml

    escolhidas = [r for r in catalogo() if estado in (None, r.estado.value)]
    if em_json:
        campos = [
            {"regra": r.id, "cstat": r.cstat, "estado": r.estado.value, "descricao": r.descricao} for r in escolhidas
        ]
        mostrar_json(campos)
        return
    mostrar_tabela(
        ("regra", "cStat", "situação", "descrição"), [(r.id, r.cstat, r.estado, r.descricao) for r in escolhidas]
    )
    click.echo(f"\n{quantos(len(escolhidas), 'regra', 'regras')}.")
