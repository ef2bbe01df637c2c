"""Turns the failure of a call into a result of `porta`: a short code, and a sentence for the operator."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx2

from separador.capacidades.sefaz.rede.porta import Desconhecida, NaoEnviada
from separador.capacidades.sefaz.rede.resposta import SemResposta
from separador.nucleo.texto.razao import razao

_TLS_RECUSOU = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "DECRYPT_ERROR")
_ALERTAS = ("SSLV3_ALERT", "TLSV1_ALERT", "TLSV13_ALERT")
_NEGADO = frozenset({401, 403})
_ENDERECO = frozenset({404, 405, 410})
_HTTP_OK = 200
_SIGNIFICAM = {
    **dict.fromkeys(_NEGADO, "alguém no caminho até a SEFAZ negou a chamada (firewall, proxy ou o servidor)"),
    **dict.fromkeys(_ENDERECO, "não há nada neste endereço; se durar, confira a tabela de endereços"),
    429: "alguém no caminho até a SEFAZ pede menos chamadas",
    502: "quem está no caminho não alcança a SEFAZ",
    503: "o serviço está fora do ar, ou sobrecarregado",
    504: "quem está no caminho não teve resposta da SEFAZ a tempo",
}
"""Says what an HTTP status means where nothing else does."""
_DETALHES = {
    "dns": "o nome do servidor da SEFAZ não foi encontrado (DNS)",
    "conexao-recusada": "o servidor da SEFAZ recusou a conexão",
    "prazo-conexao": "o servidor da SEFAZ não aceitou a conexão a tempo",
    "prazo-resposta": "a SEFAZ não respondeu a tempo",
    "prazo-envio": "a SEFAZ não recebeu o pedido a tempo",
    "certificado-da-sefaz": "o certificado do servidor da SEFAZ não pôde ser conferido",
    "certificado-recusado": "a SEFAZ recusou o certificado da empresa na conexão",
    "proxy": "o proxy não levou a conexão até a SEFAZ",
    "tls": "a conexão segura (TLS) com a SEFAZ falhou",
    "conexao-caiu": "a conexão com a SEFAZ caiu",
    "cortada": "a resposta da SEFAZ veio pela metade",
    "http-invalido": "o servidor não respondeu em HTTP",
    "rede": "a rede falhou",
}
_DEFINITIVOS = frozenset({"certificado-da-sefaz", "certificado-recusado"})


def contexto_invalido(erro: Exception, ca: Path | None) -> NaoEnviada:
    """Returns the result when the certificate or the bundle of authorities cannot be loaded."""
    if ca is not None and not ca.is_file():
        return NaoEnviada("autoridades", f"o arquivo de autoridades {ca} não existe", definitivo=True)
    return NaoEnviada("configuracao", f"o certificado ou as autoridades não servem: {razao(erro)}", definitivo=True)


def da_rede(erro: Exception, recebido: bytes, http: int | None, *, escritos: int) -> NaoEnviada | Desconhecida:
    """Returns the result of an error of the network. `escritos`: bytes of the request handed over before the error; 0 =
    nothing of it can have been read."""
    causas = list(_causas(erro))
    motivo = _motivo(erro, causas, http is not None)
    detalhe = f"{_DETALHES[motivo]} ({_tecnico(causas[-1])})"
    definitivo = motivo in _DEFINITIVOS
    if not escritos:
        return NaoEnviada(motivo, detalhe, definitivo)
    return Desconhecida(motivo, recebido or None, http, detalhe, definitivo)


def sem_resposta(lido: SemResposta, http: int, bruto: bytes) -> Desconhecida:
    """Returns the result of an HTTP answer without the payload. Even a 500 may come after the document was recorded.

    Only what SOAP says (as what TLS says, in `da_rede`) speaks of the certificate or of the address. A page, or
    nothing, under a 403 or 404 is the word of whoever stands in between: it is a stumble of this call, like any other.
    """
    if http == _HTTP_OK:
        return Desconhecida(lido.motivo, bruto, http, lido.detalhe)
    if lido.motivo == "soap-fault":
        return _do_soap(lido, http, bruto)
    dito = lido.detalhe if lido.motivo == "html" else _SIGNIFICAM.get(http, "a resposta não é da SEFAZ")
    if 300 <= http < 400:
        return Desconhecida("redirecionada", bruto, http, f"a chamada foi mandada a outro endereço; {dito}")
    return Desconhecida(f"http-{http}", bruto, http, dito)


def _do_soap(lido: SemResposta, http: int, bruto: bytes) -> Desconhecida:
    if http in _NEGADO:
        detalhe = f"a SEFAZ negou o acesso; verifique o certificado e o credenciamento da empresa ({lido.detalhe})"
        return Desconhecida("acesso-negado", bruto, http, detalhe, definitivo=True)
    if http in _ENDERECO:
        detalhe = f"o endereço do serviço não existe na SEFAZ; confira a tabela de endereços ({lido.detalhe})"
        return Desconhecida("endereco-errado", bruto, http, detalhe, definitivo=True)
    return Desconhecida(lido.motivo, bruto, http, lido.detalhe)


def _causas(erro: BaseException) -> Iterator[BaseException]:
    """Yields the error and its causes, the deepest last."""
    visto: BaseException | None = erro
    while visto is not None:
        yield visto
        visto = visto.__cause__ or visto.__context__


def _motivo(erro: Exception, causas: list[BaseException], respondendo: bool) -> str:
    de_tls = next((c for c in causas if isinstance(c, ssl.SSLError)), None)
    if isinstance(erro, httpx2.ProxyError):
        return "proxy"
    if isinstance(erro, httpx2.TimeoutException):
        return _do_prazo(erro)
    if any(isinstance(c, socket.gaierror) for c in causas):
        return "dns"
    if any(isinstance(c, ConnectionRefusedError) for c in causas):
        return "conexao-recusada"
    if de_tls is not None and not isinstance(de_tls, ssl.SSLEOFError):
        return _do_tls(de_tls)
    if isinstance(erro, httpx2.RemoteProtocolError):
        return "cortada" if respondendo else _do_protocolo(erro)
    if isinstance(erro, httpx2.NetworkError):
        return "cortada" if respondendo else "conexao-caiu"
    return "rede"


def _do_prazo(erro: httpx2.TimeoutException) -> str:
    if isinstance(erro, httpx2.ReadTimeout):
        return "prazo-resposta"
    return "prazo-envio" if isinstance(erro, httpx2.WriteTimeout) else "prazo-conexao"


def _do_tls(erro: ssl.SSLError) -> str:
    if isinstance(erro, ssl.SSLCertVerificationError):
        return "certificado-da-sefaz"
    razao = erro.reason or ""
    if razao.startswith(_ALERTAS) and any(r in razao for r in _TLS_RECUSOU):
        return "certificado-recusado"
    return "tls"


def _do_protocolo(erro: httpx2.RemoteProtocolError) -> str:
    return "conexao-caiu" if "disconnected" in str(erro) else "http-invalido"


def _tecnico(erro: BaseException) -> str:
    """Returns the deepest cause in our words, without addresses of memory or payload."""
    return razao(erro)
