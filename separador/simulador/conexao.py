"""Serves one connection of a simulator: drives TLS on memory buffers, reads requests, writes answers.

asyncio's own TLS is not used. A simulator must do what no server does: reset the connection right after a handshake,
cut an answer in half, send slowly.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

from separador.simulador.requisicao import Entrega, Leitor, MalFeitoError, Pedido, Resposta
from separador.simulador.tls import Espia, confiar

_BLOCO_BYTES = 64 * 1024
_GOLE_BYTES, _GOLE_S = 256, 0.05
_SEM_DEMORA = struct.pack("ii", 1, 0)  # SO_LINGER 0: closing sends RST
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Atendente(Protocol):
    """Answers requests. Called in the server's only thread: it must not block for long."""

    def ao_chegar(self, pedido: Pedido) -> Resposta | None:
        """Is called when the headers are in; the body may not be.

        An answer here is sent without waiting for the rest.
        """

    def atender(self, pedido: Pedido) -> Resposta:
        """Answers a whole request. It must not raise for anything that the caller sent."""

    def recusado(self, motivo: str) -> None:
        """Is told of a connection that ended in the handshake: no certificate, expired, not a TLS client."""


class Conexao(asyncio.Protocol):
    """Is called by asyncio; calls `encerrada` when the connection is gone."""

    def __init__(
        self, tls: ssl.SSLContext, de_todos: bool, atendente: Atendente, encerrada: Callable[["Conexao"], None]
    ) -> None:
        self._contexto = tls
        self._atendente = atendente
        self._encerrada = encerrada
        self._entrada, self._saida = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._entrada, self._saida, server_side=True)
        self._espia = Espia() if de_todos else None
        self._aberta = False
        self._certificado = b""
        self._leitor = Leitor()
        self._ocupada = False
        self._vista = False
        self._relogio = asyncio.get_running_loop()
        self._transporte: asyncio.Transport | None = None

    # --- asyncio -----------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes a new connection; nothing is said yet."""
        self._transporte = cast("asyncio.Transport", transport)
        tomada = cast("socket.socket", transport.get_extra_info("socket"))
        tomada.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """Notes the end, whichever side caused it."""
        self._transporte = None
        self._encerrada(self)

    def data_received(self, data: bytes) -> None:
        """Takes encrypted bytes from the caller."""
        if self._espia is not None and (der := self._espia.ver(data)) is not None:
            confiar(self._contexto, der)
        self._entrada.write(data)
        try:
            if not self._aberta:
                self._tls.do_handshake()
                self._aberta, self._espia = True, None
                self._certificado = self._tls.getpeercert(binary_form=True) or b""
            self._receber()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as erro:
            self._falhou(erro)
            return
        self._despejar()

    # --- receiving ---------------------------------------------------------------------------------------------------

    def _receber(self) -> None:
        """Reads everything that can be read; SSLWantReadError when there is no more."""
        try:
            while True:
                pedaco = self._tls.read(_BLOCO_BYTES)
                if not pedaco:
                    self._fechar()
                    return
                self._leitor.alimentar(pedaco)
        except ssl.SSLZeroReturnError:
            self._fechar()
        finally:
            self._seguir()

    def _seguir(self) -> None:
        """Handles the next whole request, one at a time."""
        if self._ocupada or self._transporte is None:
            return
        try:
            if not self._vista and (cabeca := self._leitor.cabeca()) is not None:
                self._vista = True
                antes = self._atendente.ao_chegar(replace(cabeca, certificado=self._certificado))
                if antes is not None:
                    self._ocupada = True
                    self._agendar(antes)
                    return
                if self._leitor.espera_continue:
                    self._tls.write(CONTINUE)
            pedido = self._leitor.proximo()
        except MalFeitoError as erro:
            self._ocupada = True
            self._agendar(Resposta(erro.estado, str(erro).encode(), "text/plain; charset=utf-8", fechar=True))
            return
        if pedido is not None:
            self._ocupada = True
            self._atender(replace(pedido, certificado=self._certificado))

    def _atender(self, pedido: Pedido) -> None:
        chegou_s = self._relogio.time()
        resposta = self._atendente.atender(pedido)
        if pedido.cabecalhos.get("connection", "").lower() == "close":
            resposta = replace(resposta, fechar=True)
        self._agendar(resposta, chegou_s)

    # --- answering ---------------------------------------------------------------------------------------------------

    def _agendar(self, resposta: Resposta, chegou_s: float | None = None) -> None:
        if resposta.atraso_s <= 0:
            self._responder(resposta)
            return
        quando_s = (self._relogio.time() if chegou_s is None else chegou_s) + resposta.atraso_s
        self._relogio.call_at(quando_s, self._responder, resposta)

    def _responder(self, resposta: Resposta) -> None:
        if self._transporte is None:
            return  # the caller did not wait
        dados = resposta.bytes_()
        match resposta.entrega:
            case Entrega.INTEIRA:
                self._escrever(dados)
                self._pronta(resposta)
            case Entrega.NENHUMA:
                self.derrubar()
            case Entrega.METADE:
                self._escrever(dados[: len(dados) - (len(resposta.corpo) + 1) // 2])
                self._relogio.call_later(_GOLE_S, self.derrubar)
            case Entrega.LENTA:
                self._aos_goles(dados, resposta)

    def _aos_goles(self, dados: bytes, resposta: Resposta) -> None:
        if self._transporte is None:
            return
        self._escrever(dados[:_GOLE_BYTES])
        if resto := dados[_GOLE_BYTES:]:
            self._relogio.call_later(_GOLE_S, self._aos_goles, resto, resposta)
        else:
            self._pronta(resposta)

    def _pronta(self, resposta: Resposta) -> None:
        if resposta.fechar:
            self._fechar()
            return
        self._ocupada = self._vista = False
        # Called from the loop, not from here: a caller that sends many at once must not deepen the stack.
        self._relogio.call_soon(self._retomar)

    def _retomar(self) -> None:
        self._seguir()
        self._despejar()

    def _escrever(self, dados: bytes) -> None:
        self._tls.write(dados)
        self._despejar()

    def _despejar(self) -> None:
        if self._transporte is not None and self._saida.pending:
            self._transporte.write(self._saida.read())

    # --- ending ------------------------------------------------------------------------------------------------------

    def _falhou(self, erro: ssl.SSLError) -> None:
        self._despejar()  # sends the alert
        if not self._aberta:
            self._atendente.recusado(str(erro.reason or erro))
        if self._transporte is not None:
            self._transporte.close()

    def _fechar(self) -> None:
        if self._transporte is None:
            return
        with contextlib.suppress(ssl.SSLError):  # the other side will not answer our close_notify before we close
            self._tls.unwrap()
        self._despejar()
        self._transporte.close()

    def derrubar(self) -> None:
        """Resets the connection: the caller's next read or write fails."""
        if self._transporte is None:
            return
        tomada = cast("socket.socket", self._transporte.get_extra_info("socket"))
        tomada.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _SEM_DEMORA)
        self._transporte.abort()
