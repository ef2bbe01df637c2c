"""Carries out the orders that commands recorded."""

from collections.abc import Callable
from functools import partial
from sqlite3 import Row

from separador.acesso.servico import autorizacao
from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo_proprio
from separador.motor.log.log import registrar_incidente
from separador.nucleo import capacidade
from separador.pastas.erros import FalhaDePasta, codigo_da_falha


def cumprir(contexto: Contexto) -> int:
    """Carries out the recorded orders, each in its own group. Returns how many."""
    pendentes = tabela_de_pedidos.pendentes(contexto.banco)
    for linha in pendentes:
        em_grupo_do_pedido(contexto, linha, partial(_um_pedido, linha=linha))
    return len(pendentes)


def em_grupo_do_pedido(contexto: Contexto, linha: Row, decidir: Callable[[Grupo], None]) -> None:
    """Decides one order in a group of its own. What keeps it from being decided is its answer."""
    em_grupo_proprio(
        contexto,
        decidir,
        sem_pasta=partial(_pedido_sem_pasta, contexto, linha),
        incidente=partial(pedido_falhou, contexto, linha),
    )


def _um_pedido(grupo: Grupo, linha: Row) -> None:
    livre = any(linha["pedido"] in livres for livres in capacidade.de_cada("pedidos_livres"))
    negativa = None if livre else autorizacao.pedido_negado(grupo.banco, linha, grupo.agora)
    if negativa is None:
        cumprir = capacidade.referencia("pedidos", linha["pedido"])
        if cumprir is None:
            raise LookupError(f"nenhuma capacidade cumpre o pedido {linha['pedido']}")
        cumprir(grupo, linha)
        return
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, negativa.codigo, negativa.mensagem, grupo.quando
    )
    grupo.linhas.append(
        {"event": negativa.mensagem, "acao": "pedido recusado", "chave": linha["chave"], "quem": linha["quem"]}
    )


def _pedido_sem_pasta(contexto: Contexto, linha: Row, falha: FalhaDePasta) -> None:
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} Depois dê a ordem de novo."
    with contexto.banco.transacao():
        codigo = codigo_da_falha(falha.codigo)
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, codigo, mensagem, contexto.quando()
        )
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], codigo=codigo)


def pedido_falhou(contexto: Contexto, linha: Row, erro: Exception) -> None:
    """Answers an order that ended in what nobody foresaw."""
    numero = registrar_incidente(
        contexto.dados, erro, {"tarefa": linha["id"], "chave": linha["chave"]}, contexto.agora()
    )
    mensagem = f"A ordem não pôde ser cumprida agora (incidente {numero}); nada foi alterado. Tente de novo."
    with contexto.banco.transacao():
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-INCIDENTE", mensagem, contexto.quando()
        )
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)
