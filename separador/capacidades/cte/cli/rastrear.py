"""Shows the whole life of a file or document, with times (`separador rastrear`)."""

from typing import Any

import click

from separador.capacidades.cte.banco.busca import dois_sentidos, procurar
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.motor.log.texto import uma_linha


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra a vida inteira de um arquivo ou documento, com horários: quando foi tomado, assinado, entregue, "
    "respondido, cada mudança de situação, e onde o original está guardado. X é a chave, o número do arquivo (id) ou "
    "do documento, ou o nome do arquivo (também o de um arquivo entregue). arquivo:15 e numero:15 dizem qual dos dois. "
    "Vários com o mesmo nome ou número: o mais novo.",
)
@click.argument("procurado", metavar="X")
@click.option(
    "--todos", is_flag=True, help="Mostra todos os que tiveram esse nome ou número, do mais novo ao mais antigo."
)
@opcao_json
@passar_opcoes
def rastrear(opcoes: Opcoes, procurado: str, todos: bool, em_json: bool) -> None:
    """Exits with 1 when there is nothing of that name; then the JSON is null, or an empty list."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        if banco is not None and dois_sentidos(banco, procurado):
            raise click.UsageError(
                f"Há um arquivo e um documento com o número {procurado}; diga qual: "
                f"separador rastrear arquivo:{procurado} ou separador rastrear numero:{procurado}"
            )
        vidas = procurar(banco, procurado) if banco is not None else []
    if em_json:
        mostrar_json(vidas if todos else vidas[0] if vidas else None)
    else:
        for vida in vidas if todos else vidas[:1]:
            _mostrar(vida)
        if len(vidas) > 1 and not todos:
            click.echo(f"Há mais {len(vidas) - 1} com esse nome ou número: use --todos.")
    if not vidas:
        sair(Saida.RECUSADO, f"Não encontrei {uma_linha(procurado)} entre os arquivos tomados, chaves e falhas.")


def _mostrar(vida: dict[str, Any]) -> None:
    numero = f"arquivo {vida['id']}" if vida["id"] is not None else "ainda não tomado"
    click.secho(" · ".join(v for v in (numero, vida["arquivo"], vida["chave"]) if v), bold=True)
    largura = max(len(p["passo"]) for p in vida["passos"])
    for p in vida["passos"]:
        cor = "red" if p["passo"] == "falha" else None
        linha = (
            f"  {leitura.hora_local(p['quando'], milesimos=True)}  {p['passo']:<{largura}}  {uma_linha(p['detalhe'])}"
        )
        click.secho(linha, fg=cor)
    click.echo()
