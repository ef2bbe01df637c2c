"""Carries out the orders that commands recorded."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from sqlite3 import Row

from separador.acesso.servico import autorizacao
from separador.banco import falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco, versao_dos_dados
from separador.banco.instante import instante_de, texto_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import em_grupo_proprio
from separador.motor.log.log import registrar_incidente
from separador.nucleo import capacidade
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.falha import Falha, descrever
from separador.pastas.erros import FalhaDePasta, codigo_da_falha

NAO_CUMPRIDA = "SEP-ORDEM-NAO-CUMPRIDA"
OLHADA_S = 2.0
"""An order may copy a file of many MiB. The rest of the service goes on between two looks."""
NINGUEM_ESPERA = timedelta(minutes=1)
"""Who gave an order before that has gone on: nobody reads its answer."""
_SEM_EFEITO = ("SEP-FALHA-ENCERRADA", "SEP-ORDEM-RETIRADA")
"""Refusals after which things are as people wanted them."""


class Ordens:
    """Looks at the recorded orders whenever somebody has written, and goes on with what a look left."""

    def __init__(self, contexto: Contexto) -> None:
        self._contexto = contexto
        self._versao: int | None = None
        self.ha_mais = True
        """The last look may have left orders."""

    def passo(self) -> bool:
        """Says whether it carried out any."""
        versao = versao_dos_dados(self._contexto.banco)
        if versao == self._versao and not self.ha_mais:
            return False
        self._versao, self.ha_mais = versao, True  # so that a look that fails is done again
        cumpridas, self.ha_mais = cumprir(self._contexto)
        return bool(cumpridas)


def cumprir(contexto: Contexto) -> tuple[int, bool]:
    """Carries out recorded orders, each in its own group, for a bounded time. Returns how many, and whether there may
    be more."""
    pendentes, agora_s = tabela_de_pedidos.pendentes(contexto.banco), contexto.relogio.monotonico
    limite_s = agora_s() + OLHADA_S
    for feitas, linha in enumerate(pendentes):
        if feitas and agora_s() > limite_s:
            return feitas, True
        em_grupo_do_pedido(contexto, linha, partial(_um_pedido, linha=linha))
    return len(pendentes), len(pendentes) == tabela_de_pedidos.LIMITE


def em_grupo_do_pedido(
    contexto: Contexto, linha: Row, decidir: Callable[[Grupo], None], *, depois: str | None = None
) -> None:
    """Decides one order in a group of its own. What keeps it from being decided is its answer, with `depois`."""
    em_grupo_proprio(
        contexto,
        partial(_decidir, linha=linha, decidir=decidir),
        sem_pasta=partial(pedido_sem_pasta, contexto, linha, depois=depois),
        incidente=partial(pedido_falhou, contexto, linha, depois=depois),
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


def pedido_sem_pasta(contexto: Contexto, linha: Row, falha: FalhaDePasta, *, depois: str | None = None) -> None:
    """Answers an order that a folder kept from being carried out. `depois`: what to do then; else to give it again."""
    depois = depois or "Depois dê a ordem de novo."
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} {depois}"
    codigo = codigo_da_falha(falha.codigo)
    _recusar(contexto, linha, codigo, mensagem)
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], codigo=codigo)


def pedido_falhou(contexto: Contexto, linha: Row, erro: Exception, *, depois: str | None = None) -> None:
    """Answers an order that ended in what nobody foresaw. `depois`: what may have changed; else nothing has."""
    numero = registrar_incidente(
        contexto.dados, erro, {"tarefa": linha["id"], "chave": linha["chave"]}, contexto.agora()
    )
    feito = f". {depois}" if depois else "; nada foi alterado. Tente de novo."
    mensagem = f"A ordem não pôde ser cumprida agora (incidente {numero}){feito}"
    _recusar(contexto, linha, "SEP-INCIDENTE", mensagem)
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)


def _recusar(contexto: Contexto, linha: Row, codigo: str, mensagem: str) -> None:
    with contexto.banco.transacao():
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, codigo, mensagem, contexto.quando()
        )
        _mostrar(contexto.banco, linha, contexto.agora())


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
    """Returns what tells an order from every other: what is asked, about what, and whatever else it says.

    Of a file that was given it is the name, not where it is kept: the same file given again is the same order.
    """
    dados = json.loads(linha["dados"]) if linha["dados"] else None
    dito = str(dados["nome"]) if isinstance(dados, dict) and "guardado" in dados else linha["dados"] or ""
    # A name of a file may be no UTF-8.
    resumo = f":{sha256(dito.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}" if dito else ""
    return f"ordem:{linha['pedido']}:{linha['chave']}{resumo}"
