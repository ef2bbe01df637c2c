"""From a queued row to the call itself: is it still wanted, the envelope, the intent (SEFAZ-04; G1, G6).

The situation changes in the commit of the intent: from then on the document may be on its way.
"""

import hashlib
from datetime import datetime
from sqlite3 import Row

from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.rede.envelope import (
    envelope_consulta,
    envelope_evento,
    envelope_recepcao,
    envelope_status,
)
from separador.capacidades.sefaz.rede.porta import Chamada, Servico
from separador.capacidades.sefaz.servico import enderecos
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Situacao
from separador.nucleo.tipo import Tipo

_TRANSMITEM = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value, Situacao.AGUARDANDO_RETORNO.value})


class SemEnderecoError(Exception):
    """The authoriser does not offer this service."""


class CedoDemaisError(Exception):
    """The key was looked up as often as an hour allows (G3)."""

    def __init__(self, em: datetime) -> None:
        super().__init__()
        self.em = em


def preparar(grupo: Grupo, linha: Row, cnpj: str) -> Chamada | None:
    """The call of a row, with its intent written in the open transaction. None: nobody wants it any more, withdrawn.

    `cnpj`: whose certificate is presented (the company's own, or of its base).
    Raises SemEnderecoError, CedoDemaisError, LookupError.
    """
    if linha["alvo"] == tabela.CONSULTA:
        em = fila.dentro_do_orcamento(grupo, linha["chave"], grupo.agora)
        if em > grupo.agora:
            raise CedoDemaisError(em)
    if not _querida(grupo, linha):
        tabela.retirar(grupo.banco, linha["id"], grupo.quando)
        return None
    url = enderecos.url(grupo.contexto, linha["servico"], linha["autorizador"], linha["tp_amb"])
    if url is None:
        raise SemEnderecoError(f"{linha['autorizador']} não oferece o serviço {linha['servico']}")
    corpo = _envelope(grupo, linha)
    tabela.intencao(grupo.banco, linha["id"], hashlib.sha256(corpo).hexdigest(), grupo.quando)
    _mover(grupo, linha)
    return Chamada(Servico(linha["servico"]), url, corpo, cnpj)


def _querida(grupo: Grupo, linha: Row) -> bool:
    """A document that was decided meanwhile, another version of it, a reversed event: not sent."""
    if linha["alvo"] == tabela.DOCUMENTO:
        doc = documentos.por_id(grupo.banco, linha["documento_id"])
        aberto = doc["situacao"] in _TRANSMITEM and doc["protocolo"] is None
        return aberto and doc["digest"] == linha["digest"]
    if linha["alvo"] == tabela.EVENTO:
        evento = eventos.por_id(grupo.banco, linha["evento_id"])
        return evento["estado"] in (eventos.PRONTO, eventos.PUBLICADO)
    return True


def _envelope(grupo: Grupo, linha: Row) -> bytes:
    """Always from the kept signed bytes: what goes twice is the same twice."""
    if linha["alvo"] == tabela.DOCUMENTO:
        assinado = documentos.assinado(grupo.banco, linha["documento_id"], linha["digest"])
        if assinado is None:
            raise LookupError(f"os bytes assinados de {linha['chave']} não estão no banco")
        doc = documentos.por_id(grupo.banco, linha["documento_id"])
        return envelope_recepcao(Tipo(doc["tipo"]), assinado)
    if linha["alvo"] == tabela.EVENTO:
        return envelope_evento(bytes(eventos.por_id(grupo.banco, linha["evento_id"])["dados"]))
    if linha["alvo"] == tabela.CONSULTA:
        return envelope_consulta(linha["chave"], linha["tp_amb"])
    if linha["alvo"] == tabela.STATUS and linha["pedido"] is None:
        return envelope_status(linha["fila"].split(":")[2], linha["tp_amb"])
    return tabela.pedido(linha)


def _mover(grupo: Grupo, linha: Row) -> None:
    """Document and event are on their way."""
    if linha["alvo"] == tabela.DOCUMENTO:
        documentos.enviado(grupo.banco, linha["documento_id"], grupo.quando, linha["quem"], linha["arquivo_id"])
        documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.ENVIANDO)
    elif linha["alvo"] == tabela.EVENTO:
        eventos.marcar(grupo.banco, linha["evento_id"], eventos.PUBLICADO, grupo.quando)
        if linha["documento_id"] is not None:
            documentos.aguardar_desde(grupo.banco, linha["documento_id"], grupo.quando)
            documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.ENVIANDO)
