"""Records orders and waits until the service has carried them out; `motor.pedidos` does that."""

import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from separador.banco import leitura as leitura_do_banco
from separador.banco.instante import texto_de
from separador.pedidos.dono import em_nome_do_dono
from separador.pedidos.escrita import escrevendo

if TYPE_CHECKING:
    from separador.banco.conexao import Banco

RESPONDIDAS = ("feita", "recusada")
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


def registrar(
    dados: Path,
    pedidos: Sequence[NovoPedido],
    quem: str,
    agora: datetime,
    *,
    acao: str | None = None,
    ficha: str | None = None,
) -> list[int]:
    """Records the orders in one transaction and returns their numbers.

    Orders of a form that was sent before are not recorded again (`ficha`, made by `ficha_de`). Without one, an equal
    order of the same user that still waits is not. `acao`: the name under which the audit trail has them; without it
    the trail names the key. Raises sqlite3.Error.
    """
    with em_nome_do_dono(dados), escrevendo(dados) as banco, banco.transacao():
        if ficha is not None:
            dadas = leitura_do_banco.tarefas_da_ficha(banco.conn, ficha)
            if dadas:
                return dadas
            ficha = ficha if leitura_do_banco.tem_fichas(banco.conn) else None
        cada = zip(pedidos, _fichas(pedidos, ficha), strict=True)
        return [_um(banco, p, quem, texto_de(agora), acao, propria) for p, propria in cada]


def _fichas(pedidos: Sequence[NovoPedido], ficha: str | None) -> list[str | None]:
    """Returns the mark of each order. One form may give several about the same thing, as the files for one route: they
    are told apart by a number behind the mark (`leitura.tarefas_da_ficha` finds them all)."""
    vistas: Counter[str] = Counter()
    feitas = []
    for p in pedidos:
        antes = vistas[p.chave]
        vistas[p.chave] += 1
        feitas.append(f"{ficha}.{antes}" if ficha is not None and antes else ficha)
    return feitas


def ficha_de(token: str, quem: str) -> str | None:
    """Returns what the orders of a form are marked with: another person's form of the same token is another one."""
    from hashlib import sha256  # noqa: PLC0415 -- OpenSSL, only to write

    return sha256(f"{token}\n{quem}".encode()).hexdigest()[:32] if token else None


def _um(banco: "Banco", o: NovoPedido, quem: str, agora: str, acao: str | None, ficha: str | None) -> int:
    from separador.acesso.banco import auditoria  # noqa: PLC0415 -- hashlib, only to write
    from separador.banco import pedidos as tabela_de_pedidos  # noqa: PLC0415 -- sqlite-utils, only to write

    sem_senha = o.confirmada_por is None
    igual = tabela_de_pedidos.igual_pendente(banco, o.pedido, o.chave, o.motivo, dados=o.dados) if sem_senha else None
    dada = tabela_de_pedidos.por_id(banco, igual) if igual is not None else None
    if dada is not None and dada["quem"] == quem:
        return int(dada["id"])
    numero = tabela_de_pedidos.registrar(banco, o.pedido, o.chave, o.motivo, quem, agora, dados=o.dados, ficha=ficha)
    if o.confirmada_por is not None:
        tabela_de_pedidos.confirmar(banco, numero, o.confirmada_por)
    if auditoria.existe(banco):
        detalhe = f"ordem nº {numero}" + (f"; confirmada por {o.confirmada_por}" if o.confirmada_por else "")
        detalhe = f"{o.chave}; {detalhe}" if acao is not None and o.chave else detalhe
        auditoria.registrar(banco, agora, quem, f"pedido {o.pedido}", acao or o.chave, detalhe=detalhe)
    return numero


def esperar(dados: Path, numeros: Sequence[int], segundos: float) -> dict[int, sqlite3.Row]:
    """Returns the answers that came in time, by order. Raises sqlite3.Error."""
    respostas: dict[int, sqlite3.Row] = {}
    limite = time.monotonic() + segundos
    banco = leitura_do_banco.abrir_leitura(dados)
    if banco is None:
        return respostas
    with closing(banco):
        while True:
            for numero in numeros:
                linha = leitura_do_banco.tarefa(banco, numero) if numero not in respostas else None
                if linha is not None and linha["estado"] in RESPONDIDAS:
                    respostas[numero] = linha
            if len(respostas) == len(set(numeros)) or time.monotonic() >= limite:
                return respostas
            time.sleep(_PASSO_S)


def sem_resposta(numero: int, *, parado: bool, segundos: float) -> str:
    """Returns the sentence about an order that was recorded and not answered yet."""
    if parado:
        return (
            f"O serviço está desligado. A ordem ficou registrada (nº {numero}) e será cumprida quando ele for"
            " ligado: separador iniciar"
        )
    return (
        f"O serviço não respondeu em {segundos:.0f} s. A ordem está registrada (nº {numero}) e será cumprida assim"
        " que ele puder; veja o que o impede: separador situacao"
    )
