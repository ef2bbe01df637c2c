"""Explains an answer code of SEFAZ and says what to do (`separador cte cstat`)."""

from typing import Any

import click

from separador.cli.base.comum import Saida, mostrar_json, mostrar_tabela, opcao_json, sair
from separador.nucleo.texto.rotulo import rotulo


@click.command(
    options_metavar="[OPÇÕES]",
    help="Explica o código de resposta (cStat) da SEFAZ: o que quer dizer, o que o serviço faz, quem age e o que "
    "fazer. Sem CÓDIGO, lista todos os que o programa conhece.",
)
@click.argument("codigo", metavar="[CÓDIGO]", required=False)
@opcao_json
def cstat(codigo: str | None, em_json: bool) -> None:
    """Needs no configuration. Exits with 1 for a code that is not in the table."""
    from separador.capacidades.sefaz.dominio.cstat import TABELA  # noqa: PLC0415 -- a thousand lines

    if codigo is not None and codigo not in TABELA:
        sair(
            Saida.RECUSADO,
            f"O código {codigo} não está na tabela. Um documento com essa resposta fica como está, e aparece em: "
            "separador falhas",
        )
    if codigo is None and not em_json:
        mostrar_tabela(
            ("cStat", "evento", "significado"), [(x.codigo, x.evento, x.significado) for x in TABELA.values()]
        )
        return
    if em_json:
        mostrar_json([_dicionario(x) for x in TABELA.values()] if codigo is None else _dicionario(TABELA[str(codigo)]))
        return
    for campo, valor in _dicionario(TABELA[str(codigo)]).items():
        click.echo(f"{rotulo(campo):<12} {valor}")


def _dicionario(linha: Any) -> dict[str, str]:
    return {
        "codigo": linha.codigo,
        "significado": linha.significado,
        "evento": str(linha.evento),
        "acao": linha.grupo.acao,
        "quem_age": str(linha.grupo.quem),
        "o_que_fazer": linha.o_que_fazer,
        "fonte": linha.fonte,
    }
