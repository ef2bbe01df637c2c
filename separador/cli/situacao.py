"""Shows first the failures, then the progress of each route (`separador situacao`)."""

import sqlite3
from datetime import datetime
from typing import Any

import click

from separador.banco import leitura as leitura_do_banco
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes
from separador.nucleo.texto.quantidade import quantos
from separador.pedidos.quadro import montar

MOSTRADAS = 20


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o que está falhando e, abaixo, o andamento de cada rota: o que espera, o que foi feito hoje e o que "
    "falha.",
)
@opcao_json
@passar_opcoes
def situacao(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 0, whatever fails: the exit code of `falhas` reports failures."""
    configuracao = opcoes.configuracao()
    agora = leitura.agora_utc()
    with leitura.lendo(configuracao.dados) as banco:
        vivo = leitura.servico_vivo(configuracao.dados, agora)
        quadro = montar(configuracao, banco, agora, vivo)
        falhas = leitura_do_banco.falhas_abertas(banco) if banco is not None and not em_json else []
    if em_json:
        mostrar_json(quadro)
    else:
        _avisar_parado(vivo, configuracao.tempo_leitura_s)
        _mostrar(quadro, falhas, agora)


def _avisar_parado(vivo: leitura.Vivo, tempo_leitura_s: int) -> None:
    if vivo.parado(tempo_leitura_s):
        idade = leitura.por_extenso(vivo.calado_s)
        click.secho(f"✗ O serviço (pid {vivo.pid}) está no ar, mas não dá sinal há {idade}.", fg="red")
        click.echo("Veja o log (separador log) e reinicie: separador reiniciar\n")


def _mostrar(quadro: dict[str, Any], falhas: list[sqlite3.Row], agora: datetime) -> None:
    for f in falhas[:MOSTRADAS]:
        onde = " ".join(str(v) for v in (f["arquivo"] or f["chave"], f["rota"] and f"(rota {f['rota']})") if v)
        idade = leitura.por_extenso(leitura.idade_s(f["desde"], agora))
        click.secho(f"✗ {onde + ': ' if onde else ''}{f['motivo']} [{f['codigo']}, há {idade}]", fg="red")
    if len(falhas) > MOSTRADAS:
        click.secho(f"… e mais {quantos(len(falhas) - MOSTRADAS, 'falha', 'falhas')}.", fg="red")
    if falhas:
        click.echo("Para ver o que fazer em cada uma: separador falhas\n")
    click.echo(_frase_do_servico(quadro["servico"]) + "\n")
    if not quadro["rotas"]:
        click.echo("Nenhuma rota. Inclua uma com: separador rotas incluir")
        return
    _tabela(quadro["rotas"])


def _frase_do_servico(servico: dict[str, Any]) -> str:
    if servico["ativo"]:
        return f"Serviço ligado (pid {servico['pid'] or '?'}), desde {leitura.hora_local(servico['desde'])}."
    if servico["pid"] is not None:
        return f"Serviço iniciando (pid {servico['pid']})."
    return "Serviço desligado. Ligue com: separador iniciar"


def _tabela(rotas: list[dict[str, Any]]) -> None:
    cabecalho = ("rota", "regra", "esperando", "feitos hoje", "falhando", "mais antigo", "última leitura", "origem")
    linhas = [
        (
            str(r["id"]),
            r["regra"] + ("" if r["ativo"] else " (inativa)"),
            *(str(r["esperando"]), str(r["feitos"]), str(r["falhando"])),
            leitura.por_extenso(r["mais_antigo_s"]) or "-",
            leitura.hora_local(r["ultima_leitura"])[11:] or "-",
            r["origem"],
        )
        for r in rotas
    ]
    mostrar_tabela(cabecalho, linhas, [i for i, r in enumerate(rotas) if r["falhando"]])
