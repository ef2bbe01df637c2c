"""Reads and applies the answers of calls of our own.

Everything here runs inside the group's transaction, after the raw answer was committed. `retornos` decides the meaning
of an answer for the document, for files too. This module only decides whether the answer goes there.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.arquivos.leitura import entender_resposta
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.servico import partes_do_retorno, retornos
from separador.capacidades.cte.servico.consulta import recebida
from separador.capacidades.cte.servico.procedencia import Ligacao
from separador.capacidades.cte.servico.rede import fila, sem_desfecho, sem_resposta
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.dominio import cstat as c
from separador.capacidades.sefaz.dominio import decisoes, esperas
from separador.capacidades.sefaz.dominio.decisoes import Rumo
from separador.capacidades.sefaz.servico import paradas
from separador.capacidades.sefaz.servico.conteudo import conteudo
from separador.fiscal.retornos import Resposta, Retorno
from separador.motor.desfecho.grupo import Grupo
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Etapa
from separador.nucleo.falha import Falha
from separador.nucleo.situacao import Situacao
from separador.nucleo.tipo import FAMILIAS, Tipo

_DECIDIDAS = frozenset({Situacao.AUTORIZADO.value, Situacao.CANCELADO.value})


def aplicar(grupo: Grupo, linha: Row) -> None:
    """Carries one stored answer to its end. The row leaves the state `respondida` in any case."""
    xml = conteudo(linha)
    parecer = entender_resposta(xml)
    lido = _esperada(grupo, linha, parecer)
    if isinstance(lido, str):
        _ilegivel(grupo, linha, lido)
        return
    decide = _que_decide(lido)
    grupo.linhas.append(
        {"event": "resposta da SEFAZ", "acao": "transmissão", "chave": linha["chave"], "servico": linha["servico"],
         "cstat": decide.cstat, "motivo": decide.motivo, "duracao_ms": round(linha["duracao_ms"] or 0)}
    )  # fmt: skip
    if grupo.havia_falhas and linha["alvo"] in (tabela.CONSULTA, tabela.STATUS):
        sem_resposta.respondida(grupo, linha)
    rumo = decisoes.rumo(linha["alvo"], decide.cstat)
    _atender(grupo, linha, rumo)
    _RUMOS[rumo](grupo, linha, parecer, lido, decide)
    recebida.publicar(grupo, linha)


def _atender(grupo: Grupo, linha: Row, rumo: Rumo) -> None:
    """Notes what the answer proves: the authoriser works, the service blocks no more, the certificate is accepted."""
    if rumo is not Rumo.PARADA:
        paradas.voltou(grupo, linha["autorizador"], linha["tp_amb"])
    if rumo is not Rumo.CONSUMO:
        paradas.servico_voltou(grupo, linha["cnpj"], linha["servico"])
    if rumo is not Rumo.CERTIFICADO:
        paradas.certificado_voltou(grupo, linha["cnpj"], linha["autorizador"])
    if rumo is Rumo.APLICAR and linha["chave"] is not None and grupo.havia_falhas:
        assunto, por = f"doc:{linha['chave']}", "a SEFAZ respondeu"
        falhas.encerrar(grupo.banco, assunto, grupo.quando, por, "SEP-SEFAZ-PARADA")


def _que_decide(lido: Retorno) -> Resposta:
    """Returns the answer to the question. For a consultation it is its own answer, not the protocol's or an event's."""
    return next((x for x in lido.respostas if x.especie in ("consulta", "status")), lido.respostas[0])


# --- is it the answer to this call? -----------------------------------------------------------------------------


def _esperada(grupo: Grupo, linha: Row, parecer: Parecer) -> Retorno | str:
    """Returns the answer, completed with what the call knew, or why it cannot be the answer to this call."""
    lido = parecer.conteudo
    if isinstance(lido, Recusa):
        return lido.erros[0].mensagem
    if not isinstance(lido, Retorno):
        return "a resposta não é um retorno"
    if lido.tipo is not _tipo_esperado(grupo, linha):
        return f"a resposta é um <{lido.tipo}>, que este serviço não dá"
    if linha["alvo"] == tabela.STATUS:
        return lido
    estranha = next((x.chave for x in lido.respostas if x.chave is not None and x.chave != linha["chave"]), None)
    if estranha is not None:
        return f"a resposta é de outra chave ({estranha})"
    return replace(lido, respostas=tuple(_completa(grupo, linha, x) for x in lido.respostas))


def _tipo_esperado(grupo: Grupo, linha: Row) -> Tipo:
    if linha["alvo"] == tabela.DOCUMENTO:
        return FAMILIAS[Tipo(documentos.por_id(grupo.banco, linha["documento_id"])["tipo"])].retorno
    return {tabela.EVENTO: Tipo.RET_EVENTO, tabela.CONSULTA: Tipo.RET_CONSULTA}.get(linha["alvo"], Tipo.RET_STATUS)


def _completa(grupo: Grupo, linha: Row, x: Resposta) -> Resposta:
    """Returns the answer with key and event. A refusal often names neither, but the row of its call does."""
    if linha["alvo"] != tabela.EVENTO:
        return replace(x, chave=x.chave or linha["chave"])
    evento = eventos.por_id(grupo.banco, linha["evento_id"])
    return replace(
        x,
        chave=x.chave or linha["chave"],
        tp_evento=x.tp_evento or evento["tp_evento"],
        n_seq=x.n_seq if x.n_seq is not None else evento["n_seq"],
    )


def _ilegivel(grupo: Grupo, linha: Row, porque: str) -> None:
    """Keeps an unreadable answer as it came. A look-up of the key tells what it meant."""
    if linha["alvo"] in (tabela.DOCUMENTO, tabela.EVENTO):
        sem_desfecho.abrir(grupo, linha, "resposta ilegível", detalhe=porque)
    elif linha["alvo"] == tabela.STATUS and linha["base"] is None:
        tabela.aplicar(grupo.banco, linha["id"], "ilegível", porque, grupo.quando)
    elif linha["alvo"] == tabela.STATUS:  # a file asked, and waits for its answer
        sem_resposta.mostrar(grupo, linha, porque)
        tabela.de_novo(grupo.banco, linha["id"], "ilegível", porque, texto_de(grupo.agora + decisoes.STATUS))
    else:
        sem_resposta.consulta(grupo, linha, "ilegível", porque)


# --- where it goes ----------------------------------------------------------------------------------------------


def _aplicada(grupo: Grupo, linha: Row, parecer: Parecer, lido: Retorno, x: Resposta) -> None:
    if linha["alvo"] == tabela.STATUS:
        _status(grupo, linha, x)
        return
    if linha["alvo"] == tabela.CONSULTA:
        _consulta(grupo, linha, parecer, lido, x)
        return
    _ao_documento(grupo, linha, parecer, lido)
    tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)
    if linha["alvo"] == tabela.DOCUMENTO:
        paradas.emitente(grupo, linha["cnpj"], x.cstat, x.motivo)
        _conferir_rejeicao(grupo, linha, x)
    if linha["alvo"] == tabela.EVENTO and x.cstat == c.JA_CANCELADO:
        # It is cancelled, but the registered event is not here yet: SEFAZ is asked for it.
        fila.enfileirar_consulta(grupo, linha["chave"], "serviço")
    if linha["documento_id"] is not None:
        sem_desfecho.fechar_resolvidas(grupo, linha["documento_id"])
        sem_desfecho.repousar(grupo, linha["documento_id"])


def _conferir_rejeicao(grupo: Grupo, linha: Row, x: Resposta) -> None:
    """Asks SEFAZ once more after a refusal at a second sending.

    The first sending had no outcome. It may have been authorised after all, and show late. An authorisation with our
    digest wins over the refusal.
    """
    if x.cstat in c.REJEICOES and int(linha["consultas"]):
        em = grupo.agora + decisoes.espera_consulta(2, grupo.contexto.relogio.sorteio())
        fila.enfileirar_consulta(grupo, linha["chave"], "serviço", em=em)


def _ao_documento(grupo: Grupo, linha: Row, parecer: Parecer, lido: Retorno) -> None:
    ligacao = Ligacao(linha["chave"], "SEFAZ", _reserva(grupo, linha))  # whoever asked gets it by `recebida.publicar`
    retornos.da_rede(grupo, ligacao, parecer, lido)


def _reserva(grupo: Grupo, linha: Row) -> Path:
    rota = grupo.contexto.rota(linha["rota_id"] or 0) or grupo.contexto.rotas[0]
    return grupo.contexto.retorno_da_rota(rota.id or 0, rota.destino)


def _consulta(grupo: Grupo, linha: Row, parecer: Parecer, lido: Retorno, x: Resposta) -> None:
    de = tabela.por_id(grupo.banco, linha["de_id"]) if linha["de_id"] is not None else None
    # 217 (SEFAZ does not have it) is no news while its outcome is looked up, nor for a refused document. A failure for
    # it would only alarm.
    if x.cstat != c.NAO_CONSTA or (de is None and not _recusado(grupo, linha)):
        _ao_documento(grupo, linha, parecer, lido)
    tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)
    if de is not None:
        sem_desfecho.resolver(grupo, de["id"], x.cstat, apartado=_veio_apartado(grupo, de, lido))
    if linha["documento_id"] is not None:
        sem_desfecho.fechar_resolvidas(grupo, linha["documento_id"])
        sem_desfecho.repousar(grupo, linha["documento_id"])


def _veio_apartado(grupo: Grupo, de: Row, lido: Retorno) -> bool:
    """Says whether SEFAZ has something under the number of our event that cannot be verified: it is not absent."""
    if de["alvo"] != tabela.EVENTO:
        return False
    evento = eventos.por_id(grupo.banco, de["evento_id"])
    _, apartadas = partes_do_retorno.separar(grupo.banco, lido)
    return any(x.tp_evento == evento["tp_evento"] and (x.n_seq or 1) == evento["n_seq"] for x in apartadas)


def _recusado(grupo: Grupo, linha: Row) -> bool:
    doc = documentos.por_id(grupo.banco, linha["documento_id"]) if linha["documento_id"] is not None else None
    return doc is not None and doc["situacao"] == Situacao.REJEITADO.value


def _status(grupo: Grupo, linha: Row, x: Resposta) -> None:
    paradas.situacao_do_servico(grupo, linha, x.cstat, x.motivo)
    tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)


def _sem_desfecho(grupo: Grupo, linha: Row, _parecer: Parecer, _lido: Retorno, x: Resposta) -> None:
    """Opens a look-up, because SEFAZ says that it has the document, or failed (999) and may have it."""
    _anotar(grupo, linha, x)
    em = grupo.agora
    if x.cstat in c.TENTAR_DEPOIS:
        em += esperas.reenvio(int(linha["tentativas"]) - 1, grupo.contexto.relogio.sorteio())
        grupo.falhar(_falha(grupo, linha, "SEP-SEFAZ-PARADA", x))
    sem_desfecho.abrir(grupo, linha, x.cstat, em=em, detalhe=x.motivo)


def _outra_chave(grupo: Grupo, linha: Row, parecer: Parecer, lido: Retorno, x: Resposta) -> None:
    """Handles 539 and similar codes: the number is taken. Nothing is sent again as it is.

    If the number belongs to one of our documents, SEFAZ is asked about that one.
    """
    outra = decisoes.chave_citada(x.motivo)
    if outra == linha["chave"]:
        _sem_desfecho(grupo, linha, parecer, lido, x)
        return
    _anotar(grupo, linha, x)
    nossa = documentos.por_chave(grupo.banco, outra) if outra is not None else None
    if nossa is not None and nossa["situacao"] not in _DECIDIDAS and outra is not None:
        fila.enfileirar_consulta(grupo, outra, "serviço")
    dela = f" A chave {outra} é um documento desta instalação." if nossa is not None else ""
    grupo.falhar(_falha(grupo, linha, "SEP-NUMERO-OCUPADO", x, dela))
    tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)
    sem_desfecho.repousar(grupo, linha["documento_id"])


def _de_novo(grupo: Grupo, linha: Row, _parecer: Parecer, _lido: Retorno, x: Resposta) -> None:
    """Sends the same bytes a little later, because nothing was recorded, for a reason that passes."""
    _anotar(grupo, linha, x)
    em = grupo.agora + esperas.reenvio(int(linha["tentativas"]) - 1, grupo.contexto.relogio.sorteio())
    tabela.de_novo(grupo.banco, linha["id"], x.cstat, x.motivo, texto_de(em))
    _de_volta_a_fila(grupo, linha)
    if linha["chave"] is not None:
        grupo.falhar(_falha(grupo, linha, "SEP-SEFAZ-PARADA", x))


def _parada(grupo: Grupo, linha: Row, _parecer: Parecer, _lido: Retorno, x: Resposta) -> None:
    paradas.parada(grupo, linha, x.cstat, x.motivo)
    if linha["alvo"] == tabela.STATUS:
        tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)
        return
    tabela.de_novo(grupo.banco, linha["id"], x.cstat, x.motivo, None)
    _de_volta_a_fila(grupo, linha)


def _consumo(grupo: Grupo, linha: Row, _parecer: Parecer, _lido: Retorno, x: Resposta) -> None:
    """Handles 678. The blocked message goes once more after the hour, behind the others.

    It never goes a third time by itself, because the same failing message must not be repeated.
    """
    ate = paradas.consumo_indevido(grupo, linha, x.motivo)
    _anotar(grupo, linha, x)
    if linha["resultado"] == x.cstat and linha["alvo"] in (tabela.DOCUMENTO, tabela.EVENTO):
        tabela.aplicar(grupo.banco, linha["id"], x.cstat, x.motivo, grupo.quando)
        if linha["documento_id"] is not None:
            sem_desfecho.repousar(grupo, linha["documento_id"])
        grupo.falhar(_falha(grupo, linha, "SEP-CONSUMO-INDEVIDO", x))
        return
    tabela.de_novo(grupo.banco, linha["id"], x.cstat, x.motivo, ate)
    _de_volta_a_fila(grupo, linha)


def _certificado(grupo: Grupo, linha: Row, _parecer: Parecer, _lido: Retorno, x: Resposta) -> None:
    paradas.certificado(grupo, linha, f"a SEFAZ recusou o certificado ({x.cstat}: {x.motivo})")
    tabela.de_novo(grupo.banco, linha["id"], x.cstat, x.motivo, None)
    _de_volta_a_fila(grupo, linha)


_RUMOS: dict[Rumo, Callable[[Grupo, Row, Parecer, Retorno, Resposta], None]] = {
    Rumo.APLICAR: _aplicada,
    Rumo.CONSULTAR: _sem_desfecho,
    Rumo.OUTRA_CHAVE: _outra_chave,
    Rumo.DE_NOVO: _de_novo,
    Rumo.PARADA: _parada,
    Rumo.CONSUMO: _consumo,
    Rumo.CERTIFICADO: _certificado,
}


def _anotar(grupo: Grupo, linha: Row, x: Resposta) -> None:
    if linha["documento_id"] is not None and linha["alvo"] == tabela.DOCUMENTO:
        documentos.anotar_resposta(grupo.banco, linha["documento_id"], x.cstat, x.motivo, None)


def _de_volta_a_fila(grupo: Grupo, linha: Row) -> None:
    if linha["documento_id"] is not None and linha["alvo"] in (tabela.DOCUMENTO, tabela.EVENTO):
        documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.PRONTO)


def _falha(grupo: Grupo, linha: Row, codigo: str, x: Resposta, mais: str = "") -> Falha:
    detalhe = f"Resposta {x.cstat}: {x.motivo}{mais}"
    return grupo.falha_da_chave(linha["chave"], codigo, detalhe=detalhe, rota=linha["rota_id"])
