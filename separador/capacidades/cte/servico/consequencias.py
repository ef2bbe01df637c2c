"""Carries out what else an answer causes: a refusal is shown, a call is repeated later, a service is left alone."""

from dataclasses import replace

from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.dominio import retorno as dominio
from separador.capacidades.cte.dominio.retorno import Decisao, Efeito
from separador.capacidades.cte.servico.publicacao import Caso
from separador.capacidades.sefaz.banco import bloqueios
from separador.capacidades.sefaz.dominio import esperas
from separador.capacidades.sefaz.dominio.cstat import REJEICOES, o_que_fazer
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.situacao import Situacao

_S = Situacao
_RECUSADO: dict[Situacao | None, str] = {
    _S.REJEITADO: "Documento rejeitado",
    _S.CANCELAMENTO_REJEITADO: "Cancelamento recusado",
}


def mostrar_recusa(grupo: Grupo, caso: Caso, d: Decisao) -> None:
    """Shows SEFAZ's refusal in the failures view until the document goes again, corrected or not.

    The refusal of a cancellation that was reversed meanwhile is not shown: nobody wants that cancellation any more.
    """
    x, dono = caso.resposta, caso.evento if caso.doc is None else caso.doc
    if dono is None:
        raise LookupError("recusa sem documento nem evento")
    chave = dono["chave"]
    tp_evento = x.tp_evento or (caso.evento["tp_evento"] if caso.evento is not None else dominio.CANCELAMENTO)
    recusado = x.cstat in REJEICOES or (caso.doc is None and not d.juntar)  # where it is ours, the document shows it
    outro_evento = d.efeito is Efeito.REGISTRAR and recusado and tp_evento != dominio.CANCELAMENTO
    if d.para not in _RECUSADO and not outro_evento:
        return
    que = "Evento recusado" if outro_evento else _RECUSADO[d.para]
    motivo = f"{que} pela SEFAZ: {x.cstat} {x.motivo}"
    assunto = f"rejeicao:{chave}:{tp_evento}" if outro_evento else f"rejeicao:{chave}"
    fazer = o_que_fazer(x.cstat) or "Leia o motivo na resposta, corrija no sistema de origem e envie de novo."
    grupo.falhar(Falha(assunto, x.cstat, motivo, fazer, mostrar(bytes(dono["base"])), dono["rota_id"], chave))


_TARDE = "A SEFAZ registrou o cancelamento que foi pedido aqui e depois estornado: o pedido já tinha saído daqui."
_QUE_FAZER = "Avise quem estornou e quem trabalha com a carga: o documento não vale mais. Depois dispense este aviso."


def explicada(grupo: Grupo, falha: Falha | None) -> Falha | None:
    """Returns the failure. After a reversal that came too late, the cancellation at SEFAZ is told as our own order."""
    if falha is None or falha.codigo != "SEP-CANCELADO-NA-SEFAZ" or falha.chave is None:
        return falha
    evento = eventos.ultimo(grupo.banco, falha.chave, dominio.CANCELAMENTO)
    if evento is None or evento["estado"] != eventos.ESTORNADO:
        return falha
    return replace(falha, motivo=_TARDE + falha.motivo[len(descrever(falha.codigo)[0]) :], o_que_fazer=_QUE_FAZER)


def adiar(grupo: Grupo, caso: Caso, d: Decisao) -> None:
    """Plans the next try.

    108, 109, 999: the same bytes after the retry time. 678: nothing to that service for an hour.
    """
    if d.efeito is Efeito.TENTAR_DEPOIS:
        _mais_tarde(grupo, caso)
    elif d.efeito is Efeito.BLOQUEIO:
        ate = texto_de(grupo.agora + esperas.BLOQUEIO_CONSUMO)
        servico = {"autorizacao": bloqueios.ENVIO, "evento": bloqueios.EVENTO}.get(caso.resposta.especie)
        bloqueios.bloquear(grupo.banco, servico or bloqueios.CONSULTA, ate, caso.resposta.motivo)
        grupo.bloqueado_ate = ate


def _mais_tarde(grupo: Grupo, caso: Caso) -> None:
    """Plans each event by itself: a document may have several on their way, and a third party's event has none."""
    if caso.resposta.especie == "evento":
        if caso.evento is not None:
            tentativas = eventos.contar_tentativa(grupo.banco, caso.evento["id"])
            eventos.agendar(grupo.banco, caso.evento["id"], _quando(grupo, tentativas))
        return
    doc = caso.documento
    tentativas = documentos.contar_tentativa(grupo.banco, doc["id"])
    acao = "enviar" if caso.resposta.especie == "autorizacao" else "consultar"
    documentos.agendar(grupo.banco, doc["id"], acao, _quando(grupo, tentativas))


def _quando(grupo: Grupo, tentativas: int) -> str:
    return texto_de(grupo.agora + esperas.reenvio(tentativas, grupo.contexto.relogio.sorteio()))
