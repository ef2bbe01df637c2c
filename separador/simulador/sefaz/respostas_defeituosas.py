"""Applies a fault to an answer that was right."""

import re
from dataclasses import replace
from xml.sax.saxutils import escape

from separador.fiscal.nomes import CTE
from separador.nucleo.chave import dv11
from separador.simulador.requisicao import Entrega, Resposta
from separador.simulador.sefaz import consultas, resposta, respostas_em_outra_forma, soap
from separador.simulador.sefaz.contrato import Grupo
from separador.simulador.sefaz.falhas import Regra, Tipo
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import motivo
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.resposta import Decisao, dh

_HTML = (
    b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center>"
    b"<hr><center>proxy</center></body></html>"
)
_OUTRO_DIGEST = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
_ASSINADO_OU_MARCA = re.compile(rb"(<(eventoCTe|Signature)\b.*?</\2>)|<(/?)([A-Za-z][\w.-]*)", re.DOTALL)
_DATA = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[+-]\d\d:\d\d")
_ENTREGAS = {
    Tipo.QUEDA_ANTES: Entrega.NENHUMA,
    Tipo.QUEDA_DEPOIS: Entrega.NENHUMA,
    Tipo.FORA_DO_AR: Entrega.NENHUMA,
    Tipo.QUEDA_DURANTE: Entrega.NENHUMA,
    Tipo.MEIA_RESPOSTA: Entrega.METADE,
    Tipo.LENTA: Entrega.LENTA,
}


def responder(regra: Regra, m: Mensagem, decidida: Decisao | None, orgao: Orgao) -> Resposta:
    """Returns the answer to send. `decidida` is None when the message was not processed."""
    feita = _corpo(regra, m, decidida, orgao)
    return replace(feita, entrega=_ENTREGAS.get(regra.falha, Entrega.INTEIRA))


def _corpo(regra: Regra, m: Mensagem, decidida: Decisao | None, orgao: Orgao) -> Resposta:
    match regra.falha:
        case Tipo.HTML:
            return Resposta(502, _HTML, "text/html")
        case Tipo.PAGINA:
            return respostas_em_outra_forma.pagina(regra)
        case Tipo.HTTP:
            return Resposta(regra.http, b"", "text/plain")
        case Tipo.FAULT:
            return soap.fault(soap.Fault(regra.motivo or "Server was unable to process request.", codigo="Receiver"))
        case Tipo.VAZIA:
            return Resposta(200, b"", soap.TIPO)
        case Tipo.CSTAT:
            return _inteira(m, com_cstat(m, orgao, regra.cstat, regra.motivo).xml)
    if decidida is None:
        return _inteira(m, b"")
    if regra.falha is Tipo.ILEGIVEL:
        return respostas_em_outra_forma.ilegivel(_inteira(m, decidida.xml))
    return respostas_em_outra_forma.vestir(regra, _estragada(regra.falha, m, decidida.xml, decidida.nprot))


def _inteira(m: Mensagem, xml: bytes) -> Resposta:
    return Resposta(200, soap.fechar(m.contrato, xml), soap.TIPO)


def _estragada(falha: Tipo, m: Mensagem, xml: bytes, nprot: str | None) -> Resposta:
    retorno = m.contrato.retorno.encode()
    match falha:
        case Tipo.RAIZ_ERRADA:
            xml = xml.replace(b"<%b " % retorno, b"<retOutraCoisa ").replace(b"</%b>" % retorno, b"</retOutraCoisa>")
        case Tipo.PREFIXO:
            xml = _prefixar(xml)
        case Tipo.TEXTO_ESCAPADO:
            xml = escape(xml.decode()).encode()
        case Tipo.OUTRA_CHAVE:
            xml = xml.replace(m.chave.encode(), _vizinha(m).encode()) if m.chave else xml
        case Tipo.DIGEST_DIFERENTE:
            xml = re.sub(rb"<digVal>[^<]*", b"<digVal>" + _OUTRO_DIGEST.encode(), xml)
        case Tipo.EVENTO_DO_FISCO:
            xml = xml.replace(b"</retConsSitCTe>", _evento_do_fisco(m) + b"</retConsSitCTe>")
        case Tipo.SEM_DIGEST:
            xml = re.sub(rb"<digVal>[^<]*</digVal>", b"", xml)
        case Tipo.DATA_SEM_FUSO:
            xml = _DATA.sub(rb"\1", xml)
        case Tipo.NPROT_17 if nprot:
            xml = xml.replace(b">%b<" % nprot.encode(), b">%b<" % (nprot[:5] + "00" + nprot[5:]).encode())
    return _inteira(m, xml)


def _evento_do_fisco(m: Mensagem) -> bytes:
    """Returns "authorised MDF-e" (310610), which the authority itself registers, without any signature."""
    quando = dh(m.quando)
    comum = f"<chCTe>{m.chave}</chCTe>"
    return (
        f'<procEventoCTe versao="4.00"><eventoCTe versao="4.00"><infEvento Id="ID310610{m.chave}001"><cOrgao>{m.uf}'
        f"</cOrgao><tpAmb>2</tpAmb><CNPJ>33444555000181</CNPJ>{comum}<dhEvento>{quando}</dhEvento>"
        '<tpEvento>310610</tpEvento><nSeqEvento>1</nSeqEvento><detEvento versaoEvento="4.00"><evCTeAutorizadoMDFe>'
        "<descEvento>MDF-e Autorizado</descEvento></evCTeAutorizadoMDFe></detEvento></infEvento></eventoCTe>"
        f'<retEventoCTe versao="4.00"><infEvento><tpAmb>2</tpAmb><verAplic>{resposta.APLICACAO}</verAplic><cOrgao>'
        f"{m.uf}</cOrgao><cStat>135</cStat><xMotivo>Evento registrado e vinculado a CT-e</xMotivo>{comum}"
        f"<tpEvento>310610</tpEvento><nSeqEvento>1</nSeqEvento><dhRegEvento>{quando}</dhRegEvento>"
        "<nProt>135260000010041</nProt></infEvento></retEventoCTe></procEventoCTe>"
    ).encode()


def _prefixar(xml: bytes) -> bytes:
    """Gives every element of the CT-e namespace the prefix `ns2:`. Signed elements keep their own."""
    feita = _ASSINADO_OU_MARCA.sub(lambda a: a.group(1) or b"<%bns2:%b" % a.group(3, 4), xml)
    ns = f'xmlns="{CTE}"'.encode()
    return feita.replace(ns, b"xmlns:ns2" + ns[5:], 1)


def com_cstat(m: Mensagem, orgao: Orgao, cstat: str, texto: str) -> Decisao:
    """Returns a return message with any code, in the shape of the called service.

    The text of a duplicate names the recorded document.
    """
    texto = texto or motivo(cstat, _detalhe(m, orgao, cstat))
    tp_amb, agora = orgao.ajustes.tp_amb, m.quando
    match m.contrato.grupo:
        case Grupo.RECEPCAO:
            xml = resposta.ret_recepcao(m.contrato.retorno, tp_amb, m.uf, cstat, texto)
        case Grupo.EVENTO:
            xml = resposta.ret_evento(tp_amb, m.uf, cstat, texto, None, m.chave)
        case Grupo.CONSULTA:
            xml = resposta.ret_consulta(tp_amb, m.uf, cstat, texto, "", [])
        case Grupo.STATUS:
            return consultas.status_de(m, orgao, cstat, texto)
        case Grupo.DISTRIBUICAO:
            xml = resposta.ret_distribuicao(tp_amb, cstat, texto, agora, 0, 0, [])
    return Decisao(cstat, texto, xml)


def _detalhe(m: Mensagem, orgao: Orgao, cstat: str) -> str:
    """Returns the appended text, as [nProt:…]: of the recorded document where there is one, else made up."""
    documento = orgao.razao.pelo_numero(m.natural, m.autorizador) if m.chave else None
    nprot = documento.nprot if documento else f"1{m.uf}{m.quando:%y}9{m.numero:09d}"
    quando = dh(documento.dh_recbto if documento else m.quando)
    outra = documento.chave if documento and documento.chave != m.chave else outra_chave(m.chave)
    match cstat:
        case "204":
            return f"[nProt:{nprot}][dhAut:{quando}]"
        case "539":
            return f"[chCTe:{outra}][nProt:{nprot}][dhAut:{quando}]"
        case "218":
            return f"[nProt:{nprot}][dhCanc:{quando}]"
        case "600":
            return f"[chCTe:{outra}]"
        case "631":
            return f"[nProt:{nprot}][dhRegEvento:{quando}]"
    return ""


def _vizinha(m: Mensagem) -> str:
    corpo = f"{m.chave[:25]}{(m.numero + 1) % 10**9:09d}{m.chave[34:43]}"
    return f"{corpo}{dv11(corpo)}"


def outra_chave(chave: str) -> str:
    """Returns a key of the same number with another cCT and its own check digit."""
    codigo = (int(chave[35:43]) + 1) % 10**8 if chave else 0
    corpo = f"{chave[:35]}{codigo:08d}"
    return f"{corpo}{dv11(corpo)}" if chave else ""
