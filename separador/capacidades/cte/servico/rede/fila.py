"""Puts documents, events and look-ups by key in the queue to SEFAZ.

Each is a row in the group's own transaction. `sefaz.servico.passo` takes the rows from there: intent committed, one
call, raw answer stored, answer applied. The kinds of these calls are defined in `tipos`.
"""

from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco.fila import NovaTransmissao
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.servico import enderecos
from separador.capacidades.sefaz.servico.fila import enfileirar
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.etapa import Etapa
from separador.nucleo.rota import Transmissao
from separador.nucleo.tipo import Tipo

RECEPCAO = {
    Tipo.CTE: Servico.RECEPCAO_CTE,
    Tipo.CTE_SIMP: Servico.RECEPCAO_SIMP,
    Tipo.CTE_OS: Servico.RECEPCAO_OS,
    Tipo.GTVE: Servico.RECEPCAO_GTVE,
}
"""Kind of document → service that receives it."""


def pela_rede(contexto: Contexto, rota_id: int) -> bool:
    """Says whether what belongs to this route goes to SEFAZ by network, and not by another program's folder."""
    rota = contexto.rota_de_envio(rota_id)
    return rota is not None and rota.transmissao is Transmissao.REDE


def enfileirar_documento(
    grupo: Grupo, documento_id: int, quem: str, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> int:
    """Queues the document's present version for authorisation. An earlier version that still waits is withdrawn.

    The situação changes when the intent is committed, not here. Returns the row's id.
    """
    doc = documentos.por_id(grupo.banco, documento_id)
    tabela.retirar_pendentes(grupo.banco, documento_id, tabela.DOCUMENTO, grupo.quando)
    documentos.definir_etapa(grupo.banco, documento_id, Etapa.PRONTO)
    documentos.agendar(grupo.banco, documento_id, None, None)
    nova = NovaTransmissao(
        alvo=tabela.DOCUMENTO,
        servico=RECEPCAO[Tipo(doc["tipo"])],
        autorizador=enderecos.autorizador(grupo.contexto, doc["chave"]),
        cnpj=doc["emitente"],
        tp_amb=doc["tp_amb"],
        fila=decisoes.fila_da_chave(doc["chave"]),
        quem=quem,
        chave=doc["chave"],
        digest=doc["digest"],
        documento_id=documento_id,
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
        rota_id=doc["rota_id"],
    )
    return enfileirar(grupo, nova)


def repetida(grupo: Grupo, doc: Row) -> str | None:
    """Returns why these bytes must not be sent once more: they were refused too often with the same code.

    SEFAZ would answer 678 next (MOC rule CI01). None: they may be sent.
    """
    if not pela_rede(grupo.contexto, doc["rota_id"]) or not doc["cstat"]:
        return None
    vezes = tabela.recusas_iguais(grupo.banco, doc["id"], doc["digest"], doc["cstat"])
    if vezes < decisoes.REPETICOES:
        return None
    return (
        f"Este mesmo conteúdo já foi recusado {vezes} vezes com o código {doc['cstat']}; enviá-lo outra vez levaria ao"
        " bloqueio por consumo indevido (678). Corrija o documento antes de enviar."
    )


def enfileirar_evento(
    grupo: Grupo,
    evento_id: int,
    quem: str,
    *,
    cnpj: str | None = None,
    autorizador: str | None = None,
    arquivo_id: int | None = None,
    tarefa_id: int | None = None,
) -> int:
    """Queues a registered, signed event. `cnpj`: the author's, whose certificate goes with it (default: the issuer's).

    By default the authoriser of the document takes its cancellation, and the normal authoriser takes every other event
    (530). `autorizador` is given only where this does not hold. Returns the row's id.
    """
    evento = eventos.por_id(grupo.banco, evento_id)
    doc = documentos.por_id(grupo.banco, evento["documento_id"]) if evento["documento_id"] is not None else None
    chave = evento["chave"]
    normal = evento["tp_evento"] not in decisoes.DA_CONTINGENCIA
    if doc is not None:
        documentos.definir_etapa(grupo.banco, doc["id"], Etapa.PRONTO)
    nova = NovaTransmissao(
        alvo=tabela.EVENTO,
        servico=Servico.EVENTO,
        autorizador=autorizador or enderecos.autorizador(grupo.contexto, chave, normal=normal),
        cnpj=cnpj or (doc["emitente"] if doc is not None else chave[6:20]),
        tp_amb=doc["tp_amb"] if doc is not None else grupo.contexto.config.ambiente.tp_amb,
        fila=decisoes.fila_da_chave(chave),
        quem=quem,
        chave=chave,
        digest=evento["digest"],
        documento_id=evento["documento_id"],
        evento_id=evento_id,
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
        rota_id=evento["rota_id"],
    )
    return enfileirar(grupo, nova)


def enfileirar_consulta(
    grupo: Grupo,
    chave: str,
    quem: str,
    *,
    cnpj: str | None = None,
    base: bytes | None = None,
    rota_id: int | None = None,
    de: Row | None = None,
    em: datetime | None = None,
    arquivo_id: int | None = None,
    tarefa_id: int | None = None,
) -> int:
    """Queues a look-up by key. Its answer is applied to the document, if it is ours, like any return.

    `base`: the answer is also published as `<base>-sit.xml`. `de`: the transmission whose outcome it is to find out.
    `em`: it does not go earlier. The hour's budget of the key is kept in any case. Returns the row's id.
    """
    doc = documentos.por_chave(grupo.banco, chave)
    quando = dentro_do_orcamento(grupo, chave, em or grupo.agora)
    dono = de["cnpj"] if de is not None else doc["emitente"] if doc is not None else chave[6:20]
    rota = doc["rota_id"] if doc is not None else None
    nova = NovaTransmissao(
        alvo=tabela.CONSULTA,
        servico=Servico.CONSULTA,
        autorizador=de["autorizador"] if de is not None else enderecos.autorizador(grupo.contexto, chave),
        cnpj=cnpj or dono,
        tp_amb=doc["tp_amb"] if doc is not None else grupo.contexto.config.ambiente.tp_amb,
        fila=decisoes.fila_da_chave(chave),
        quem=quem,
        chave=chave,
        documento_id=doc["id"] if doc is not None else None,
        evento_id=de["evento_id"] if de is not None else None,
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
        rota_id=rota_id or rota,
        de_id=de["id"] if de is not None else None,
        base=base,
        proxima_em=texto_de(quando) if quando > grupo.agora else None,
    )
    return enfileirar(grupo, nova)


def dentro_do_orcamento(grupo: Grupo, chave: str, quando: datetime) -> datetime:
    """Returns the instant, `quando` or later, at which the hour's budget of the key allows one more look-up."""
    desde = texto_de(quando - decisoes.HORA)
    feitas = [instante_de(i) for i in tabela.consultas_desde(grupo.banco, chave, desde)]
    return decisoes.cabe_consulta(feitas, quando)
