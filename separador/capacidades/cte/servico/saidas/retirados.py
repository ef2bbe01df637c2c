"""Records what follows for a document when it cannot be told whether a file about it was handed on.

The functions of the kinds of output return the order that puts the file out again (Portuguese).
"""

from sqlite3 import Row

from separador.banco import publicacoes
from separador.banco.conexao import Banco
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Situacao

_A_ENVIAR = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value})


def documento(contexto: Contexto, linha: Row, quando: str) -> str:  # noqa: ARG001 -- as every such function is called
    """Lets the document be sent by order, or be dropped again. Its situação stays: nobody knows that it left."""
    a_enviar = linha["situacao"] in _A_ENVIAR
    _sair_da_entrega(contexto, linha["documento_id"], Etapa.PRONTO if a_enviar else Etapa.PUBLICADO)
    if a_enviar:
        return f"envie: separador cte enviar {linha['chave']} (ou solte-o de novo na origem)"
    return f"pergunte à SEFAZ: separador cte consultar {linha['chave']}"


def evento(contexto: Contexto, linha: Row, quando: str) -> str:
    """Lets the event be asked for again. A cancellation is open until it is reversed, because its document waits."""
    registrado = eventos.por_id(contexto.banco, linha["evento_id"])
    if linha["documento_id"] is not None:
        _sair_da_entrega(contexto, linha["documento_id"], Etapa.PUBLICADO)
    if registrado["tp_evento"] == CANCELAMENTO and linha["situacao"] == Situacao.AGUARDANDO_CANCELAMENTO.value:
        return f"estorne e peça de novo: separador cte estornar {registrado['chave']}"
    if registrado["estado"] == eventos.PRONTO:
        eventos.marcar(contexto.banco, registrado["id"], eventos.ESTORNADO, quando)
    return "peça o evento de novo"


def consulta(contexto: Contexto, linha: Row, quando: str) -> str:  # noqa: ARG001 -- as every such function is called
    """Lets the key be asked for again."""
    if linha["documento_id"] is not None:
        _sair_da_entrega(contexto, linha["documento_id"], Etapa.PUBLICADO)
    return f"consulte de novo: separador cte consultar {linha['chave']}" if linha["chave"] else "consulte de novo"


def sem_saber_do_documento(banco: Banco, documento_id: int) -> bool:
    """Says whether the last file of the document was given up before it was known to be visible."""
    return _retirada(publicacoes.ultima(banco, saidas.DOCUMENTO, documento_id=documento_id))


def sem_saber_do_evento(banco: Banco, evento_id: int) -> bool:
    """Says the same of the last file of an event."""
    return _retirada(publicacoes.ultima(banco, saidas.EVENTO, evento_id=evento_id))


def _retirada(publicacao: Row | None) -> bool:
    return publicacao is not None and publicacao["estado"] == publicacoes.RETIRADA


def _sair_da_entrega(contexto: Contexto, documento_id: int, etapa: Etapa) -> None:
    """Takes a document out of the stage in which every order on it waits."""
    doc = documentos.por_id(contexto.banco, documento_id)
    if doc["etapa"] == Etapa.PUBLICANDO.value:
        documentos.definir_etapa(contexto.banco, documento_id, etapa)
