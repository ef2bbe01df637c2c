"""Runs the panel in the foreground until SIGTERM or SIGINT (`separador painel`)."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Generator
from pathlib import Path

import uvicorn

from separador.configuracao import Invalida
from separador.configuracao.painel import da_maquina, partes_da_escuta
from separador.motor.log.log import configurar
from separador.motor.systemd import do_ambiente
from separador.nucleo.texto.razao import razao
from separador.painel.aplicativo import montar
from separador.painel.base import casa as casas
from separador.painel.base.casa import Casa
from separador.pedidos.dono import deixar_de_ser_root
from separador.pedidos.painel import anunciar
from separador.pedidos.saida import Saida
from separador.pedidos.tempo import agora_utc

FIM_S = 3
"""Time for open requests when the panel ends."""
JUNTAS = 64
"""Requests at once; more are told to come later."""


LOG = "painel.jsonl"


class EscutaError(Exception):
    """The panel cannot listen there. The text is for the operator."""

    def __init__(self, mensagem: str, saida: Saida) -> None:
        super().__init__(mensagem)
        self.saida = saida


class _Servidor(uvicorn.Server):
    """uvicorn with our own handling of signals (its own ends the process by the signal), and a word when it listens."""

    def __init__(self, config: uvicorn.Config, pronto: Callable[[], None]) -> None:
        super().__init__(config)
        self._pronto = pronto

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Ends on SIGTERM and SIGINT, without hurrying what is under way."""
        laco = asyncio.get_running_loop()
        for sinal in (signal.SIGTERM, signal.SIGINT):
            laco.add_signal_handler(sinal, self._terminar)
        yield

    def _terminar(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen."""
        await super().startup(sockets)
        self._pronto()


def servir(arquivo: Path, escuta: str | None, dizer: Callable[[str], None]) -> Invalida | Saida:
    """Runs the panel of a configuration file. Returns how it ended, or what is wrong with the file.

    `escuta` wins over the key `painel.escuta`; `dizer` gets the address when connections are taken. Raises EscutaError.
    """
    casa = casas.abrir(arquivo)
    if isinstance(casa, Invalida):
        return casa
    deixar_de_ser_root(casa.dados)
    configurar(casa.dados, saida=None, agora=agora_utc, nome=LOG)
    tomada = _escutar(casa, escuta or casa.em_uso.painel.escuta)
    asyncio.run(_servir(casa, tomada, dizer))
    return Saida.FEITO


def _escutar(casa: Casa, escuta: str) -> socket.socket:
    partes = partes_da_escuta(escuta)
    if partes is None:
        raise EscutaError(f'"{escuta}" não é um endereço HOST:PORTA.', Saida.USO)
    if not da_maquina(escuta) and casa.em_uso.painel.certificado is None:
        raise EscutaError(
            f"{escuta} é alcançado de fora desta máquina: isso só com TLS (chave painel.tls), ou com um proxy à frente"
            " e o painel em 127.0.0.1.",
            Saida.USO,
        )
    try:
        familia = socket.getaddrinfo(*partes, type=socket.SOCK_STREAM)[0][0]
        tomada = socket.create_server(partes, family=familia, backlog=128)
    except (OSError, OverflowError) as erro:
        dito = razao(erro) if isinstance(erro, OSError) else str(erro)
        raise EscutaError(f"O painel não pôde escutar em {escuta}: {dito}.", Saida.RECUSADO) from erro
    tomada.setblocking(False)
    return tomada


async def _servir(casa: Casa, tomada: socket.socket, dizer: Callable[[str], None]) -> None:
    painel = casa.em_uso.painel
    host, porta = tomada.getsockname()[:2]
    nome = f"[{host}]" if ":" in host else host
    esquema = "https" if painel.certificado is not None else "http"
    config = uvicorn.Config(
        montar(casa),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(painel.proxy),
        forwarded_allow_ips=list(painel.proxy),
        limit_concurrency=JUNTAS,
        timeout_graceful_shutdown=FIM_S,
        ssl_certfile=painel.certificado,
        ssl_keyfile=painel.chave,
    )
    endereco = f"{esquema}://{nome}:{porta}"
    anuncio = anunciar(casa.dados, painel.url or endereco)
    systemd = do_ambiente(os.environ, os.getpid())

    def pronto() -> None:
        dizer(f"Painel em {endereco}")
        systemd.pronto(f"Painel em {endereco}")

    try:
        await _Servidor(config, pronto).serve([tomada])
    finally:
        if anuncio is not None:
            os.close(anuncio)
