"""Gives orders by command: records them in the database and waits until the service has carried them out."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from separador.acesso.banco import auditoria
from separador.banco import leitura as leitura_do_banco
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Saida, sair
from separador.cli.base.dono import em_nome_do_dono
from separador.cli.base.espera import Espera, ate_o_fim
from separador.motor.trava import quem_detem
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.banco.conexao import Banco

ESPERA_S = 10.0
_PASSO_S = 0.05


@dataclass(frozen=True, slots=True)
class NovoPedido:
    """An order to record. `nome` tells it from others of the same command when several are given.

    `confirmada_por`: the user who gave the password for this very order. `dados`: JSON of an order that says more than
    a reason.
    """

    pedido: str
    chave: str
    motivo: str | None = None
    nome: str = ""
    confirmada_por: str | None = None
    dados: str | None = None


def dar(dados: Path, pedidos: Sequence[NovoPedido], *, ja_recusada: bool = False, espera: Espera | None = None) -> None:
    """Records, waits, shows the results, and ends the command: 0 all done, 1 one refused, 3 stopped or without answer.

    `ja_recusada`: another order of the same command was refused before anything was recorded. `espera`: the command
    waits for SEFAZ's word too, and ends by it.
    """
    ids = _registrar(dados, pedidos)
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
    ids = _registrar(dados, pedidos)
    parado = quem_detem(dados) is None
    respostas = {} if parado else _esperar(dados, ids)
    for tarefa_id in ids:
        if tarefa_id not in respostas:
            sair(Saida.SEM_SERVICO, _sem_resposta(tarefa_id, parado=parado))
    return [respostas[i] for i in ids]


def registrar(dados: Path, pedidos: Sequence[NovoPedido]) -> list[int]:
    """Only records, for orders whose progress the command shows by itself. Returns their numbers."""
    return _registrar(dados, pedidos)


def _sem_resposta(tarefa_id: int, *, parado: bool) -> str:
    if parado:
        return (
            f"O serviço está desligado. A ordem ficou registrada (nº {tarefa_id}) e será cumprida quando ele for"
            " ligado: separador iniciar"
        )
    return (
        f"O serviço não respondeu em {ESPERA_S:.0f} s. A ordem está registrada (nº {tarefa_id}) e será cumprida assim"
        " que ele puder; veja o que o impede: separador situacao"
    )


def _registrar(dados: Path, pedidos: Sequence[NovoPedido]) -> list[int]:
    """Records the orders in one transaction and returns their ids.

    An equal order of the same user that still waits is not recorded a second time.
    """
    from separador.banco.conexao import BancoRecusadoError, abrir, texto_de  # noqa: PLC0415 -- only to write

    quem = autorizacao.quem()
    try:
        with em_nome_do_dono(dados), closing(abrir(dados, migrar=False)) as banco:
            if auditoria.existe(banco):
                auditoria.selar(banco, dados)
            with banco.transacao():
                agora = texto_de(leitura.agora_utc())
                ids = [_registrar_uma(banco, o, agora, quem) for o in pedidos]
            if auditoria.existe(banco):
                auditoria.selar(banco, dados)
            return ids
    except BancoRecusadoError as erro:
        sair(Saida.USO, str(erro))
    except sqlite3.Error as erro:
        sair(
            Saida.RECUSADO,
            f"Não consegui registrar a ordem no banco ({razao(erro)}); nada foi mudado. Use o usuário do serviço, ou "
            "sudo.",
        )


def _registrar_uma(banco: "Banco", o: NovoPedido, agora: str, quem: str) -> int:
    from separador.banco import pedidos as tabela_de_pedidos  # noqa: PLC0415

    sem_senha = o.confirmada_por is None
    igual = tabela_de_pedidos.igual_pendente(banco, o.pedido, o.chave, o.motivo, dados=o.dados) if sem_senha else None
    dada = tabela_de_pedidos.por_id(banco, igual) if igual is not None else None
    if dada is not None and dada["quem"] == quem:
        return int(dada["id"])
    numero = tabela_de_pedidos.registrar(banco, o.pedido, o.chave, o.motivo, quem, agora, dados=o.dados)
    if o.confirmada_por is not None:
        tabela_de_pedidos.confirmar(banco, numero, o.confirmada_por)
    if auditoria.existe(banco):
        detalhe = f"ordem nº {numero}" + (f"; confirmada por {o.confirmada_por}" if o.confirmada_por else "")
        auditoria.registrar(banco, agora, quem, f"pedido {o.pedido}", o.chave, detalhe=detalhe)
    return numero


def _esperar(dados: Path, ids: Sequence[int]) -> dict[int, sqlite3.Row]:
    """Returns the answers that came in time, by order."""
    respostas: dict[int, sqlite3.Row] = {}
    limite = time.monotonic() + ESPERA_S
    with leitura.lendo(dados) as banco:
        while banco is not None:
            for tarefa_id in ids:
                linha = leitura_do_banco.tarefa(banco, tarefa_id) if tarefa_id not in respostas else None
                if linha is not None and linha["estado"] in ("feita", "recusada"):
                    respostas[tarefa_id] = linha
            if len(respostas) == len(set(ids)) or time.monotonic() >= limite:
                break
            time.sleep(_PASSO_S)
    return respostas
