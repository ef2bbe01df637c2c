"""Sends a right answer in an unusual form: another encoding, compressed, in MIME parts, with something around it."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace

from separador.simulador.requisicao import Resposta
from separador.simulador.sefaz import soap
from separador.simulador.sefaz.falhas import Regra, Tipo

_DECLARACAO = re.compile(rb'^<\?xml [^>]*encoding="[^"]*"\?>')
_FRONTEIRA = b"uuid:1f8b0a3c"
_ACENTOS = " Situação: não há pendência"
_SIGNATURE = (
    b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>&null;&null;acAq66KS1X2Bdss='
    b"</SignatureValue></Signature>"
)
_PAGINA = (
    "<html><head><title>{titulo}</title></head><body>The requested URL was rejected. Please consult with your"
    " administrator.<br><br>Your support ID is: 1234567890</body></html>"
)


def pagina(regra: Regra) -> Resposta:
    """Returns the page of a box in between, under the HTTP status of the rule."""
    titulo = regra.motivo or "Request Rejected"
    return Resposta(regra.http, _PAGINA.format(titulo=titulo).encode(), "text/html")


def vestir(regra: Regra, certa: Resposta) -> Resposta:
    """Returns a right answer in the form that the rule names."""
    mudar = _FORMAS.get(regra.falha)
    if regra.falha is Tipo.HTTP_CERTO:
        return replace(certa, estado=regra.http)
    return mudar(certa) if mudar is not None else certa


def _com_acentos(r: Resposta) -> str:
    """Returns the text of the answer, with letters outside ASCII in every reason that SEFAZ gives."""
    return r.corpo.decode().replace("</xMotivo>", f"{_ACENTOS}</xMotivo>")


def _latin1(r: Resposta) -> Resposta:
    corpo = _DECLARACAO.sub(b"", _com_acentos(r).encode("latin-1"))
    return replace(r, corpo=corpo, tipo="application/soap+xml; charset=ISO-8859-1")


def _declarado(codificacao: str) -> Callable[[Resposta], Resposta]:
    def mudar(r: Resposta) -> Resposta:
        declaracao = b'<?xml version="1.0" encoding="%b"?>' % codificacao.encode()
        corpo = _DECLARACAO.sub(declaracao, _com_acentos(r).encode(codificacao))
        return replace(r, corpo=corpo, tipo="application/soap+xml")

    return mudar


def _utf16(r: Resposta) -> Resposta:
    texto = _com_acentos(r).replace('encoding="utf-8"', 'encoding="utf-16"', 1)
    return replace(r, corpo=texto.encode("utf-16"), tipo="application/soap+xml; charset=utf-16")


def _gzip(r: Resposta) -> Resposta:
    return replace(r, corpo=gzip.compress(r.corpo), cabecalhos=(*r.cabecalhos, ("Content-Encoding", "gzip")))


def _multipart(r: Resposta) -> Resposta:
    cabecalhos = b'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\nContent-ID: <raiz>'
    corpo = b"--%b\r\n%b\r\n\r\n%b\r\n--%b--\r\n" % (_FRONTEIRA, cabecalhos, r.corpo, _FRONTEIRA)
    tipo = f'multipart/related; type="application/xop+xml"; boundary="{_FRONTEIRA.decode()}"'
    return replace(r, corpo=corpo, tipo=tipo)


def _cdata(r: Resposta) -> Resposta:
    """Puts the whole return message into CDATA, with a declaration of its own."""
    achado = re.search(rb"(<\w+Result [^>]*>)(.*)(</\w+Result>)", r.corpo, re.DOTALL)
    if achado is None:
        return r
    dentro = b'<![CDATA[<?xml version="1.0" encoding="UTF-8"?>%b]]>' % achado.group(2)
    corpo = r.corpo[: achado.end(1)] + dentro + r.corpo[achado.start(3) :]
    return replace(r, corpo=corpo)


_FORMAS: dict[Tipo, Callable[[Resposta], Resposta]] = {
    Tipo.LATIN1: _latin1,
    Tipo.LATIN1_DECLARADO: _declarado("ISO-8859-1"),
    Tipo.WINDOWS_1252: _declarado("Windows-1252"),
    Tipo.UTF16: _utf16,
    Tipo.GZIP: _gzip,
    Tipo.MULTIPART: _multipart,
    Tipo.LINHA_ANTES: lambda r: replace(r, corpo=b"\r\n" + r.corpo),
    Tipo.NUL_NO_FIM: lambda r: replace(r, corpo=r.corpo + b"\0\0\r\n"),
    Tipo.CDATA: _cdata,
    Tipo.ENTIDADE: lambda r: replace(r, corpo=r.corpo.replace(b"</protCTe>", _SIGNATURE + b"</protCTe>")),
}


def ilegivel(r: Resposta) -> Resposta:
    """Returns an answer that nobody can read, though it came whole and under 200."""
    return Resposta(200, r.corpo.replace(b"</", b"<"), soap.TIPO)
