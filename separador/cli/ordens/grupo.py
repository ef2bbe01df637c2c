"""Shows the orders that wait for the service, and withdraws one (`separador ordens`)."""

import sqlite3
from pathlib import Path

import click

from separador.banco import leitura as leitura_do_banco
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.lista.colunas import Coluna, instante
from separador.cli.base.lista.saida import entregar, opcoes_de_saida, so_uma
from separador.nucleo.texto.quantidade import quantos
from separador.pedidos import espera

CAMPOS = ("id", "pedido", "chave", "quem", "criada_em", "estado")
COLUNAS = (
    Coluna("nº", lambda o: o["id"], 8),
    Coluna("ordem", lambda o: o["pedido"], 20),
    Coluna("sobre", lambda o: o["chave"], 48),
    Coluna("de quem", lambda o: o["quem"], 30),
    Coluna("desde", lambda o: instante(o["criada_em"]), 19),
    Coluna("estado", lambda o: o["estado"], 10),
)


@click.group(
    cls=Grupo,
    help="Mostra as ordens que esperam o serviço, e retira a que ninguém mais quer. Uma ordem dada com o serviço "
    "desligado fica registrada, e é cumprida quando ele for ligado.",
)
def ordens() -> None:
    """Groups the commands of the orders."""


@ordens.command(options_metavar="[OPÇÕES]", help="Lista as ordens que esperam o serviço, a mais antiga primeiro.")
@opcoes_de_saida
@passar_opcoes
def listar(opcoes: Opcoes, em_json: bool, em_csv: bool, excel: Path | None) -> None:
    """Exits with 0, whatever waits."""
    inteira = so_uma(em_json=em_json, em_csv=em_csv, excel=excel)
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linhas = espera.ordens(banco) if banco is not None else []
    if inteira:
        entregar(COLUNAS, linhas, lambda o: {c: o[c] for c in CAMPOS}, em_csv=em_csv, excel=excel)
    elif not linhas:
        click.echo("Nenhuma ordem espera.")
    else:
        _mostrar(linhas)


def _mostrar(linhas: list[sqlite3.Row]) -> None:
    agora = leitura.agora_utc()
    for o in linhas:
        idade = leitura.por_extenso(leitura.idade_s(o["criada_em"], agora))
        tomada = ", já tomada pelo serviço" if o["estado"] == "aceita" else ""
        click.echo(f"{o['id']} · {o['pedido']} {o['chave']} · de {o['quem']}, há {idade}{tomada}")
    total = quantos(len(linhas), "ordem espera", "ordens esperam")
    click.echo(f"\n{total}. Para retirar uma: separador ordens retirar NÚMERO")


@ordens.command(
    options_metavar="[OPÇÕES]",
    help="Retira a ordem NÚMERO, que ainda espera o serviço: ela não será cumprida, e nada é mudado. Fica registrado "
    "quem a retirou. Arquivos que a ordem levava (soltar) não entram na pasta.",
)
@click.argument("numero", metavar="NÚMERO", type=click.IntRange(max=2**63 - 1))
@passar_opcoes
def retirar(opcoes: Opcoes, numero: int) -> None:
    """Exits with 1 when it does not wait any more."""
    from separador.cli.base import autorizacao  # noqa: PLC0415 -- writes, the list does not

    dados = opcoes.configuracao().dados
    with leitura.lendo(dados) as banco:
        linha = leitura_do_banco.tarefa(banco, numero) if banco is not None else None
    negativa = espera.contra_retirada(linha, numero)
    if negativa is None:
        with autorizacao.escrevendo(dados) as aberto:
            negativa = espera.retirar(aberto, numero, autorizacao.quem(), leitura.agora_utc())
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    click.echo(f"Ordem nº {numero} retirada: ela não será cumprida.")
