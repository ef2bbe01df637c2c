"""Prints a registered event, at any time (`separador cte evento imprimir`)."""

import os
import sqlite3
from pathlib import Path

import click

from separador.capacidades.cte.banco import rastro
from separador.capacidades.cte.cli import evento_opcoes
from separador.capacidades.cte.cli.dacte import gravar, ler_copia
from separador.cli.base import chamada, leitura
from separador.cli.base.arquivos import ArquivoDeSaida
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.soquete.passagem import Antes, antes
from separador.fiscal.evento.tabela import EVENTOS, POR_NOME, POR_TIPO


@click.command(
    "imprimir",
    options_metavar="[OPÇÕES]",
    help="Imprime em PDF a folha de um evento do documento CHAVE (carta de correção, cancelamento, outros), a "
    "partir do evento processado guardado. Sem --tipo e --sequencia: o último.",
)
@click.argument("chave", metavar="CHAVE", callback=evento_opcoes.ler_chave)
@click.option("--tipo", metavar="EVENTO", type=click.Choice([e.nome for e in EVENTOS]), help="Só deste tipo.")
@click.option("--sequencia", type=click.IntRange(1, 999), metavar="N", help="O de número N. Sem ela: o último.")
@click.option("--saida", metavar="ARQUIVO", type=ArquivoDeSaida(), help="Sem ela: CHAVE-evento.pdf, aqui.")
@antes(lambda ditos: Antes() if ditos["saida"] else Antes(("--saida", f"{ditos['chave']}-evento.pdf")))
@passar_opcoes
def imprimir(opcoes: Opcoes, chave: str, tipo: str | None, sequencia: int | None, saida: Path | None) -> None:
    """Exits with 1 when there is no such event, or it cannot be printed. Needs no service."""
    from separador.capacidades.dacte.papel import imprimir_evento  # noqa: PLC0415 -- lxml
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        copias = _copias(banco, chave, tipo, sequencia) if banco is not None else []
    if not copias:
        sair(Saida.RECUSADO, f"Não há evento registrado guardado {_pedido(chave, tipo, sequencia)}.")
    copia = copias[-1]
    feito = imprimir_evento(ler_copia(Path(copia["pasta"]) / os.fsdecode(bytes(copia["nome"]))))
    if isinstance(feito, Recusa):
        sair(Saida.RECUSADO, f"{feito.erros[0].mensagem} {feito.erros[0].o_que_fazer}")
    alvo = saida or Path(f"{chave}-evento.pdf")
    if not chamada.entregar(alvo, feito):
        gravar(alvo, feito)
    evento = POR_TIPO.get(copia["tp_evento"])
    nome = evento.titulo if evento is not None else copia["tp_evento"]
    click.echo(f"{nome}, número {copia['n_seq']}: folha impressa em {alvo}.")


def _copias(banco: sqlite3.Connection, chave: str, tipo: str | None, sequencia: int | None) -> list[sqlite3.Row]:
    tp = POR_NOME[tipo].tp if tipo is not None else None
    return [
        c
        for c in rastro.copias_de_eventos(banco, chave)
        if tp in (None, c["tp_evento"]) and sequencia in (None, c["n_seq"])
    ]


def _pedido(chave: str, tipo: str | None, sequencia: int | None) -> str:
    partes = [f"do tipo {tipo}" if tipo else "", f"de número {sequencia}" if sequencia else "", f"da chave {chave}"]
    return " ".join(p for p in partes if p)
