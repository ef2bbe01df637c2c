"""Makes one HTTP request and returns the result as a value. No retry, no redirect, nothing of the machine's
environment.

TLS is always verified. Time is bounded per phase and as a whole, and so is the answer: a server that drips or never
ends cannot hold a thread or fill the memory.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from separador.nucleo.texto.razao import razao

LIMITE_BYTES = 32 * 1024 * 1024
_NAO_SAIU = (
    *(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError),
    *(httpx2.UnsupportedProtocol, httpx2.LocalProtocolError),
)
_OCIOSA_S = 15.0  # shorter than any server's, so that a connection which was closed meanwhile is not used


@dataclass(frozen=True, slots=True)
class Prazos:
    """Deadlines in seconds. `total_s` ends an answer that trickles."""

    conexao_s: float = 10.0
    resposta_s: float = 90.0
    total_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Bruta:
    """An answer. `cabecalhos` by lower-case name, values as they came (case kept)."""

    http: int
    cabecalhos: Mapping[str, str]
    corpo: bytes = field(repr=False)
    duracao_ms: float


@dataclass(frozen=True, slots=True)
class SemResposta:
    """No whole answer. `enviada` False: nothing left this machine. `http`: the status, when at least that came."""

    motivo: str
    enviada: bool
    duracao_ms: float
    http: int | None = None
    parte: bytes = field(default=b"", repr=False)


class _LongaDemaisError(Exception):
    pass


class Transporte:
    """Sends POSTs to one host. Thread-safe; connections are kept for a short while."""

    def __init__(self, tls: ssl.SSLContext, prazos: Prazos, proxy: str | None = None) -> None:
        espera = httpx2.Timeout(
            connect=prazos.conexao_s, read=prazos.resposta_s, write=prazos.resposta_s, pool=prazos.resposta_s
        )
        self._prazos = prazos
        self._cliente = httpx2.Client(
            verify=tls,
            trust_env=False,
            follow_redirects=False,
            timeout=espera,
            proxy=proxy,
            limits=httpx2.Limits(max_connections=8, keepalive_expiry=_OCIOSA_S),
        )

    def fechar(self) -> None:
        """Closes the connections."""
        self._cliente.close()

    def enviar(self, url: str, cabecalhos: Mapping[str, str], corpo: bytes) -> Bruta | SemResposta:
        """Makes one POST. Never raises for a fault of the network or the server."""
        inicio_s = time.monotonic()
        http: int | None = None
        recebido = bytearray()
        try:
            with self._cliente.stream("POST", url, headers=_todos(cabecalhos), content=corpo) as resposta:
                http = resposta.status_code
                self._receber(resposta, recebido, inicio_s + self._prazos.total_s)
                return Bruta(http, _minusculos(resposta.headers), bytes(recebido), _ms(inicio_s))
        except _NAO_SAIU as erro:
            return SemResposta(_motivo(erro), enviada=False, duracao_ms=_ms(inicio_s))
        except (httpx2.RequestError, httpx2.InvalidURL, _LongaDemaisError) as erro:
            return SemResposta(_motivo(erro), True, _ms(inicio_s), http, bytes(recebido[:4096]))

    def _receber(self, resposta: httpx2.Response, recebido: bytearray, limite_s: float) -> None:
        for pedaco in resposta.iter_bytes():
            recebido += pedaco
            if len(recebido) > LIMITE_BYTES:
                raise _LongaDemaisError(f"resposta com mais de {LIMITE_BYTES // 2**20} MB")
            if time.monotonic() > limite_s:
                raise _LongaDemaisError(f"a resposta não terminou em {self._prazos.total_s:.0f} s")


def _todos(cabecalhos: Mapping[str, str]) -> dict[str, str]:
    return {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "separador", **cabecalhos}


def _minusculos(cabecalhos: httpx2.Headers) -> dict[str, str]:
    return {nome.lower(): valor for nome, valor in cabecalhos.items()}


def _ms(inicio_s: float) -> float:
    return (time.monotonic() - inicio_s) * 1000


_NOMES: tuple[tuple[type[Exception], str], ...] = (
    (httpx2.ConnectTimeout, "a conexão não se completou no prazo"),
    (httpx2.ReadTimeout, "a resposta não veio no prazo"),
    (httpx2.WriteTimeout, "o pedido não pôde ser entregue no prazo"),
    (httpx2.PoolTimeout, "não houve conexão livre no prazo"),
    (httpx2.ProxyError, "o proxy recusou a conexão"),
    (httpx2.ConnectError, "não foi possível conectar"),
    (httpx2.NetworkError, "a conexão caiu"),
    (httpx2.RemoteProtocolError, "a resposta foi cortada ou não é HTTP"),
)


def _motivo(erro: Exception) -> str:
    nome = next((texto for tipo, texto in _NOMES if isinstance(erro, tipo)), None)
    causa: BaseException = erro
    while (mais_fundo := causa.__cause__ or causa.__context__) is not None:
        causa = mais_fundo
    return f"{nome} ({razao(causa)})" if nome and causa is not erro else nome or razao(erro)
