"""Records orders from a page, and tells what became of them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from separador.banco import leitura
from separador.nucleo.texto.quantidade import quantos
from separador.painel.base.campos import Campos
from separador.painel.base.resposta import Ir
from separador.painel.base.servico import DESLIGADO, estado
from separador.painel.base.visita import Visita
from separador.pedidos import espera, ordens, soltos
from separador.pedidos.ordens import RESPONDIDAS, NovoPedido

MOSTRADAS = 100
"""Results that a page shows: as many as files come in by one form."""


@dataclass(frozen=True, slots=True)
class Resultado:
    """What is known of one order. `classe`: how it is shown."""

    numero: int
    texto: str
    classe: str


def dar(v: Visita, pedidos: Sequence[NovoPedido], padrao: str) -> Ir:
    """Records the orders of a page, and goes back to where the confirmation was opened."""
    ficha = ordens.ficha_de(v.campos.um("ficha"), v.quem)
    numeros = ordens.registrar(v.dados, pedidos, v.quem, v.agora, acao=v.tela.muda, ficha=ficha)
    return Ir(com_ordens(v.volta(padrao), numeros))


def ja_dadas(v: Visita) -> Ir | None:
    """Returns where a form leads whose orders were recorded when it was sent before: a double click, "back", a resend.

    It is asked before the page runs: the order may be carried out by now, and would be refused in the new state. A form
    that only asks something gives no order, whatever token it has.
    """
    ficha = ordens.ficha_de(v.campos.um("ficha"), v.quem) if v.enviada and not v.so_pergunta else None
    numeros = leitura.tarefas_da_ficha(v.banco, ficha) if ficha is not None else []
    return Ir(com_ordens(v.volta("/"), numeros)) if numeros else None


def com_ordens(caminho: str, numeros: Sequence[int]) -> str:
    """Returns the path with the numbers of orders in its query."""
    partes = urlsplit(caminho)
    campos = Campos(tuple(parse_qsl(partes.query))).com(ordem=",".join(map(str, numeros)))
    return campos.endereco(partes.path)


def resultados(v: Visita) -> list[Resultado]:
    """Returns what became of the orders that the address names."""
    ditos = [n for n in v.consulta.um("ordem").split(",") if n.isascii() and n.isdigit() and len(n) < 19]
    achadas = [leitura.tarefa(v.banco, int(n)) for n in ditos[:MOSTRADAS]]
    return [_resultado(v, linha) for linha in achadas if linha is not None]


def a_espera(v: Visita, chave: str | None = None) -> tuple[list[sqlite3.Row], str]:
    """Returns the orders that wait for the service, so many as a page shows, and how many there are, in words. Those
    that a running service takes up at once are not worth showing."""
    ate = None if estado(v) == DESLIGADO else v.agora - espera.LOGO
    achadas = espera.ordens(v.banco, chave=chave, ate=ate, limite=MOSTRADAS + 1)
    mais = f"Mais de {MOSTRADAS} ordens esperam" if len(achadas) > MOSTRADAS else ""
    return achadas[:MOSTRADAS], mais or quantos(len(achadas), "ordem espera", "ordens esperam")


def _resultado(v: Visita, linha: sqlite3.Row) -> Resultado:
    if linha["estado"] in RESPONDIDAS:
        return Resultado(linha["id"], linha["mensagem"] or "", "feita" if linha["estado"] == "feita" else "recusada")
    parado = estado(v) == DESLIGADO
    arquivo = soltos.nome_em(linha["dados"]) if linha["pedido"] == soltos.PEDIDO else ""
    dito = (
        (f"{arquivo}: " if arquivo else "")
        + ((arquivo and espera.dito(linha, parado=parado)) or "esperando o serviço")
        + (": ele está desligado; a ordem ficou registrada e será cumprida quando ele for ligado" if parado else "")
    )
    return Resultado(linha["id"], dito, "espera")
