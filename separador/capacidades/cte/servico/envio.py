"""Decides on exports and events of the rule cte-envio, after the workers prepared them."""

import json
from datetime import timedelta
from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos
from separador.banco.conexao import texto_de
from separador.capacidades.certificados.servico.por_que_nao_assina import dizer_vencido
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.documentos import Mudanca, NovoDocumento
from separador.capacidades.cte.dominio.colunas import colunas
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.dominio.pedido import sucessor
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico import cancelamento
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.encaminhamento import Remetido, encaminhar
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.evento import registro
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.capacidades.cte.servico.rede.numero_tomado import numero_dado, numero_tomado
from separador.capacidades.cte.servico.saidas.retirados import sem_saber_do_documento
from separador.capacidades.sefaz.banco import bloqueios, fila
from separador.fiscal.consultas import ConsultaLida
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import Preparado, SemCertificado
from separador.fiscal.resumo import Resumo, ResumoEvento
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.recusas import texto_do_err
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Erro, Recusa, sobre_evento
from separador.nucleo.etapa import Desfecho, Etapa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import Nome, evento_assinado, recusa
from separador.nucleo.situacao import Causa, Situacao

_S = Situacao
ESPERA_CERTIFICADO = timedelta(minutes=10)
"""Time until a document looks for its certificate again.

An installed certificate wakes the documents at once. This time only covers one that becomes valid by the clock.
"""


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `cte-envio`: an export, or a query that was dropped among them."""
    c = parecer.conteudo
    if isinstance(c, Preparado):
        receber(grupo, item, parecer, c)
    elif isinstance(c, SemCertificado):
        esperar_certificado(grupo, item, c)
    elif isinstance(c, ConsultaLida):
        recebida.receber(grupo, item, c)
    else:
        raise TypeError(f"a regra {item.rota.regra} não decide {type(c).__name__}")


def receber(grupo: Grupo, item: Item, parecer: Parecer, p: Preparado) -> None:
    """Takes a good export or event."""
    notas = json.dumps(list(p.notas_normalizacao), ensure_ascii=False) if p.notas_normalizacao else None
    grupo.sobre(item, p.chave, notas)
    if isinstance(p.resumo, ResumoEvento):
        _evento(grupo, item, parecer, p, p.resumo)
    else:
        _documento(grupo, item, parecer, p, p.resumo)


def esperar_certificado(grupo: Grupo, item: Item, s: SemCertificado) -> None:
    """Holds a document of a configured company that nobody here can sign now. Refuses the document of another."""
    if not any(e.cnpj[:8] == s.cnpj[:8] for e in grupo.contexto.config.empresas):
        grupo.recusar(item, Recusa((_empresa_desconhecida(s.cnpj),), s.chave or None, s.sobre))
        return
    grupo.sobre(item, s.chave)
    falha = grupo.falha_do(item, "SEP-SEM-CERTIFICADO", detalhe=f"CNPJ {s.cnpj}.", chave=s.chave)
    falha = dizer_vencido(grupo.contexto, s.cnpj, falha)
    vem = s.cnpj[:8] in grupo.contexto.certificados_por_abrir
    proxima_em = texto_de(grupo.agora + ESPERA_CERTIFICADO)
    grupo.reter(item, f"certificado:{s.cnpj[:8]}", proxima_em, falha, mostrar=not vem)


def _empresa_desconhecida(cnpj: str) -> Erro:
    return Erro(
        "SEP-EMPRESA",
        "SEP",
        f"O emitente {cnpj} não está em `empresas` na configuração.",
        "Inclua a empresa e instale o certificado dela (separador certificado instalar), ou corrija o emitente.",
        tag="CNPJ",
    )


def _documento(grupo: Grupo, item: Item, parecer: Parecer, p: Preparado, r: Resumo) -> None:
    existente = documentos.por_chave(grupo.banco, p.chave)
    if (tomado := numero_tomado(grupo, item.rota_id, p.chave, r)) is not None:
        grupo.recusar(item, Recusa((tomado,), p.chave))
        return
    novo = NovoDocumento(
        chave=p.chave,
        tipo=p.tipo.value,
        modelo=r.modelo,
        serie=r.serie,
        numero=r.numero,
        emitente=r.emitente,
        tp_amb=r.tp_amb,
        digest=p.digest,
        carga=None,
        rota_id=item.rota_id,
        base=item.base,
        arquivo_id=item.arquivo_id,
        colunas=colunas(dh_emi=r.dh_emi, tomador=r.tomador, fim=r.fim, valor=r.valor),
    )
    if existente is None:
        documento_id = documentos.inserir(grupo.banco, novo, parecer.comprimido, grupo.quando, _quem(item))
        if grupo.havia_retidos:
            arquivos.soltar_retidos(grupo.banco, f"documento:{p.chave}", grupo.quando)
        _entregar(grupo, item, parecer, p, documento_id)
        return
    _conhecido(grupo, item, parecer, p, existente, novo)


def _conhecido(grupo: Grupo, item: Item, parecer: Parecer, p: Preparado, doc: Row, novo: NovoDocumento) -> None:
    """Decides on a key that was seen before. Its content decides, because repeating is harmful."""
    if outra := sucessor(doc["marca"]):
        grupo.recusar(item, Recusa((numero_dado(doc["numero"], doc["serie"], outra),), p.chave))
        return
    situacao, igual = _S(doc["situacao"]), doc["digest"] == p.digest
    if doc["etapa"] == Etapa.PUBLICANDO and situacao in (_S.NAO_ENVIADO, _S.REJEITADO):
        situacao = _S.AGUARDANDO_RETORNO  # it is being handed on, in this group or as soon as the folder works again
    if situacao is _S.REJEITADO and igual and fila.abertas_do_documento(grupo.banco, doc["id"], fila.DOCUMENTO):
        situacao = _S.AGUARDANDO_RETORNO  # the same bytes are in the queue already
    sem_saber = situacao is _S.NAO_ENVIADO and sem_saber_do_documento(grupo.banco, doc["id"])  # goes when dropped again
    if situacao is _S.REJEITADO or sem_saber or (situacao is _S.NAO_ENVIADO and not igual):
        if not igual:
            causa = Causa.CORRECAO if situacao is _S.REJEITADO else Causa.SUBSTITUICAO
            documentos.trocar_versao(grupo.banco, doc["id"], novo, parecer.comprimido, grupo.quando)
            mudanca = Mudanca(causa, _S.NAO_ENVIADO, grupo.quando, _quem(item), item.arquivo_id)
            documentos.transitar(grupo.banco, doc, mudanca)
        else:
            repetida = fila_da_rede.repetida(grupo, doc)
            if repetida is not None:
                grupo.recusar(item, Recusa((_recusado_demais(repetida),), p.chave))
                return
            documentos.renomear_base(grupo.banco, doc["id"], novo.base, item.rota_id, item.arquivo_id)
        _entregar(grupo, item, parecer, p, doc["id"])
    elif situacao is _S.CANCELAMENTO_REJEITADO and igual:
        documentos.renomear_base(grupo.banco, doc["id"], novo.base, item.rota_id, item.arquivo_id)
        cancelamento.pedir_autorizacao(grupo, doc, _quem(item), arquivo_id=item.arquivo_id)
        encerrar_por(grupo, p.chave, Remedio.ENTREGUE)
        grupo.terminar(item, Desfecho.ENTREGUE, chave=p.chave)
    elif igual:
        agora = "a caminho do transmissor" if situacao.value != doc["situacao"] else situacao
        duplicado(grupo, item, p.chave, doc, f"O documento já está aqui, {agora}.")
    else:
        _outro_conteudo(grupo, item, p.chave, situacao)


def _recusado_demais(mensagem: str) -> Erro:
    fazer = "Leia o motivo da última recusa (separador cte ver CHAVE) e exporte o documento corrigido."
    return Erro("SEP-RECUSADO-DEMAIS", "SEP", mensagem, fazer, tag="infCte")


def _entregar(grupo: Grupo, item: Item, parecer: Parecer, p: Preparado, documento_id: int) -> None:
    """Hands the signed document on, and ends the file."""

    def saida(nome: Nome) -> Saida:
        return _saida(item, parecer, saidas.DOCUMENTO, nome, documento_id=documento_id)

    onde = Remetido(documento_id, p.chave, item.base, item.rota, item.rota.envio, _quem(item), item.arquivo_id)
    grupo.terminar(item, Desfecho.ENTREGUE, motivo=encaminhar(grupo, onde, saida), chave=p.chave)


def _saida(
    item: Item,
    parecer: Parecer,
    tipo: str,
    nome: Nome,
    *,
    documento_id: int | None = None,
    evento_id: int | None = None,
) -> Saida:
    """Returns the output that a worker staged, or the same bytes once more where it staged nothing."""
    encenado = parecer.saida_sha256 is not None and item.pasta == item.rota.destino
    return Saida(
        tipo,
        item.rota.destino,
        nome,
        dados=None if encenado else com_declaracao(parecer.assinado),
        provisorio=item.provisorio if encenado else b"",
        sha256=parecer.saida_sha256 or "",
        arquivo_id=item.arquivo_id,
        documento_id=documento_id,
        evento_id=evento_id,
    )


def _outro_conteudo(grupo: Grupo, item: Item, chave: str, situacao: Situacao) -> None:
    erro = Erro(
        "SEP-CHAVE-OUTRO-CONTEUDO",
        "SEP",
        f"Já existe um documento com a chave {chave}, com outro conteúdo, {situacao}.",
        "Use outro número para o documento corrigido; se o retorno do primeiro ainda não veio, espere por ele.",
        tag="infCte",
    )
    grupo.recusar(item, Recusa((erro,), chave))


def duplicado(grupo: Grupo, item: Item, chave: str, primeiro: Row, porque: str) -> None:
    """Ends a repeated document or event as a duplicate that points to the first.

    Under the same base the answer to the first serves both, and only the `.json` says that the file was seen. Under
    another base somebody waits for an answer of that name, so there is a `.err` too.
    """
    original = arquivos.nome_de(grupo.banco, primeiro["arquivo_id"])
    onde = f" O primeiro chegou como {mostrar(original)}." if original else ""
    protocolo = f" Protocolo {primeiro['protocolo']}." if primeiro["protocolo"] else ""
    erro = Erro(
        "SEP-DUPLICADO",
        "SEP",
        f"Arquivo repetido: {porque}{protocolo}{onde}",
        f"Nada a fazer. Para ver o primeiro: separador rastrear {chave}.",
    )
    r = Recusa((erro,), chave)
    base = item.base
    texto = texto_do_err(r) if base != bytes(primeiro["base"]) else None
    nome = recusa(item.nome, erro.codigo, uninfe=grupo.contexto.uninfe)
    grupo.responder_erro(item, _pasta_de_resposta(grupo, item), r, texto, nome_err=nome)
    grupo.terminar(
        item,
        Desfecho.DUPLICADO,
        codigo=erro.codigo,
        motivo=erro.mensagem,
        duplicado_de=primeiro["arquivo_id"],
        chave=chave,
    )


def _pasta_de_resposta(grupo: Grupo, item: Item) -> Path:
    return grupo.contexto.retorno_da_rota(item.rota_id, item.rota.destino)


def _evento(grupo: Grupo, item: Item, parecer: Parecer, p: Preparado, r: ResumoEvento) -> None:
    """Takes an event file. 110111 asks for the cancellation; other events change no situação."""
    ate = bloqueios.vigente(grupo.banco, bloqueios.EVENTO, grupo.quando)
    if ate is not None and not fila_da_rede.pela_rede(
        grupo.contexto, item.rota_id
    ):  # 678: nothing goes to that service for an hour
        grupo.reter(item, "bloqueio", ate, grupo.falha_do(item, "SEP-CONSUMO-INDEVIDO", chave=r.chave))
        return
    vigente = eventos.vigente(grupo.banco, r.chave, r.tp_evento, r.n_seq)
    if vigente is not None:
        duplicado(grupo, item, r.chave, vigente, f"o evento {r.tp_evento} nº {r.n_seq} já está aqui.")
        return
    doc = documentos.por_chave(grupo.banco, r.chave)
    if r.tp_evento == CANCELAMENTO and doc is not None:
        negativa = cancelamento.recusado(grupo, doc, r.x_just or "")
        if negativa is not None:
            grupo.recusar(item, Recusa((negativa,), r.chave, sobre_evento(r.tp_evento)))
            return
    recusa_do_evento = registro.recusas_do_arquivo(grupo, r, parecer.assinado)
    if recusa_do_evento is not None:
        grupo.recusar(item, recusa_do_evento)
        return
    if doc is None:
        grupo.anotar(item, "aviso", chave=r.chave, motivo="evento de documento que o separador não conhece")
    novo = eventos.NovoEvento(
        chave=r.chave,
        tp_evento=r.tp_evento,
        n_seq=r.n_seq,
        digest=p.digest,
        dados=parecer.assinado,
        documento_id=doc["id"] if doc is not None else None,
        rota_id=item.rota_id,
        base=item.base,
        arquivo_id=item.arquivo_id,
    )
    evento_id = eventos.inserir(grupo.banco, novo, grupo.quando)
    registro.foi_de_novo(grupo, r.chave, r.tp_evento)
    if r.tp_evento == CANCELAMENTO and doc is not None:
        cancelamento.pedir(grupo, doc, _quem(item), item.arquivo_id)
    if fila_da_rede.pela_rede(grupo.contexto, item.rota_id):
        fila_da_rede.enfileirar_evento(grupo, evento_id, _quem(item), cnpj=r.autor, arquivo_id=item.arquivo_id)
        grupo.terminar(item, Desfecho.ENTREGUE, motivo="na fila de transmissão", chave=r.chave)
        return
    nome = evento_assinado(r.chave, r.tp_evento, r.n_seq)
    documento_id = doc["id"] if doc is not None else None
    grupo.publicar(_saida(item, parecer, saidas.EVENTO, nome, documento_id=documento_id, evento_id=evento_id))
    grupo.terminar(item, Desfecho.ENTREGUE, chave=r.chave)


def _quem(item: Item) -> str:
    return f"arquivo:{mostrar(item.nome)}"
