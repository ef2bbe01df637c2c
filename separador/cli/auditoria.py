"""Shows who did what (`separador auditoria`), and checks that nobody changed the record afterwards."""

import sqlite3
from pathlib import Path

import click

from separador.acesso.banco import auditoria as trilha
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.nucleo.texto.quantidade import quantos

_CAMPOS = ("id", "quando", "quem", "acao", "alvo", "resultado", "detalhe", "elo")
_LIMITE = 50


@click.group(
    cls=Grupo,
    help="Mostra e confere o registro de quem fez o quê. O banco não deixa alterar nem apagar as linhas, e cada uma "
    "leva a prova da anterior. Sem comando, mostra as últimas linhas.",
)
def auditoria() -> None:
    """Groups the commands of the record."""


@auditoria.command(options_metavar="[OPÇÕES]", help=f"Mostra as últimas {_LIMITE} linhas, a mais nova primeiro.")
@click.option("--quem", metavar="QUEM", help="Só o que fez este usuário (e-mail) ou conta (so:NOME).")
@click.option("--recusados", is_flag=True, help="Só o que foi recusado.")
@click.option("--todas", is_flag=True, help="Todas as linhas.")
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, quem: str | None, recusados: bool, todas: bool, em_json: bool) -> None:
    """Lists the last lines; with `--json`, everything."""
    limite = None if todas or em_json else _LIMITE
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linhas = (
            trilha.listar(banco, quem=quem, recusados=recusados, limite=limite)
            if banco is not None and trilha.existe(banco)
            else []
        )
    if em_json:
        mostrar_json([{c: linha[c] for c in _CAMPOS} for linha in linhas])
        return
    for linha in linhas:
        _mostrar(linha)
    if not linhas:
        click.echo("Nada registrado.")


def _mostrar(linha: sqlite3.Row) -> None:
    sinal = "" if linha["resultado"] == trilha.FEITO else " · RECUSADO"
    partes = [leitura.hora_local(linha["quando"]), linha["quem"], linha["acao"], linha["alvo"], linha["detalhe"]]
    click.echo(f"{linha['id']:>6}  " + " · ".join(p for p in partes if p) + sinal)


@auditoria.command(
    options_metavar="[OPÇÕES]",
    help="Confere a cadeia inteira: linha alterada, tirada ou trocada, mesmo por fora do programa, e fim cortado.",
)
@opcao_json
@passar_opcoes
def conferir(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 1 when something does not add up."""
    quantas, problemas = _conferir(opcoes.configuracao().dados)
    if em_json:
        mostrar_json({"linhas": quantas, "problemas": problemas})
        sair(Saida.RECUSADO if problemas else Saida.FEITO)
    if problemas:
        sair(Saida.RECUSADO, "\n".join([*problemas, "A auditoria NÃO confere."]))
    click.echo(f"A auditoria confere: {quantos(quantas, 'linha', 'linhas')}.")


def _conferir(dados: Path) -> tuple[int, list[str]]:
    with leitura.lendo(dados) as banco:
        return trilha.conferir(banco, dados) if banco is not None else (0, [])


@auditoria.command(
    options_metavar="[OPÇÕES]",
    help="Aceita o fim da auditoria como está agora, depois de restaurar uma cópia do banco. Fica registrado.",
)
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que o fim mudou; fica registrado.")
@passar_opcoes
def selar(opcoes: Opcoes, motivo: str) -> None:
    """Accepts the end of the chain as it is. An error inside the chain stays an error."""
    from separador.banco.instante import texto_de  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    _, problemas = _conferir(dados)
    if not motivo.strip():
        sair(Saida.RECUSADO, "Diga o motivo; nada foi mudado.")
    if not problemas:
        sair(Saida.RECUSADO, "A auditoria confere: não há o que selar.")
    with autorizacao.escrevendo(dados) as banco:
        with banco.transacao():
            detalhe = f"{motivo.strip()} (antes: {problemas[0]})"
            trilha.registrar(
                banco, texto_de(leitura.agora_utc()), autorizacao.quem(), "auditoria selada", detalhe=detalhe
            )
        trilha.selar_de_novo(banco, dados)
    quantas, restam = _conferir(dados)
    if restam:
        sair(Saida.RECUSADO, "\n".join([*restam, "O selo é novo, mas a auditoria NÃO confere."]))
    click.echo(f"Selada: {quantos(quantas, 'linha', 'linhas')}.")
