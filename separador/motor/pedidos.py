"""Carries out the orders that commands recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from sqlite3 import Row
from typing import NamedTuple

from separador.acesso.servico import autorizacao
from separador.banco import falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco, versao_dos_dados
from separador.banco.instante import instante_de, texto_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo_proprio
from separador.motor.entrada import soltos
from separador.motor.log.log import registrar_incidente
from separador.nucleo import capacidade
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.falha import Falha, descrever
from separador.pastas.erros import FalhaDePasta, SemResposta, codigo_da_falha

NAO_CUMPRIDA = "SEP-ORDEM-NAO-CUMPRIDA"
OLHADA_S = 2.0
"""An order may copy a file of many MiB. The rest of the service goes on between two looks."""
NINGUEM_ESPERA = timedelta(minutes=1)
"""Who gave an order before that has gone on: nobody reads its answer."""
_SEM_EFEITO = ("SEP-FALHA-ENCERRADA", "SEP-ORDEM-RETIRADA")
"""Refusals after which things are as people wanted them."""


class Olhada(NamedTuple):
    """What one look at the orders came to."""

    respondidas: int
    ultima: int | None
    """The order to go on after; None when the look came to the end."""
    esperam: bool
    """Some wait for a device that does not answer."""


def cumprir(contexto: Contexto, depois_de: int = 0) -> Olhada:
    """Carries out recorded orders, each in its own group: those after a number, for a bounded time."""
    pendentes, agora_s = tabela_de_pedidos.pendentes(contexto.banco, depois_de), contexto.relogio.monotonico
    inteira, limite_s = len(pendentes) < tabela_de_pedidos.LIMITE, agora_s() + OLHADA_S
    respondidas, ultima, esperam = 0, None, False
    for linha in pendentes:
        if ultima is not None and agora_s() > limite_s:
            inteira = False
            break
        em_grupo_do_pedido(contexto, linha, partial(_um_pedido, linha=linha))
        espera = linha["pedido"] == soltos.PEDIDO and tabela_de_pedidos.espera(contexto.banco, linha["id"])
        respondidas, ultima, esperam = respondidas + (not espera), int(linha["id"]), esperam or espera
    return Olhada(respondidas, None if inteira else ultima, esperam)


class Ordens:
    """Looks at the recorded orders whenever somebody has written, and goes on with what a look left."""

    def __init__(self, contexto: Contexto) -> None:
        self._contexto = contexto
        self._versao: int | None = None
        self._ultima: int | None = 0
        self._esperam = False

    @property
    def ha_mais(self) -> bool:
        """Says whether the last look left orders that can be carried out now."""
        return self._ultima is not None

    def passo(self) -> bool:
        """Says whether it answered any."""
        versao = versao_dos_dados(self._contexto.banco)
        if versao == self._versao:
            return False
        olhada = cumprir(self._contexto, self._ultima or 0)
        self._esperam = olhada.esperam or (self._esperam and bool(self._ultima))
        self._ultima = olhada.ultima
        # Our own commits do not change the version: what is left is looked at again whatever it is.
        self._versao = None if self._esperam or self.ha_mais else versao
        return bool(olhada.respondidas)


def em_grupo_do_pedido(contexto: Contexto, linha: Row, decidir: Callable[[Grupo], None]) -> None:
    """Decides one order in a group of its own. What keeps it from being decided is its answer."""
    em_grupo_proprio(
        contexto,
        partial(_decidir, linha=linha, decidir=decidir),
        sem_pasta=partial(_pedido_sem_pasta, contexto, linha),
        incidente=partial(pedido_falhou, contexto, linha),
    )


def _decidir(grupo: Grupo, linha: Row, decidir: Callable[[Grupo], None]) -> None:
    decidir(grupo)
    _mostrar(grupo.banco, linha, grupo.agora)


def _um_pedido(grupo: Grupo, linha: Row) -> None:
    if not tabela_de_pedidos.espera(grupo.banco, linha["id"]):
        return  # withdrawn since the look
    negativa = None if _livre(linha) else autorizacao.pedido_negado(grupo.banco, linha, grupo.agora)
    if negativa is None:
        cumprir = capacidade.referencia("pedidos", linha["pedido"])
        if cumprir is None:
            raise LookupError(f"nenhuma capacidade cumpre o pedido {linha['pedido']}")
        cumprir(grupo, linha)
        return
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, negativa.codigo, negativa.mensagem, grupo.quando
    )
    _mostrar(grupo.banco, linha, grupo.agora, sempre=True)
    grupo.linhas.append(
        {"event": negativa.mensagem, "acao": "pedido recusado", "chave": linha["chave"], "quem": linha["quem"]}
    )


def _pedido_sem_pasta(contexto: Contexto, linha: Row, falha: FalhaDePasta) -> None:
    if linha["pedido"] == soltos.PEDIDO and isinstance(falha, SemResposta):
        return  # what was asked may still be done later: refused, and given again, the file would come in twice
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} Depois dê a ordem de novo."
    with contexto.banco.transacao():
        codigo = codigo_da_falha(falha.codigo)
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, codigo, mensagem, contexto.quando()
        )
        _mostrar(contexto.banco, linha, contexto.agora())
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
        _mostrar(contexto.banco, linha, contexto.agora())
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)


def _mostrar(banco: Banco, linha: Row, agora: datetime, *, sempre: bool = False) -> None:
    """Shows an order that was refused when nobody waits for its answer any more, until it is given again and done.

    `sempre`: also when it was given just now. It belongs to the transaction in which the order got its answer.
    """
    if _livre(linha):
        return  # who gave it is nobody's business: it tells the same whoever it names
    feita = tabela_de_pedidos.por_id(banco, linha["id"])
    if feita is None or feita["estado"] in (tabela_de_pedidos.PENDENTE, tabela_de_pedidos.ACEITA):
        return
    if feita["estado"] != tabela_de_pedidos.RECUSADA:
        falhas.encerrar(banco, _assunto(linha), texto_de(agora), "a ordem foi dada de novo", NAO_CUMPRIDA)
        return
    espera = agora - instante_de(linha["criada_em"])
    if feita["codigo"] in _SEM_EFEITO or not (sempre or espera >= NINGUEM_ESPERA):
        return
    motivo, o_que_fazer = descrever(
        NAO_CUMPRIDA, f"Ordem nº {linha['id']} ({linha['pedido']}), de {linha['quem']}: {feita['mensagem']}"
    )
    chave = linha["chave"] if FORMATO_CHAVE.fullmatch(linha["chave"]) else None
    falhas.abrir(banco, Falha(_assunto(linha), NAO_CUMPRIDA, motivo, o_que_fazer, chave=chave), texto_de(agora))


def _livre(linha: Row) -> bool:
    return any(linha["pedido"] in livres for livres in capacidade.de_cada("pedidos_livres"))


def _assunto(linha: Row) -> str:
    """Returns what tells an order from every other: what is asked, about what, and whatever else it says."""
    dados = soltos.sem_a_guarda(linha["dados"]) if linha["pedido"] == soltos.PEDIDO else linha["dados"]
    dito = f":{sha256(dados.encode()).hexdigest()[:16]}" if dados else ""
    return f"ordem:{linha['pedido']}:{linha['chave']}{dito}"
