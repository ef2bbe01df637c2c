"""Shows only what keeps integration from succeeding, and what to do about it (`separador falhas`)."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from separador.banco import leitura as leitura_do_banco
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.lista.colunas import Coluna, instante
from separador.cli.base.lista.saida import entregar, opcoes_de_saida, so_uma
from separador.cli.base.lista.tela import paginada
from separador.nucleo.texto.quantidade import quantos
from separador.pedidos.falhas import PEDIDO, contra_dispensa, remedio

CAMPOS = ("id", "arquivo", "rota", "chave", "codigo", "motivo", "desde", "o_que_fazer")
COLUNAS = (
    Coluna("nº", lambda f: f["id"], 8),
    Coluna("arquivo", lambda f: f["arquivo"], 36),
    Coluna("rota", lambda f: f["rota"], 6),
    Coluna("chave", lambda f: f["chave"], 48),
    Coluna("código", lambda f: f["codigo"], 20),
    Coluna("motivo", lambda f: f["motivo"], 70),
    Coluna("desde", lambda f: instante(f["desde"]), 19),
    Coluna("o que fazer", lambda f: f["o_que_fazer"], 70),
)


@click.group(
    cls=Grupo,
    invoke_without_command=True,
    subcommand_metavar="[COMANDO] [ARGUMENTOS]...",
    help="Mostra só o que impede a integração, com o motivo, a idade e o que fazer; nada, quando tudo vai bem. O "
    "código de saída é 1 quando há falhas e 0 quando não há. Uma falha sai da lista sozinha quando a causa passa.",
)
@opcoes_de_saida
@click.pass_context
def falhas(ctx: click.Context, em_json: bool, em_csv: bool, excel: Path | None) -> None:
    """Exits with 1 when there are failures."""
    if ctx.invoked_subcommand is None:
        _listar(ctx.ensure_object(Opcoes), em_json=em_json, em_csv=em_csv, excel=excel)
    elif so_uma(em_json=em_json, em_csv=em_csv, excel=excel):
        raise click.UsageError("Escreva a opção depois do comando: separador falhas listar --csv")


@falhas.command(options_metavar="[OPÇÕES]", help="Lista as falhas, o mesmo que separador falhas sem mais nada.")
@opcoes_de_saida
@passar_opcoes
def listar(opcoes: Opcoes, em_json: bool, em_csv: bool, excel: Path | None) -> None:
    """Exits with 1 when there are failures."""
    _listar(opcoes, em_json=em_json, em_csv=em_csv, excel=excel)


def _listar(opcoes: Opcoes, *, em_json: bool, em_csv: bool, excel: Path | None) -> NoReturn:
    inteira = so_uma(em_json=em_json, em_csv=em_csv, excel=excel)
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linhas = leitura_do_banco.falhas_abertas(banco) if banco is not None else []
    if inteira:
        entregar(COLUNAS, linhas, lambda f: {c: f[c] for c in CAMPOS}, em_csv=em_csv, excel=excel)
    elif not linhas:
        click.echo("Nenhuma falha.")
    else:
        with paginada():
            _mostrar(linhas, leitura.agora_utc())
    sair(Saida.RECUSADO if linhas else Saida.FEITO)


def _mostrar(linhas: list[sqlite3.Row], agora: datetime) -> None:
    for f in linhas:
        onde = [f["arquivo"], f"rota {f['rota']}" if f["rota"] is not None else None, f["chave"]]
        idade = leitura.por_extenso(leitura.idade_s(f["desde"], agora))
        cabeca = " · ".join(str(v) for v in (f"{f['id']}", *onde, f"há {idade}", f["codigo"]) if v)
        click.secho(cabeca, fg="red")
        ajuda = remedio(f["codigo"]) if f["chave"] else None
        comando = f"\n    Comando: separador {ajuda[0]} {f['chave']}" if ajuda is not None else ""
        click.echo(f"    {f['motivo']}\n    O que fazer: {f['o_que_fazer']}{comando}\n")
    total = quantos(len(linhas), "falha", "falhas")
    click.echo(f"{total}. Para tirar uma da lista: separador falhas dispensar ID --motivo TEXTO")


@falhas.command(
    options_metavar="[OPÇÕES]",
    help="Tira da lista a falha ID, com o motivo e quem a dispensou. Um retorno retido por causa dela vai para a "
    "quarentena. Dispensar não conserta nada: se a causa continuar, a falha pode voltar.",
)
@click.argument("falha", metavar="ID", type=click.IntRange(max=2**63 - 1))
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que a falha não importa mais; fica registrado.")
@passar_opcoes
def dispensar(opcoes: Opcoes, falha: int, motivo: str) -> None:
    """Checks the order at once; the service carries it out."""
    from separador.cli.base import pedidos  # noqa: PLC0415

    configuracao = opcoes.configuracao()
    with leitura.lendo(configuracao.dados) as banco:
        negativa = contra_dispensa(banco, falha, motivo)
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    pedidos.dar(configuracao.dados, [pedidos.NovoPedido(PEDIDO, str(falha), motivo.strip())])
