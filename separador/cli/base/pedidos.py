"""Gives orders by command: records them in the database and waits until the service has carried them out."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Saida, sair
from separador.cli.base.escrita import sair_por
from separador.cli.base.espera import Espera, ate_o_fim
from separador.motor.trava import quem_detem
from separador.nucleo.texto.razao import razao
from separador.pedidos import ordens
from separador.pedidos.ordens import NovoPedido as NovoPedido  # noqa: PLC0414 -- commands import it from here

ESPERA_S = 10.0


def dar(dados: Path, pedidos: Sequence[NovoPedido], *, ja_recusada: bool = False, espera: Espera | None = None) -> None:
    """Records, waits, shows the results, and ends the command: 0 all done, 1 one refused, 3 stopped or without answer.

    `ja_recusada`: another order of the same command was refused before anything was recorded. `espera`: the command
    waits for SEFAZ's word too, and ends by it.
    """
    ids = registrar(dados, pedidos)
    parado = quem_detem(dados) is None
    respostas = {} if parado else _esperar(dados, ids)
    recusada = ja_recusada
    sem_resposta = False
    feitas: dict[int, sqlite3.Row] = {}
    for pedido, tarefa_id in zip(pedidos, ids, strict=True):
        resposta = respostas.get(tarefa_id)
        if resposta is None:
            sem_resposta = True
            click.echo(_prefixo(pedido) + _sem_resposta(tarefa_id, parado=parado), err=True)
        else:
            feita = resposta["estado"] == "feita"
            recusada |= not feita
            click.echo(_prefixo(pedido) + str(resposta["mensagem"]), err=not feita)
            if feita:
                feitas[tarefa_id] = resposta
    if espera is not None and feitas:
        nomes = {i: _prefixo(o) for o, i in zip(pedidos, ids, strict=True)}
        negou, faltou = _mostrar_fins(dados, feitas, nomes, espera)
        recusada, sem_resposta = recusada or negou, sem_resposta or faltou
    sair(Saida.RECUSADO if recusada else Saida.SEM_SERVICO if sem_resposta else Saida.FEITO)


def sair_pelo_fim(dados: Path, feita: sqlite3.Row, espera: Espera) -> NoReturn:
    """Ends the command by SEFAZ's word about one order that was carried out."""
    numero = int(feita["id"])
    negou, faltou = _mostrar_fins(dados, {numero: feita}, {numero: ""}, espera)
    sair(Saida.RECUSADO if negou else Saida.SEM_SERVICO if faltou else Saida.FEITO)


def _prefixo(pedido: NovoPedido) -> str:
    return f"{pedido.nome}: " if pedido.nome else ""


def _mostrar_fins(
    dados: Path, feitas: Mapping[int, sqlite3.Row], nomes: Mapping[int, str], espera: Espera
) -> tuple[bool, bool]:
    """Shows SEFAZ's word about each order. Returns whether one is not what was wanted, and whether one did not come."""
    fins = ate_o_fim(dados, feitas, espera)
    for tarefa_id in feitas:
        fim = fins.get(tarefa_id)
        if fim is None:
            frase = f"A palavra da SEFAZ não veio em {espera.segundos} s; a ordem continua. Acompanhe: separador falhas"
            click.echo(f"{nomes[tarefa_id]}{frase}", err=True)
        else:
            click.echo(f"{nomes[tarefa_id]}{fim.mensagem}", err=not fim.feito)
    return any(not f.feito for f in fins.values()), len(fins) < len(feitas)


def pedir(dados: Path, pedidos: Sequence[NovoPedido]) -> list[sqlite3.Row]:
    """Records and waits. Returns the answers, in the order of the orders.

    Ends the command (3) when one has no answer in time.
    """
    with leitura.lendo(dados) as banco:
        if banco is None:
            sair(Saida.SEM_SERVICO, "O serviço ainda não foi ligado nenhuma vez nesta instalação: separador iniciar")
    ids = registrar(dados, pedidos)
    parado = quem_detem(dados) is None
    respostas = {} if parado else _esperar(dados, ids)
    for tarefa_id in ids:
        if tarefa_id not in respostas:
            sair(Saida.SEM_SERVICO, _sem_resposta(tarefa_id, parado=parado))
    return [respostas[i] for i in ids]


def registrar(dados: Path, pedidos: Sequence[NovoPedido]) -> list[int]:
    """Only records, for orders whose progress the command shows by itself. Returns their numbers."""
    try:
        return ordens.registrar(dados, pedidos, autorizacao.quem(), leitura.agora_utc())
    except sqlite3.Error as erro:
        sair_por(erro, f"Não consegui registrar a ordem no banco ({razao(erro)}); nada foi mudado.")


def _sem_resposta(tarefa_id: int, *, parado: bool) -> str:
    return ordens.sem_resposta(tarefa_id, parado=parado, segundos=ESPERA_S)


def _esperar(dados: Path, ids: Sequence[int]) -> dict[int, sqlite3.Row]:
    try:
        return ordens.esperar(dados, ids, ESPERA_S)
    except sqlite3.Error as erro:
        leitura.nao_li(dados, erro)
