"""Calls SEFAZ by SOAP 1.2 over mutual TLS, with one attempt per call.

One fact decides the kind of failure: whether anything of the request was handed to the connection. If nothing was, the
result is `NaoEnviada`, and the same bytes may go later. If anything was, it is `Desconhecida`, whatever the reason: a
broken connection, a timeout, an HTTP error, an answer that cannot be read.

Up to TLS 1.2 a refusal of our certificate shows in the handshake. In TLS 1.3 (and where a server asks for the
certificate only after it read the request) the handshake ends for us before the server has judged the certificate. The
refusal then comes in place of the answer, when the request was already written: it is `Desconhecida` with `definitivo`.

httpx2's transport is used without its `Client`: no redirects, no cookies, no retries, no proxy or certificate from the
environment, and half the cost per call.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

import httpx2

from separador.capacidades.sefaz.rede import erros, prazo
from separador.capacidades.sefaz.rede.contrato import CONTRATOS
from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, NaoEnviada, Respondida, Resultado, Servico
from separador.capacidades.sefaz.rede.resposta import LIMITE_RESPOSTA, Cortada, cortar_com_notas
from separador.fiscal.certificado import Certificado, Identidade, fora_da_validade
from separador.fiscal.tls import Apresentado, contexto_cliente

OCIOSA_S = 20.0
"""Seconds for which an unused connection is kept. One that the server closed meanwhile is noticed before its next
use."""

_TIPO = b'application/soap+xml; charset=utf-8; action="%b"'
_HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class Credencial:
    """A company's certificate for the connection. `apresentado` holds the key, in memory only."""

    apresentado: Apresentado = field(repr=False)
    identidade: Identidade

    @classmethod
    def de(cls, certificado: Certificado, cadeia: tuple[bytes, ...] = ()) -> Self:
        """Builds the credential of an A1. `cadeia`: DER of the authorities that issued it, for servers that do not know
        them; () = those that came with it."""
        return cls(Apresentado.de(certificado, cadeia), certificado.identidade)


@dataclass(frozen=True, slots=True)
class Opcoes:
    """`ca`: authorities to trust besides the system's. `proxy`: http URL, None = none at all.

    `prazo_conexao_s`: to connect, TLS included, per address of the server. `prazo_resposta_s`: each wait for the
    server. The whole call takes at most the sum of both. `simultaneas`: connections per certificate, None = no limit.
    """

    prazo_conexao_s: float = 10.0
    prazo_resposta_s: float = 60.0
    ca: Path | None = None
    proxy: str | None = None
    simultaneas: int | None = None
    limite_bytes: int = LIMITE_RESPOSTA


@dataclass(slots=True)
class _Canal:
    """The connections of one certificate. When they are replaced while in use, the last call that uses them closes
    them."""

    transporte: httpx2.HTTPTransport
    em_uso: int = 0
    aposentado: bool = False


class Cliente:
    """Implements `Porta` over the network. Thread-safe; one pool of connections per certificate."""

    def __init__(self, credenciais: Mapping[str, Credencial], opcoes: Opcoes, agora: Callable[[], datetime]) -> None:
        """Keeps the credentials and the clock. `credenciais`: by CNPJ of the company. `agora`: aware clock. A bad
        certificate or a bad bundle of authorities shows in the calls, not here. Raises ValueError for a proxy that is
        not plain HTTP."""
        if opcoes.proxy is not None and not opcoes.proxy.startswith("http://"):
            raise ValueError("o proxy deve ser http://: por outro meio não se sabe o que foi escrito")
        self._opcoes = opcoes
        self._agora = agora
        self._credenciais = credenciais
        self._canais: dict[str, _Canal] = {}
        self._trava = threading.Lock()
        espera, conexao = opcoes.prazo_resposta_s, opcoes.prazo_conexao_s
        self._prazos = {"connect": conexao, "read": espera, "write": espera, "pool": conexao}

    def trocar(self, credenciais: Mapping[str, Credencial]) -> None:
        """Uses these credentials from now on. Calls in course end with the ones that they began with."""
        with self._trava:
            mudaram = [c for c in self._canais if credenciais.get(c) != self._credenciais.get(c)]
            self._credenciais = credenciais
            livres = self._aposentar(mudaram)
        _fechar(livres)

    def fechar(self) -> None:
        """Closes every connection; those of calls in course close when these end. A later call opens new ones."""
        with self._trava:
            livres = self._aposentar(list(self._canais))
        _fechar(livres)

    def chamar(self, chamada: Chamada) -> Resultado:
        """Makes one attempt. Never raises for a reason of the network, of TLS or of the certificate."""
        canal = self._tomar(chamada.cnpj)
        if isinstance(canal, NaoEnviada):
            return canal
        inicio = time.perf_counter()
        prazo.comecar(self._opcoes.prazo_conexao_s + self._opcoes.prazo_resposta_s)
        try:
            return self._perguntar(canal.transporte, chamada, inicio)
        finally:
            prazo.terminar()
            self._devolver(canal)

    def _tomar(self, cnpj: str) -> _Canal | NaoEnviada:
        with self._trava:
            credencial = self._credenciais.get(cnpj)
            if credencial is None:
                detalhe = f"não há certificado A1 em uso para a conexão da empresa {cnpj}"
                return NaoEnviada("sem-certificado", detalhe, definitivo=True)
            vencido = fora_da_validade(credencial.identidade, self._agora())
            if vencido is not None:
                return NaoEnviada("certificado-vencido", vencido.mensagem, definitivo=True)
            canal = self._canais.get(cnpj)
            if canal is None:
                try:
                    canal = self._canais[cnpj] = _Canal(self._novo(credencial))
                except (OSError, ValueError) as erro:  # ssl.SSLError is an OSError
                    return erros.contexto_invalido(erro, self._opcoes.ca)
            canal.em_uso += 1
            return canal

    def _devolver(self, canal: _Canal) -> None:
        with self._trava:
            canal.em_uso -= 1
            acabou = canal.aposentado and not canal.em_uso
        if acabou:
            canal.transporte.close()

    def _aposentar(self, cnpjs: list[str]) -> list[_Canal]:
        """Takes these out of use (with the lock held). Returns those that nobody is using, for the caller to close."""
        canais = [self._canais.pop(c) for c in cnpjs]
        for canal in canais:
            canal.aposentado = True
        return [c for c in canais if not c.em_uso]

    def _novo(self, credencial: Credencial) -> httpx2.HTTPTransport:
        contexto = contexto_cliente(credencial.apresentado, self._opcoes.ca, alem_do_sistema=True)
        contexto.sslsocket_class = prazo.SocketComPrazo
        contexto.post_handshake_auth = True  # some servers ask for the certificate only on certain paths
        limites = httpx2.Limits(
            max_connections=self._opcoes.simultaneas, max_keepalive_connections=None, keepalive_expiry=OCIOSA_S
        )
        return httpx2.HTTPTransport(
            verify=contexto, trust_env=False, http2=False, limits=limites, proxy=self._opcoes.proxy, retries=0
        )

    def _perguntar(self, transporte: httpx2.HTTPTransport, chamada: Chamada, inicio: float) -> Resultado:
        recebido = bytearray()
        http: int | None = None
        try:
            resposta = transporte.handle_request(_requisicao(chamada, self._prazos))
            http = resposta.status_code
            cabe = _ler(resposta, recebido, self._opcoes.limite_bytes)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as erro:
            # The last two come from a name that is no name of a host. Here too the bytes written decide.
            return erros.da_rede(erro, bytes(recebido), http, escritos=prazo.andamento.escritos)
        bruto = bytes(recebido)
        if not cabe:
            detalhe = f"a resposta passa de {self._opcoes.limite_bytes:,} bytes".replace(",", ".")
            return Desconhecida("resposta-enorme", bruto, http, detalhe)
        return _entender(bruto, http, chamada.servico, 1000 * (time.perf_counter() - inicio))


def _requisicao(chamada: Chamada, prazos: Mapping[str, float]) -> httpx2.Request:
    url, autoridade = _url(chamada.url)
    cabecalhos = [
        (b"Host", autoridade),
        (b"Content-Type", _tipo(chamada.servico)),
        (b"Content-Length", b"%d" % len(chamada.corpo)),
        (b"Accept", b"application/soap+xml, text/xml"),
        (b"Accept-Encoding", b"identity"),
        (b"User-Agent", b"separador"),
    ]
    corpo = httpx2.ByteStream(chamada.corpo)
    return httpx2.Request("POST", url, headers=cabecalhos, stream=corpo, extensions={"timeout": prazos})


@lru_cache(maxsize=256)
def _url(texto: str) -> tuple[httpx2.URL, bytes]:
    url = httpx2.URL(texto)
    return url, url.netloc


@lru_cache(maxsize=len(Servico))
def _tipo(servico: Servico) -> bytes:
    return _TIPO % CONTRATOS[servico].acao.encode()


def _ler(resposta: httpx2.Response, recebido: bytearray, limite_bytes: int) -> bool:
    """Fills `recebido` with the body. Returns False when it is larger than the limit (the connection is then not used
    again)."""
    corpo = resposta.stream
    if not isinstance(corpo, httpx2.SyncByteStream):
        raise TypeError("resposta assíncrona de um transporte síncrono")
    try:
        for pedaco in corpo:
            recebido += pedaco
            if len(recebido) > limite_bytes:
                del recebido[limite_bytes:]
                return False
        return True
    finally:
        resposta.close()


def _entender(bruto: bytes, http: int, servico: Servico, duracao_ms: float) -> Resultado:
    """Returns the answer. The body decides, not the status above it: some servers send a right one under a 500."""
    conteudo = cortar_com_notas(bruto, servico)
    if isinstance(conteudo, Cortada):
        notas = conteudo.notas if http == _HTTP_OK else (f"veio com HTTP {http}", *conteudo.notas)
        return Respondida(bruto, conteudo.xml, duracao_ms, http, notas)
    return erros.sem_resposta(conteudo, http, bruto)


def _fechar(canais: list[_Canal]) -> None:
    for canal in canais:
        canal.transporte.close()
