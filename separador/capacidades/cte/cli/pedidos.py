"""Gives orders on documents: `cte enviar`, `cancelar`, `estornar`, `consultar`.

An order is checked at once by the function that the service uses too. One that cannot be carried out is refused with
nothing recorded.
"""

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from separador.capacidades.cte.banco import leitura as leitura_cte
from separador.capacidades.cte.cli.espera import espera
from separador.capacidades.cte.dominio.pedido import MOTIVO_MAXIMO, MOTIVO_MINIMO, PEDE_SENHA, TipoDePedido
from separador.cli.base import autorizacao, leitura, pedidos
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.espera import opcao_esperar
from separador.cli.base.nomes import argumento_chave
from separador.cli.base.soquete.passagem import Antes, antes
from separador.nucleo.negativa import Negativa
from separador.nucleo.texto.razao import razao

_MOTIVO_QUALQUER = "x" * MOTIVO_MINIMO
_DESISTIU = "Nada foi mudado."
_PERGUNTA = f"Motivo do cancelamento ({MOTIVO_MINIMO} a {MOTIVO_MAXIMO} caracteres)"


@click.command(
    options_metavar="[OPÇÕES]",
    help="Entrega para transmissão os documentos CHAVE: NÃO ENVIADO (rota manual), ou REJEITADO PELA SEFAZ, com os "
    "mesmos bytes. Em CANCELAMENTO REJEITADO pede a autorização de novo: a SEFAZ é consultada pela chave, o documento "
    "não é retransmitido.",
)
@argumento_chave(varias=True)
@opcao_esperar
@passar_opcoes
def enviar(opcoes: Opcoes, chaves: tuple[str, ...], esperar_s: int | None) -> None:
    """Gives each document its own result. Exits with 1 if any is refused."""
    dados = opcoes.configuracao().dados
    negativas = _avaliar(dados, TipoDePedido.ENVIAR, chaves)
    for chave, negativa in negativas.items():
        click.echo(f"{_prefixo(chave, chaves)}{negativa.mensagem}", err=True)
    aceitas = [c for c in chaves if c not in negativas]
    if not aceitas:
        sair(Saida.RECUSADO)
    nomeadas = [pedidos.NovoPedido(TipoDePedido.ENVIAR, c, nome=c if len(chaves) > 1 else "") for c in aceitas]
    pedidos.dar(dados, nomeadas, ja_recusada=bool(negativas), espera=espera(dados, esperar_s))


def _prefixo(chave: str, todas: Sequence[str]) -> str:
    return f"{chave}: " if len(todas) > 1 else ""


def _perguntar(ditos: dict[str, Any]) -> Antes:
    """Asks for the reason and the yes where the person is, when the order goes by the service's socket."""
    if not sys.stdin.isatty():
        return Antes()
    motivo, argumentos = ditos["motivo"], []
    try:
        if motivo is None:
            argumentos = ["--motivo", click.prompt(_PERGUNTA)]
        seguir = ditos["sim"] or _confirmado()
    except click.Abort:
        click.echo()
        sair(Saida.RECUSADO, _DESISTIU)
    if not seguir:
        sair(Saida.RECUSADO, _DESISTIU)
    return Antes((*argumentos, "--sim"))


@click.command(
    options_metavar="[OPÇÕES]",
    help="Pede à SEFAZ o cancelamento do documento CHAVE, que deve estar AUTORIZADO PELA SEFAZ ou CANCELAMENTO "
    f"REJEITADO. O motivo é obrigatório, de {MOTIVO_MINIMO} a {MOTIVO_MAXIMO} caracteres. Em um terminal, pergunta o "
    "motivo que faltar e pede confirmação; desistir não muda nada.",
)
@argumento_chave()
@click.option("--motivo", metavar="TEXTO", help="Motivo do cancelamento, como vai para a SEFAZ.")
@click.option("--sim", is_flag=True, help="Não pede confirmação.")
@opcao_esperar
@antes(_perguntar)
@passar_opcoes
def cancelar(opcoes: Opcoes, chave: str, motivo: str | None, sim: bool, esperar_s: int | None) -> None:
    """Exits with 1, and nothing recorded, when the person gives up or the order is refused."""
    dados = opcoes.configuracao().dados
    conversa = sys.stdin.isatty()
    if motivo is None and not conversa:
        raise click.UsageError("Diga o motivo do cancelamento: --motivo TEXTO")
    _exigir(dados, TipoDePedido.CANCELAR, chave, _MOTIVO_QUALQUER if motivo is None else motivo)
    if conversa and not (sim and motivo is not None):
        motivo = _conversar(dados, chave, motivo, perguntar=not sim)
        _exigir(dados, TipoDePedido.CANCELAR, chave, motivo)
    pedido = pedidos.NovoPedido(TipoDePedido.CANCELAR, chave, (motivo or "").strip())
    pedidos.dar(dados, [pedido], espera=espera(dados, esperar_s))


def _conversar(dados: Path, chave: str, motivo: str | None, *, perguntar: bool) -> str:
    """Returns the reason, after the person's yes. Ends the command when the person gives up."""
    with leitura.lendo(dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
    if doc is not None:
        click.echo(f"Modelo {doc['modelo']}, série {doc['serie']}, número {doc['numero']}: {doc['situacao']}")
    try:
        dito: str = motivo or click.prompt(_PERGUNTA)
        seguir = not perguntar or _confirmado()
    except click.Abort:
        click.echo()
        sair(Saida.RECUSADO, _DESISTIU)
    if not seguir:
        sair(Saida.RECUSADO, _DESISTIU)
    return dito


def _confirmado() -> bool:
    """Asks for the confirmation in Portuguese: click.confirm asks [y/N], in English only."""
    dito: str = click.prompt("Pedir o cancelamento? [s/N]", default="n", show_default=False)
    return dito.strip().lower() in ("s", "sim")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Volta atrás no pedido de cancelamento do documento CHAVE (só em AGUARDANDO RETORNO DE CANCELAMENTO). Se o "
    "evento ainda não foi levado pelo transmissor, ele é retirado; se foi, a palavra da SEFAZ vale. Do segundo estorno "
    "do mesmo documento em diante, pede usuário e senha, mesmo com sessão aberta.",
)
@argumento_chave()
@opcao_esperar
@passar_opcoes
def estornar(opcoes: Opcoes, chave: str, esperar_s: int | None) -> None:
    """Withdraws the cancel order.

    From the second withdrawal of a document on, it needs the password of a user with the right, given now.
    """
    dados = opcoes.configuracao().dados
    por = None
    negativa = _avaliar(dados, TipoDePedido.ESTORNAR, (chave,)).get(chave)
    if negativa is not None and negativa.codigo == PEDE_SENHA:
        por = autorizacao.confirmar(opcoes, dados, "cte estornar", negativa.mensagem)
    elif negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    pedido = pedidos.NovoPedido(TipoDePedido.ESTORNAR, chave, confirmada_por=por)
    pedidos.dar(dados, [pedido], espera=espera(dados, esperar_s))


@click.command(
    options_metavar="[OPÇÕES]",
    help="Pergunta à SEFAZ o que ela tem da CHAVE, pela rede ou pelo transmissor. A resposta é aplicada ao documento "
    "quando chegar; de uma chave que não é nossa, sai na pasta de retornos como CHAVE-sit.xml.",
)
@argumento_chave()
@opcao_esperar
@passar_opcoes
def consultar(opcoes: Opcoes, chave: str, esperar_s: int | None) -> None:
    """Asks in any situação."""
    dados = opcoes.configuracao().dados
    _exigir(dados, TipoDePedido.CONSULTAR, chave)
    pedidos.dar(dados, [pedidos.NovoPedido(TipoDePedido.CONSULTAR, chave)], espera=espera(dados, esperar_s))


def _exigir(dados: Path, pedido: TipoDePedido, chave: str, motivo: str = "") -> None:
    """Ends the command (1) when the order may not be given."""
    for negativa in _avaliar(dados, pedido, (chave,), motivo).values():
        sair(Saida.RECUSADO, negativa.mensagem)


def _avaliar(dados: Path, pedido: TipoDePedido, chaves: Sequence[str], motivo: str = "") -> dict[str, Negativa]:
    """Returns the reason against the order, by chave. A chave whose order may be carried out is not in it."""
    from separador.capacidades.cte.servico import juizo  # noqa: PLC0415 -- sqlite-utils and lxml

    try:
        return juizo.julgar(dados, pedido, chaves, leitura.agora_utc(), motivo=motivo)
    except sqlite3.Error as erro:
        sair(
            Saida.RECUSADO,
            f"Não consegui ler o banco ({razao(erro)}); nada foi mudado. Use o usuário do serviço, ou sudo.",
        )
