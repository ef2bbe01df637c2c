"""Opens and closes the envelope (SOAP 1.2, document/literal; MOC, Visão Geral 3)."""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from separador.fiscal.leitura import ler
from separador.fiscal.nomes import CTE
from separador.fiscal.recorte import recortar
from separador.nucleo.erro import Recusa
from separador.simulador.requisicao import Pedido, Resposta
from separador.simulador.sefaz.contrato import Contrato, Grupo

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
TIPO = "application/soap+xml; charset=utf-8"
_ACAO = re.compile(r'action="?([^";]+)"?')


@dataclass(frozen=True, slots=True)
class Recado:
    """The content of an envelope: the text of a compressed message, or the exact bytes of the payload element."""

    dados: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that the web server itself gives, before SEFAZ's program sees anything."""

    motivo: str
    estado: int = 500
    codigo: str = "Sender"


def abrir(pedido: Pedido, contrato: Contrato) -> Recado | Fault:
    """Returns the payload of a request, or the reason why it is no request of this service."""
    tipo = pedido.cabecalhos.get("content-type", "")
    if not tipo.lower().startswith("application/soap+xml"):
        return Fault(f"Content-Type {tipo or 'ausente'}: o servico e SOAP 1.2 (application/soap+xml)", estado=415)
    acao = _ACAO.search(tipo)
    if acao and acao.group(1) != contrato.acao:
        return Fault(f"Server did not recognize the value of HTTP Header SOAPAction: {acao.group(1)}.")
    lido = ler(pedido.corpo)
    if isinstance(lido, Recusa):
        return Fault(f"Server was unable to read request. {lido.erros[0].mensagem}", estado=400)
    dados_msg = _dados_msg(lido.raiz, contrato)
    if dados_msg is None:
        return Fault(f"O corpo da mensagem nao traz cteDadosMsg do servico {contrato.nome}.")
    if contrato.compactado:
        return Recado("".join(str(t) for t in dados_msg.itertext()).encode())
    conteudo = next(dados_msg.iterchildren(etree.Element), None)
    return Fault("cteDadosMsg esta vazio.") if conteudo is None else Recado(_bytes_de(pedido.corpo, conteudo))


def _dados_msg(raiz: etree._Element, contrato: Contrato) -> etree._Element | None:
    """Finds Envelope/Body/cteDadosMsg; in the distribution there is one more element between."""
    caminho = [f"{{{ENVELOPE}}}Body"]
    if contrato.grupo is Grupo.DISTRIBUICAO:
        caminho.append(f"{{{contrato.namespace}}}{contrato.operacao}")
    caminho.append(f"{{{contrato.namespace}}}cteDadosMsg")
    return raiz.find("/".join(caminho)) if raiz.tag == f"{{{ENVELOPE}}}Envelope" else None


def _bytes_de(corpo: bytes, elemento: etree._Element) -> bytes:
    """Returns the element as it was sent. It is rewritten only when it uses a namespace of the envelope around it."""
    if elemento.prefix is None and elemento.nsmap.get(None) == CTE:
        corte = next((c for _, c in recortar(corpo, etree.QName(elemento).localname)), b"")
        if b"xmlns" in corte.partition(b">")[0]:
            return corte
    return etree.tostring(elemento, encoding="UTF-8", xml_declaration=False, with_tail=False)


def fechar(contrato: Contrato, retorno: bytes) -> bytes:
    """Puts the answer's envelope around the return message."""
    resultado = b'<%bResult xmlns="%b">%b</%bResult>' % (
        (operacao := contrato.operacao.encode()),
        contrato.namespace.encode(),
        retorno,
        operacao,
    )
    if contrato.grupo is Grupo.DISTRIBUICAO:
        resultado = b'<%bResponse xmlns="%b">%b</%bResponse>' % (
            operacao,
            contrato.namespace.encode(),
            resultado,
            operacao,
        )
    return envelope(resultado)


def envelope(corpo: bytes) -> bytes:
    """Puts an envelope around any body, as the servers of most authorisers write it."""
    return (
        b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="%b" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        b"<soap:Body>%b</soap:Body></soap:Envelope>" % (ENVELOPE.encode(), corpo)
    )


def fault(erro: Fault) -> Resposta:
    """Returns a SOAP 1.2 Fault with its HTTP status."""
    corpo = (
        f"<soap:Fault><soap:Code><soap:Value>soap:{erro.codigo}</soap:Value></soap:Code><soap:Reason>"
        f'<soap:Text xml:lang="pt-BR">{escape(erro.motivo)}</soap:Text></soap:Reason></soap:Fault>'
    )
    return Resposta(erro.estado, envelope(corpo.encode()), TIPO)
