"""Into the queue of what goes to SEFAZ over the network (SEFAZ-04, SEFAZ-06, SEFAZ-08).

The one way in for documents, events, consultations and anything else: a row in the group's own transaction. The loop's
`servico.transmissao` takes the rows from there: intent committed, one call, raw answer stored, answer applied. To add a
kind of call of your own, queue it with `enfileirar` (with `pedido`, the whole envelope) and register who reads its
answer in `transmissao_respostas.APLICADORES`.
"""

from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco.fila import NovaTransmissao
from separador.capacidades.sefaz.dominio import decisoes as nucleo
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
"""Service by kind of document (fatos/cte.md 3.2)."""


def pela_rede(contexto: Contexto, rota_id: int) -> bool:
    """Whether what belongs to this route goes to SEFAZ by ourselves, and not by another program's folder."""
    rota = contexto.rota_de_envio(rota_id)
    return rota is not None and rota.transmissao is Transmissao.REDE


def enfileirar_documento(
    grupo: Grupo, documento_id: int, quem: str, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> int:
    """Queue the document's present version for authorisation. An earlier version that still waits is withdrawn.

    The situação changes when the intent is committed, not here (contratos.md).
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
        fila=nucleo.fila_da_chave(doc["chave"]),
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
    """Why these bytes are not to be sent once more: they were refused with the same code too often (678 would be next;
    fatos/cte.md 3.6). None: they may."""
    if not pela_rede(grupo.contexto, doc["rota_id"]) or not doc["cstat"]:
        return None
    vezes = tabela.recusas_iguais(grupo.banco, doc["id"], doc["digest"], doc["cstat"])
    if vezes < nucleo.REPETICOES:
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
    """Queue a registered, signed event. `cnpj`: the author's, whose certificate it goes with (default: the issuer's).

    `autorizador` only where the rule differs from: what authorised the document takes its cancellation, the authoriser
    of normal times every other event (530).
    """
    evento = eventos.por_id(grupo.banco, evento_id)
    doc = documentos.por_id(grupo.banco, evento["documento_id"]) if evento["documento_id"] is not None else None
    chave = evento["chave"]
    normal = evento["tp_evento"] not in nucleo.DA_CONTINGENCIA
    if doc is not None:
        documentos.definir_etapa(grupo.banco, doc["id"], Etapa.PRONTO)
    nova = NovaTransmissao(
        alvo=tabela.EVENTO,
        servico=Servico.EVENTO,
        autorizador=autorizador or enderecos.autorizador(grupo.contexto, chave, normal=normal),
        cnpj=cnpj or (doc["emitente"] if doc is not None else chave[6:20]),
        tp_amb=doc["tp_amb"] if doc is not None else grupo.contexto.config.ambiente.tp_amb,
        fila=nucleo.fila_da_chave(chave),
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
    """Queue a look-up by key. Its answer is applied to the document, if it is ours, like any return.

    `base`: the answer is also published as `<base>-sit.xml`. `de`: the transmission whose outcome it is to find out.
    `em`: not before. The hour's budget of the key is kept, whatever is asked for (G3).
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
        fila=nucleo.fila_da_chave(chave),
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
    """`quando`, or when the hour's budget of the key allows one more look-up (G3)."""
    desde = texto_de(quando - nucleo.HORA)
    feitas = [instante_de(i) for i in tabela.consultas_desde(grupo.banco, chave, desde)]
    return nucleo.cabe_consulta(feitas, quando)
