"""Builds SOAP 1.2 envelopes, one line each, without header (MOC 4.00, section 3.4).

The signed bytes go in unchanged. Only an XML declaration before them is left out: no signature covers it.
"""

import base64
import re
import zlib

from separador.capacidades.sefaz.rede.contrato import CONTRATOS, NS_CTE, NS_SOAP, RECEPCOES
from separador.capacidades.sefaz.rede.porta import Servico
from separador.fiscal.leitura import BOM
from separador.nucleo.tipo import Tipo

_DECLARACAO = re.compile(rb"\s*<\?xml[^>]*\?>\s*")
_INICIO = f'<?xml version="1.0" encoding="UTF-8"?><soap12:Envelope xmlns:soap12="{NS_SOAP}"><soap12:Body>'.encode()
_FIM = b"</soap12:Body></soap12:Envelope>"
_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952, without name and time: the same document gives the same bytes


def envelope_recepcao(tipo: Tipo, assinado: bytes) -> bytes:
    """Returns the envelope of a signed document, with base64(gzip) in the body. Raises KeyError for a kind that no
    service receives."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    comprimido = compressor.compress(sem_declaracao(assinado)) + compressor.flush()
    return _envelope(RECEPCOES[tipo], base64.b64encode(comprimido))


def envelope_evento(assinado: bytes) -> bytes:
    """Returns the envelope of a signed `eventoCTe`."""
    return _envelope(Servico.EVENTO, sem_declaracao(assinado))


def envelope_consulta(chave: str, tp_amb: str) -> bytes:
    """Returns the envelope that asks what SEFAZ has under a key."""
    return embrulhar_consulta(f"<tpAmb>{tp_amb}</tpAmb><xServ>CONSULTAR</xServ><chCTe>{chave}</chCTe>")


def embrulhar_consulta(conteudo: str) -> bytes:
    """Returns the envelope of a consultation. `conteudo`: the content of `consSitCTe`."""
    return _envelope(Servico.CONSULTA, _pedido("consSitCTe", "4.00", conteudo))


def envelope_status(uf: str, tp_amb: str) -> bytes:
    """Returns the envelope of a status query. `uf`: IBGE code of the issuer's state, also when an SVC is asked. It has
    exactly three fields (no tpEmis)."""
    conteudo = f"<tpAmb>{tp_amb}</tpAmb><cUF>{uf}</cUF><xServ>STATUS</xServ>"
    return _envelope(Servico.STATUS, _pedido("consStatServCTe", "4.00", conteudo))


def envelope_distribuicao(
    *, tp_amb: str, uf_autor: str, autor: str, ult_nsu: int | None = None, nsu: int | None = None
) -> bytes:
    """Returns the envelope that asks for documents of interest after `ult_nsu`, or for exactly `nsu` (one of the two).
    `autor`: CNPJ, or CPF of 11 digits.

    In this service alone `cteDadosMsg` stands inside an element named after the operation. Raises ValueError when
    neither or both are given.
    """
    if (ult_nsu is None) == (nsu is None):
        raise ValueError("diga ult_nsu ou nsu")
    quem = "CPF" if len(autor) == 11 else "CNPJ"
    o_que = f"<consNSU><NSU>{nsu:015d}</NSU></consNSU>" if nsu is not None else _a_partir_de(ult_nsu or 0)
    conteudo = f"<tpAmb>{tp_amb}</tpAmb><cUFAutor>{uf_autor}</cUFAutor><{quem}>{autor}</{quem}>{o_que}"
    contrato = CONTRATOS[Servico.DISTRIBUICAO]
    abre = f'<{contrato.operacao} xmlns="{contrato.ns}"><cteDadosMsg>'.encode()
    fecha = f"</cteDadosMsg></{contrato.operacao}>".encode()
    return b"".join((_INICIO, abre, _pedido("distDFeInt", "1.00", conteudo), fecha, _FIM))


def _a_partir_de(nsu: int) -> str:
    return f"<distNSU><ultNSU>{nsu:015d}</ultNSU></distNSU>"


def _pedido(raiz: str, versao: str, conteudo: str) -> bytes:
    return f'<{raiz} xmlns="{NS_CTE}" versao="{versao}">{conteudo}</{raiz}>'.encode()


def _envelope(servico: Servico, conteudo: bytes) -> bytes:
    abre = f'<cteDadosMsg xmlns="{CONTRATOS[servico].ns}">'.encode()
    return b"".join((_INICIO, abre, conteudo, b"</cteDadosMsg>", _FIM))


def sem_declaracao(assinado: bytes) -> bytes:
    """Returns the bytes from the root's `<` on, untouched."""
    dados = assinado.removeprefix(BOM)
    achado = _DECLARACAO.match(dados)
    return dados[achado.end() :] if achado else dados
