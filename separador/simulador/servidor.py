"""Serves HTTPS on the loopback, in one thread: thousands of waiting answers cost a timer each."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from separador.simulador import autoridade, tls
from separador.simulador.conexao import Atendente, Conexao

LOCAL = "127.0.0.1"


class Servidor:
    """Serves `atendente` until told to stop. All of it runs in the thread that calls `servir`."""

    def __init__(
        self, identidade: autoridade.Autoridade, atendente: Atendente, *, ca_clientes: Path | None = None
    ) -> None:
        self._contexto = tls.contexto(identidade.servidor, ca_clientes)
        self._de_todos = ca_clientes is None
        self._atendente = atendente
        self._conexoes: set[Conexao] = set()
        self._porta = 0
        self._laco: asyncio.AbstractEventLoop | None = None
        self._escuta: asyncio.Server | None = None
        self._fim: asyncio.Event | None = None
        self._tarefas: set[asyncio.Task[None]] = set()

    @property
    def porta(self) -> int:
        """Returns the port of the listening socket, once `pronto` was called."""
        return self._porta

    def servir(self, porta: int, pronto: Callable[[], None]) -> None:
        """Listens on the loopback (0: any free port) until `parar`. Raises OSError when the port is taken."""
        asyncio.run(self._servir(porta, pronto))

    def parar(self) -> None:
        """Ends `servir`. May be called from any thread, and more than once."""
        laco, fim = self._laco, self._fim
        if laco is not None and fim is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended by itself
                laco.call_soon_threadsafe(fim.set)

    def sair_do_ar(self, segundos: float) -> None:
        """Refuses connections, and drops the open ones, for that long. Called by the attendant, in the loop."""
        laco = asyncio.get_running_loop()
        if self._escuta is None:
            return
        self._escuta.close()
        self._escuta = None
        for conexao in tuple(self._conexoes):
            conexao.derrubar()
        laco.call_later(segundos, lambda: self._tarefas.add(laco.create_task(self._voltar())))

    async def _servir(self, porta: int, pronto: Callable[[], None]) -> None:
        self._laco, self._fim = asyncio.get_running_loop(), asyncio.Event()
        self._porta = porta
        await self._voltar()
        pronto()
        await self._fim.wait()
        if self._escuta is not None:
            self._escuta.close()
        for conexao in tuple(self._conexoes):
            conexao.derrubar()
        await asyncio.sleep(0)

    async def _voltar(self) -> None:
        laco = asyncio.get_running_loop()
        self._escuta = await laco.create_server(self._nova, LOCAL, self._porta, backlog=512)
        self._porta = self._escuta.sockets[0].getsockname()[1]

    def _nova(self) -> Conexao:
        conexao = Conexao(self._contexto, self._de_todos, self._atendente, self._conexoes.discard)
        self._conexoes.add(conexao)
        return conexao
