"""Answers for the situation of one key, and for the status of the service (MOC, Visão Geral 4.5 and 4.6)."""

from datetime import timedelta

from separador.fiscal import esquema
from separador.nucleo.chave import chave_valida, partes
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz import recepcao, resposta
from separador.simulador.sefaz.contrato import Autorizador
from separador.simulador.sefaz.mensagem import Mensagem, natural
from separador.simulador.sefaz.mensagens import motivo, sem_acentos
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.razao import Documento
from separador.simulador.sefaz.resposta import Decisao

_MESES = 6
_VOLTA = timedelta(minutes=30)


def situacao(m: Mensagem, orgao: Orgao) -> Decisao:
    """Returns 100 or 101 with protocol and events, or the code of the refusal."""
    falha = _forma(m, Tipo.CONSULTA, orgao) or _chave(m)
    achado = orgao.razao.pelo_numero(natural(m.chave), m.autorizador) if falha is None else None
    if falha is None:
        falha = _diferente(m, achado)
    if falha is not None or achado is None:
        cstat, detalhe = falha or ("217", "")
        return _responder(m, orgao, cstat, motivo(cstat, detalhe), None)
    cstat = "101" if achado.situacao == "cancelado" else "100"
    return _responder(m, orgao, cstat, motivo(cstat), achado)


def _responder(m: Mensagem, orgao: Orgao, cstat: str, texto: str, achado: Documento | None) -> Decisao:
    tp_amb = orgao.ajustes.tp_amb
    prot = recepcao.protocolo(achado, tp_amb) if achado else ""
    eventos = [(e.xml, e.ret) for e in orgao.razao.eventos(achado.chave)] if achado else []
    xml = resposta.ret_consulta(tp_amb, m.uf, cstat, texto, prot, eventos)
    return Decisao(cstat, texto, xml, achado.nprot if achado else None)


def _forma(m: Mensagem, tipo: Tipo, orgao: Orgao) -> tuple[str, str] | None:
    if not m.chamador.quem:
        return "282", ""
    if m.lido is None:
        return m.erro or ("243", "")
    erros = esquema.validar(m.lido.raiz, tipo) if m.lido.tipo is tipo else None
    if erros is None:
        return "215", f"[Det: elemento raiz {m.lido.raiz_local}; o servico recebe {tipo.value}]"
    if erros:
        return "215", f"[Det: {sem_acentos(erros[0].mensagem)}]"
    return ("252", "") if m.texto("tpAmb") != orgao.ajustes.tp_amb else None


def _chave(m: Mensagem) -> tuple[str, str] | None:
    if not m.chave or not chave_valida(m.chave):
        return "236", "[Motivo: formato ou digito verificador]"
    p = partes(m.chave)
    meses = (m.quando.year - 2000) * 12 + m.quando.month - int(p.aamm[:2]) * 12 - int(p.aamm[2:])
    return ("731", "") if meses > _MESES else None


def _diferente(m: Mensagem, achado: Documento | None) -> tuple[str, str] | None:
    """Checks MOC rules L04 to L06: there is none by that number, or another key is under it."""
    if achado is None:
        return "217", ""
    if achado.chave == m.chave:
        return None
    if partes(achado.chave).codigo != partes(m.chave).codigo:
        return "216", ""
    return "600", f"[chCTe:{achado.chave}]"


def status(m: Mensagem, orgao: Orgao) -> Decisao:
    """Returns 107. The SVC answers 113 when the state has switched it on, else 114."""
    falha = _forma(m, Tipo.STATUS, orgao)
    if falha is not None:
        cstat, detalhe = falha
    else:
        ligada = {True: "113", False: "114"}[orgao.ajustes.svc]
        cstat, detalhe = (ligada if m.autorizador is Autorizador.SVC else "107"), ""
    return status_de(m, orgao, cstat, motivo(cstat, detalhe))


def status_de(m: Mensagem, orgao: Orgao, cstat: str, texto: str) -> Decisao:
    """Returns retConsStatServCTe with that code. 108 says when the service will be back."""
    volta = m.quando + _VOLTA if cstat == "108" else None
    uf = m.texto("cUF") or m.uf
    xml = resposta.ret_status(orgao.ajustes.tp_amb, uf, cstat, texto, m.quando, volta)
    return Decisao(cstat, texto, xml)
