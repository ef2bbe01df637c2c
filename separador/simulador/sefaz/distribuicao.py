"""Answers CTeDistribuicaoDFe of the national body (NT 2015.002): documents of interest, by NSU."""

import base64
import gzip

from lxml import etree

from separador.fiscal import processado
from separador.fiscal.nomes import q
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz import recepcao, resposta
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import motivo
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.resposta import Decisao

SERVICO = "distribuicao"
_POR_LOTE = 50
_ESQUEMAS = {Tipo.CTE: "procCTe", Tipo.CTE_SIMP: "procCTeSimp", Tipo.CTE_OS: "procCTeOS", Tipo.GTVE: "procGTVe"}

Achado = tuple[int, str, int]
"""(NSU, key, id of the event or 0)"""


def julgar(m: Mensagem, orgao: Orgao) -> Decisao:
    """Returns 138 with up to 50 documents, 137 with none, or the code of a refusal (589, 656 and others)."""
    falha = _forma(m, orgao)
    if falha is not None:
        return _responder(m, orgao, falha, [], 0)
    raiz = m.lido.raiz if m.lido is not None else etree.Element("vazio")
    um = raiz.findtext(f"{q('consNSU')}/{q('NSU')}")
    ult = int(um or raiz.findtext(f"{q('distNSU')}/{q('ultNSU')}") or 0)
    quem = _base(m.chamador.quem)
    if um is not None:
        achados = [a for a in orgao.razao.nsus(quem, ult - 1, 1) if a[0] == ult]
        return _responder(m, orgao, "138" if achados else "137", achados, ult)
    if ult > orgao.razao.maior_nsu(quem):
        return _responder(m, orgao, "589", [], ult)
    achados = orgao.razao.nsus(quem, ult, _POR_LOTE)
    if not achados:  # a question within the hour gets 656
        orgao.razao.bloquear(m.chamador.quem, SERVICO, m.quando + orgao.ajustes.limites.bloqueio)
    return _responder(m, orgao, "138" if achados else "137", achados, ult)


def _forma(m: Mensagem, orgao: Orgao) -> str | None:
    if not m.chamador.quem:
        return "282"
    if m.lido is None:
        return m.erro[0] if m.erro else "243"
    if m.lido.raiz_local != m.contrato.raiz:
        return "215"
    if m.texto("tpAmb") != orgao.ajustes.tp_amb:
        return "252"
    autor = m.texto("CNPJ") or m.texto("CPF")
    if autor[:8] != m.chamador.quem[:8]:
        return "593"
    ate = orgao.razao.bloqueio(m.chamador.quem, SERVICO)
    return "656" if ate is not None and m.quando < ate else None


def _responder(m: Mensagem, orgao: Orgao, cstat: str, achados: list[Achado], ult: int) -> Decisao:
    maior = orgao.razao.maior_nsu(_base(m.chamador.quem))
    docs = [(a[0], *_doc_zip(a, orgao)) for a in achados]
    ultimo = achados[-1][0] if achados else (maior if cstat == "137" else ult)
    texto = motivo(cstat)
    xml = resposta.ret_distribuicao(orgao.ajustes.tp_amb, cstat, texto, m.quando, ultimo, maior, docs)
    return Decisao(cstat, texto, xml)


def _base(numero: str) -> str:
    return numero[:8] if len(numero) == 14 else numero


def _doc_zip(achado: Achado, orgao: Orgao) -> tuple[str, str]:
    """Returns (schema, base64 of gzip) of the processed document or event."""
    _, chave, evento = achado
    d = orgao.razao.documento(chave)
    if evento:
        e = orgao.razao.evento(evento)
        esquema, xml = "procEventoCTe_v4.00.xsd", processado.montar_evento(e.xml, e.ret)
    elif d is not None:
        tipo = Tipo(d.tipo)
        esquema = f"{_ESQUEMAS[tipo]}_v4.00.xsd"
        xml = processado.montar_documento(d.xml, recepcao.protocolo(d, orgao.ajustes.tp_amb).encode(), tipo)
    else:
        raise LookupError(f"NSU de documento que não existe: {chave}")
    return esquema, base64.b64encode(gzip.compress(xml, 1)).decode()
