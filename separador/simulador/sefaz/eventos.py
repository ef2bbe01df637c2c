"""Receives events (MOC, Visão Geral 5 and 6)."""

from datetime import datetime, timedelta

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.evento.regras import verificar_evento
from separador.fiscal.nomes import INF_EVENTO, q
from separador.fiscal.restricoes import verificar_forma
from separador.nucleo.chave import partes
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz import resposta
from separador.simulador.sefaz.assinatura import conferir
from separador.simulador.sefaz.contrato import Autorizador
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import MOTIVOS, motivo
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.razao import Documento, Evento
from separador.simulador.sefaz.recepcao import Falha, texto_de
from separador.simulador.sefaz.regras_evento import ALVO_DO_CANCELAMENTO, proprias
from separador.simulador.sefaz.resposta import Decisao, Registro, dh

TOLERANCIA = timedelta(minutes=5)
CANCELAMENTO = "110111"
_DO_TOMADOR = frozenset({"610110", "610111", "211110"})
_NA_SVC = frozenset({"110111", "110113"})


def julgar(m: Mensagem, orgao: Orgao) -> Decisao:
    """Records the event (135, 134, 136) or refuses it."""
    falha = _forma(m) or _envelope(m, orgao)
    documento = orgao.razao.pelo_numero(m.natural, m.autorizador) if falha is None else None
    if falha is None and m.autorizador is Autorizador.NORMAL and documento is None:
        documento = _da_svc(m, orgao)
    falha = falha or _documento(m, documento) or _repetido(m, orgao)
    if falha is None and documento is not None and m.lido is not None:
        falha = proprias(m, documento, orgao.razao)
    if falha is not None:
        return _recusar(m, orgao, falha)
    return _registrar(m, orgao, documento)


def _da_svc(m: Mensagem, orgao: Orgao) -> Documento | None:
    """Returns the document that the SVC authorised: the normal environment receives it later.

    All events but the cancellation go to the normal environment.
    """
    achado = orgao.razao.pelo_numero(m.natural, Autorizador.SVC)
    return None if m.tp_evento == CANCELAMENTO else achado


def _forma(m: Mensagem) -> Falha | None:
    if not m.chamador.quem:
        return "282", ""
    if m.lido is None:
        return m.erro or ("243", "")
    if m.lido.tipo is not Tipo.EVENTO:
        return "215", f"[Det: elemento raiz {m.lido.raiz_local}; o servico recebe eventoCTe]"
    erros = verificar_forma(m.lido, assinado=True) or esquema.validar(m.lido.raiz, Tipo.EVENTO)
    return texto_de(erros[0]) if erros else None


def _envelope(m: Mensagem, orgao: Orgao) -> Falha | None:
    """Checks MOC rules N01 to N17 and N25, and the signature."""
    if m.lido is None:
        return None
    if m.autorizador is Autorizador.SVC:
        if m.chave[34:35] not in {"7", "8"}:
            return "516", ""
        if m.tp_evento not in _NA_SVC:
            return "530", ""
    erros = verificar_evento(m.lido.raiz, orgao.ajustes.tp_amb, m.quando)
    if erros:
        return texto_de(erros[0])
    autor = m.texto("infEvento", "CNPJ")
    erro = conferir(m.lido, Tipo.EVENTO, cnpj=autor or None, quando=m.quando)
    return texto_de(erro) if erro else None


def _documento(m: Mensagem, d: Documento | None) -> Falha | None:
    """Checks MOC rules N19 to N24: the document that the event is about."""
    if d is None:
        return "217", ""
    if d.chave != m.chave:
        return ("216", "") if partes(d.chave).codigo != partes(m.chave).codigo else ("600", f"[chCTe:{d.chave}]")
    autor = m.texto("infEvento", "CNPJ") or m.texto("infEvento", "CPF")
    if m.tp_evento in _DO_TOMADOR and autor != d.tomador:
        return "755", ""
    quando = datetime.fromisoformat(m.texto("infEvento", "dhEvento")) + TOLERANCIA
    if quando < datetime.fromisoformat(d.dh_emi):
        return "634", ""
    return ("637", "") if quando < d.dh_recbto else None


def _repetido(m: Mensagem, orgao: Orgao) -> Falha | None:
    """Checks MOC rule N16.

    It comes before the document's own rules, so that a cancellation sent twice gets 631, not 218.
    """
    feito = next((e for e in orgao.razao.eventos(m.chave) if _mesmo(e, m)), None)
    return ("631", f"[nProt:{feito.nprot}][dhRegEvento:{dh(feito.quando)}]") if feito else None


def _mesmo(e: Evento, m: Mensagem) -> bool:
    return (e.tp_evento, e.n_seq) == (m.tp_evento, m.n_seq)


def _registrar(m: Mensagem, orgao: Orgao, documento: Documento | None) -> Decisao:
    cancelado = documento is not None and documento.situacao == "cancelado"
    cstat = "136" if documento is None else "134" if cancelado else "135"
    nprot, texto = orgao.protocolo(m), motivo(cstat)
    registro = Registro(m.chave, m.tp_evento, _descricao(m), m.n_seq, m.quando, nprot)
    ret = resposta.ret_evento(orgao.ajustes.tp_amb, m.chave[:2], cstat, texto, registro)
    alvo = m.texto("infEvento", "detEvento", *ALVO_DO_CANCELAMENTO.get(m.tp_evento, ("?",)))
    numero = orgao.razao.registrar(Evento(m.chave, m.tp_evento, m.n_seq, cstat, nprot, m.quando, alvo, m.dados, ret))
    if documento is not None:
        orgao.razao.distribuir(_interessados(m, documento), m.chave, numero)
    if m.tp_evento == CANCELAMENTO:
        orgao.razao.cancelar(m.chave)
    return Decisao(cstat, texto, ret, nprot)


def _interessados(m: Mensagem, d: Documento) -> list[str]:
    """Returns everybody in the document; of an event by somebody else, its issuer too."""
    autor = m.texto("infEvento", "CNPJ") or m.texto("infEvento", "CPF")
    return [a for a in (*d.atores.split(), m.chave[6:20]) if a[:8] != autor[:8]]


def _descricao(m: Mensagem) -> str:
    """Returns descEvento as the issuer wrote it (xEvento takes up to 60)."""
    det = m.lido.raiz.find(f"{INF_EVENTO}/{q('detEvento')}") if m.lido is not None else None
    filho = next(det.iterchildren(etree.Element), None) if det is not None else None
    return ((filho.findtext(q("descEvento")) if filho is not None else "") or "Evento")[:60]


def _recusar(m: Mensagem, orgao: Orgao, falha: Falha) -> Decisao:
    """Refuses the event. The refusal names the key when it could be read, as most authorisers do."""
    cstat, detalhe = falha
    texto = motivo(cstat, detalhe) if cstat in MOTIVOS else f"Rejeicao: {detalhe}"[:255]
    orgao_uf = m.chave[:2] or "35"
    return Decisao(cstat, texto, resposta.ret_evento(orgao.ajustes.tp_amb, orgao_uf, cstat, texto, None, m.chave))
