"""Applies return files to the documents they belong to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.documentos import Mudanca
from separador.capacidades.cte.dominio import retorno as dominio
from separador.capacidades.cte.dominio.falhas_encerradas import remedio
from separador.capacidades.cte.dominio.retorno import Decisao, Efeito
from separador.capacidades.cte.servico import consequencias, partes_do_retorno, publicacao, vinculo
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.procedencia import Ligacao, Procedencia
from separador.fiscal.retornos import ErroTransmissor, Resposta, Retorno
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho, Etapa
from separador.nucleo.falha import Falha
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.situacao import Causa, Situacao
from separador.nucleo.tipo import Tipo

_S = Situacao
_ESPERAM = frozenset({_S.AGUARDANDO_RETORNO.value, _S.AGUARDANDO_CANCELAMENTO.value})


@dataclass(frozen=True, slots=True)
class Passo:
    """The result of one answer of the file."""

    efeito: Efeito
    falha: Falha | None = None
    publicou: bool = False


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `cte-retorno`."""
    c = parecer.conteudo
    if isinstance(c, Retorno):
        receber(grupo, item, parecer, c)
    elif isinstance(c, ErroTransmissor):
        do_transmissor(grupo, item, c, parecer.dados)
    elif isinstance(c, Recusa):
        ilegivel(grupo, item, c)
    else:
        raise TypeError(f"a regra {item.rota.regra} não decide {type(c).__name__}")


def ilegivel(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Keeps and raises a return that cannot be read. It is never dropped."""
    erro = r.erros[0]
    motivo = f"O retorno não pôde ser lido: {erro.mensagem}"
    fazer = "Peça o retorno de novo ao transmissor, ou consulte a chave; o original está em quarentena."
    grupo.falhar(Falha(item.assunto, erro.codigo, motivo, fazer, mostrar(item.nome), item.rota_id, r.chave))
    grupo.terminar(item, Desfecho.QUARENTENA, codigo=erro.codigo, motivo=motivo, chave=r.chave)


def do_transmissor(grupo: Grupo, item: Item, e: ErroTransmissor, dados: bytes) -> None:
    """Shows a `.err` of the transmitter beside the document. It decides nothing."""
    pedida = recebida.pedida(grupo, item.nome)
    if pedida is not None:
        recebida.devolver(grupo, item, pedida, dados)
        grupo.terminar(item, Desfecho.APLICADO, codigo=e.codigo, motivo=e.mensagem[:500])
        return
    achado = vinculo.pelo_nome(grupo.banco, item.nome)
    if achado is None:
        grupo.reter(item, "nada", None, grupo.falha_do(item, "SEP-RET-SEM-CHAVE", detalhe=e.mensagem[:300]))
        return
    chave = achado.chave
    grupo.sobre(item, chave)
    detalhe = f"{e.codigo}: {e.mensagem}" if e.codigo else e.mensagem
    grupo.falhar(grupo.falha_da_chave(chave, "SEP-RET-TRANSMISSOR", detalhe=detalhe[:500]))
    grupo.terminar(item, Desfecho.APLICADO, codigo=e.codigo, motivo=detalhe[:500], chave=chave)


def receber(grupo: Grupo, item: Item, parecer: Parecer, r: Retorno) -> None:
    """Applies a readable return: every answer in it, in order."""
    r, apartadas = partes_do_retorno.separar(grupo.banco, r)
    defeito = next((x for x in apartadas if x.defeito is not None), None)
    if defeito is not None and defeito.defeito is not None and r.tipo is not Tipo.RET_CONSULTA:
        ilegivel(grupo, item, Recusa((defeito.defeito,), defeito.chave))
        return
    for x in apartadas:
        partes_do_retorno.apartar(grupo, item, x)
    notas = json.dumps([f"lido assim mesmo: {n}" for n in r.notas], ensure_ascii=False) if r.notas else None
    if _a_quem_perguntou(grupo, item, parecer, r):
        return
    chave = next((x.chave for x in r.respostas if x.chave), None)
    if chave is not None:
        grupo.sobre(item, chave, notas)
        # An answer without chave ("paralisado") may be the same bytes for two documents: then only the file's name
        # tells.
        primeiro = documentos.primeiro_retorno(grupo.banco, parecer.sha256, item.arquivo_id)
        if primeiro is not None:
            motivo = f"retorno igual ao do arquivo {primeiro}"
            grupo.terminar(item, Desfecho.DUPLICADO, motivo=motivo, duplicado_de=primeiro, chave=chave)
            return
    if r.respostas[0].especie == "status":
        publicacao.publicar_status(grupo, item, r.legivel or parecer.dados)
        grupo.terminar(item, Desfecho.APLICADO)
        return
    achados = [vinculo.achar(grupo.banco, item.nome, x) for x in r.respostas]
    # For a third party's document, only the answers to events that we asked for are applied.
    if None in achados and not any(a is not None and a.doc is None for a in achados):
        falta = (x.chave for x, achado in zip(r.respostas, achados, strict=True) if achado is None)
        _reter_orfao(grupo, item, next((c for c in falta if c is not None), chave))
        return
    nossas = [x for x in partes_do_retorno.fundidas(r) if vinculo.achar(grupo.banco, item.nome, x) is not None]
    passos = [_uma(grupo, item, parecer, r, x) for x in nossas]
    _concluir(grupo, item, passos, chave or vinculo.exigir(grupo.banco, item.nome, r.respostas[0]).chave)


def _a_quem_perguntou(grupo: Grupo, item: Item, parecer: Parecer, r: Retorno) -> bool:
    """Hands the transmitter's answer to a query file to whoever asked, and applies it where it is about ours.

    Returns False when the file is not such an answer.
    """
    pedida = recebida.pedida(grupo, item.nome) if r.respostas[0].especie != "evento" else None
    if pedida is None or r.tipo not in (Tipo.RET_CONSULTA, Tipo.RET_STATUS):
        return False
    recebida.devolver(grupo, item, pedida, r.legivel or parecer.dados)
    chave = next((x.chave for x in r.respostas if x.chave), None)
    if r.tipo is Tipo.RET_CONSULTA:
        achado = vinculo.achar(grupo.banco, item.nome, r.respostas[0])
        chave = chave or (achado.chave if achado is not None else None)
        if chave is not None:
            ligacao = Ligacao(chave, item.quem, item.reserva, arquivo_id=item.arquivo_id)
            da_rede(grupo, ligacao, parecer, replace(r, respostas=tuple(_com_chave(x, chave) for x in r.respostas)))
    grupo.terminar(item, Desfecho.APLICADO, chave=chave)
    return True


def _com_chave(x: Resposta, chave: str) -> Resposta:
    """Returns the answer with its key. A refusal of a consultation names no key, but the name of its file does."""
    return replace(x, chave=x.chave or chave)


def da_rede(grupo: Grupo, ligacao: Procedencia, parecer: Parecer, r: Retorno) -> list[Passo]:
    """Applies the answer to a call of our own. There is no file that could be held or have an outcome.

    Every answer in it is about a document or event of ours, or is passed over (other authors' events of a key that is
    unknown here).
    """
    r, apartadas = partes_do_retorno.separar(grupo.banco, r)
    for x in apartadas:
        partes_do_retorno.apartar(grupo, ligacao, x)
    nossas = [x for x in partes_do_retorno.fundidas(r) if vinculo.achar(grupo.banco, ligacao.nome, x) is not None]
    passos = [_uma(grupo, ligacao, parecer, r, x) for x in nossas]
    for passo in passos:
        if passo.efeito is Efeito.RETER and passo.falha is not None:
            grupo.falhar(passo.falha)
    return passos


def _reter_orfao(grupo: Grupo, item: Item, chave: str | None) -> None:
    if chave is None:
        grupo.reter(item, "nada", None, grupo.falha_do(item, "SEP-RET-SEM-CHAVE"))
        return
    grupo.reter(item, f"documento:{chave}", None, grupo.falha_do(item, "SEP-RET-ORFAO", chave=chave))


def _concluir(grupo: Grupo, item: Item, passos: Sequence[Passo], chave: str) -> None:
    """Ends the file with one outcome, made from the results of its answers.

    An incident sends the whole file to quarantine. A held answer holds the file only when it is the only answer.
    """
    incidente = next((p for p in passos if p.efeito is Efeito.INCIDENTE), None)
    retido = next((p for p in passos if p.efeito is Efeito.RETER), None)
    if retido is not None and retido.falha is not None and len(passos) > 1:
        grupo.falhar(retido.falha)  # the file goes on for its other answers; this one is shown all the same
    if retido is not None and retido.falha is not None and len(passos) == 1:
        grupo.reter(item, "nada", None, replace(retido.falha, assunto=item.assunto, arquivo=mostrar(item.nome)))
    elif incidente is not None and incidente.falha is not None:
        f = incidente.falha
        grupo.terminar(item, Desfecho.QUARENTENA, codigo=f.codigo, motivo=f.motivo, chave=chave)
    elif all(p.efeito is Efeito.REPETIDO and not p.publicou for p in passos):
        grupo.terminar(item, Desfecho.DUPLICADO, motivo="retorno repetido: nada mudou", chave=chave)
    else:
        grupo.terminar(item, Desfecho.APLICADO, chave=chave)


def _uma(grupo: Grupo, item: Procedencia, parecer: Parecer, r: Retorno, x: Resposta) -> Passo:
    nosso = vinculo.separar_alheio(grupo, x)
    if nosso is not None:
        publicacao.recusar_alheio(grupo, item, nosso)
    achado = vinculo.exigir(grupo.banco, item.nome, x)
    if x.especie == "evento":
        achado = vinculo.com_evento(grupo, achado, x)
    if achado.doc is None:
        return _evento_sem_documento(grupo, item, parecer, r, x, achado)
    tp_evento = x.tp_evento or (achado.evento["tp_evento"] if achado.evento is not None else None)
    fatos = documentos.fatos(grupo.banco, achado.doc)
    resposta = dominio.Resposta(x.especie, x.cstat, x.tp_amb or None, x.protocolo, x.digest, tp_evento)
    return _carregar(
        grupo, publicacao.Caso(item, parecer, r, x, achado.doc, achado.evento), dominio.decidir(fatos, resposta)
    )


def _evento_sem_documento(
    grupo: Grupo, item: Procedencia, parecer: Parecer, r: Retorno, x: Resposta, achado: vinculo.Achado
) -> Passo:
    """Applies the return of an event whose document is unknown here. The event had passed with a warning."""
    if achado.evento is None:
        raise LookupError("retorno de evento sem evento nem documento")
    caso = publicacao.Caso(item, parecer, r, x, None, achado.evento)
    d = dominio.decidir_avulso(
        dominio.Resposta(x.especie, x.cstat, x.tp_amb or None, x.protocolo, x.digest, x.tp_evento)
    )
    falha = _falha(grupo, d, x, achado.chave, achado.evento["rota_id"])
    if d.efeito is not Efeito.REGISTRAR:
        if falha is not None:
            grupo.falhar(falha)
        consequencias.adiar(grupo, caso, d)
        return Passo(d.efeito, falha)
    encerrar_por(grupo, achado.chave, remedio(d), tp_evento=achado.evento["tp_evento"])
    if achado.evento["estado"] == eventos.ACEITO:
        return Passo(Efeito.REPETIDO)
    _marcar_evento(grupo, achado.evento, x, d.juntar)
    if not d.juntar:
        consequencias.mostrar_recusa(grupo, caso, d)
    publicacao.publicar_evento(grupo, caso, juntar=d.juntar)
    return Passo(d.efeito, publicou=True)


def _carregar(grupo: Grupo, caso: publicacao.Caso, d: Decisao) -> Passo:
    """Carries out one decision."""
    doc, x = caso.documento, caso.resposta
    chave = doc["chave"]
    if d.terminal:
        tp_evento = x.tp_evento or (caso.evento["tp_evento"] if caso.evento is not None else dominio.CANCELAMENTO)
        encerrar_por(grupo, chave, remedio(d), tp_evento=tp_evento, espera=doc["situacao"] in _ESPERAM)
    falha = consequencias.explicada(grupo, _falha(grupo, d, x, chave, doc["rota_id"]))
    if falha is not None and d.efeito is not Efeito.RETER:
        grupo.falhar(falha)
    if d.efeito in (Efeito.APLICAR, Efeito.REGISTRAR):
        _escrever(grupo, caso, d)
        consequencias.mostrar_recusa(grupo, caso, d)
        if x.especie == "evento" and x.cstat in dominio.PEDEM_CONSULTA and d.para is None:
            documentos.agendar(grupo.banco, doc["id"], "consultar", grupo.quando)
        return Passo(d.efeito, falha, publicacao.publicar(grupo, caso, d))
    if d.efeito is Efeito.REPETIDO:
        if x.digest and grupo.havia_falhas:
            motivo = "o protocolo completo chegou"
            falhas.encerrar(grupo.banco, f"doc:{chave}", grupo.quando, motivo, "SEP-RET-SEM-DIGEST")
        return Passo(d.efeito, falha, publicacao.publicar_repetido(grupo, caso, d))
    if d.efeito not in (Efeito.RETER, Efeito.INCIDENTE):
        documentos.anotar_resposta(grupo.banco, doc["id"], x.cstat, x.motivo, d.marca)
        consequencias.adiar(grupo, caso, d)
        publicou = x.especie == "consulta" and publicacao.publicar_consulta(grupo, caso)
        return Passo(d.efeito, falha, publicou)
    return Passo(d.efeito, falha)


def _falha(grupo: Grupo, d: Decisao, x: Resposta, chave: str, rota: int) -> Falha | None:
    if d.falha is None:
        return None
    return grupo.falha_da_chave(chave, d.falha, detalhe=f"Resposta {x.cstat}: {x.motivo}", rota=rota)


def _escrever(grupo: Grupo, caso: publicacao.Caso, d: Decisao) -> None:
    doc, x, item = caso.documento, caso.resposta, caso.item
    if x.especie == "evento" and caso.evento is not None:
        aceito = d.juntar or d.para is _S.CANCELADO
        _marcar_evento(grupo, caso.evento, x, aceito)
    if d.para is not None and d.causa is not None:
        mudanca = Mudanca(
            d.causa,
            d.para,
            grupo.quando,
            item.quem,
            item.arquivo_id or None,
            Etapa.CONCLUIDO if d.para is not _S.REJEITADO else Etapa.RESPONDIDO,
            cstat=x.cstat,
            motivo=x.motivo,
            protocolo=x.protocolo,
        )
        documentos.transitar(grupo.banco, doc, mudanca)
        documentos.agendar(grupo.banco, doc["id"], None, None)
    if d.marca is not None:
        documentos.anotar_resposta(grupo.banco, doc["id"], x.cstat, x.motivo, d.marca)
    if x.especie != "evento" and x.protocolo and d.causa is not Causa.RETORNO_REJEITADO:
        em = _instante(x.quando, doc["chave"][:2])
        documentos.autorizar(grupo.banco, doc["id"], x.protocolo, em, x.digest or doc["digest"])


def _marcar_evento(grupo: Grupo, evento: Row, x: Resposta, aceito: bool) -> None:
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, f"evento:{evento['id']}", grupo.quando, "o evento foi respondido")
    estado = eventos.ACEITO if aceito else eventos.RECUSADO
    eventos.marcar(
        grupo.banco, evento["id"], estado, grupo.quando, cstat=x.cstat, motivo=x.motivo, protocolo=x.protocolo
    )


def _instante(texto: str | None, uf: str) -> str | None:
    """Returns dhRecbto as stored. A time without offset (old authorisers send it) is in the state's legal time."""
    if texto is None:
        return None
    try:
        quando = datetime.fromisoformat(texto)
    except ValueError:
        return None
    return texto_de(quando if quando.tzinfo else quando.replace(tzinfo=fuso_da_uf(uf)))
