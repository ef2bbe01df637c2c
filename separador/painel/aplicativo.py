"""Makes the HTTP of the panel: one route for each page, the guard before it, the headers behind it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from separador.configuracao.tipos import ConfigPainel
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Tela
from separador.painel import guarda
from separador.painel.atendimento import SEM_ENVIO, SEM_PAGINA, SEM_TELA, Atendente, Chegada
from separador.painel.base import envio, estatico, moldura
from separador.painel.base.campos import Campos, ler_campos
from separador.painel.base.casa import Casa
from separador.painel.base.resposta import GRANDE, MALFEITO, METODO, NAO_HA, OCUPADO, TITULOS
from separador.pedidos.soltos import SemLugarError
from separador.pedidos.tempo import agora_utc

T = TypeVar("T")
VIVO = "/vivo"
FIOS = 8
"""Threads for databases and files; as many more for forms of whoever has no session. Such a form may wait for its
password to be compared, and whoever sends many of them keeps nobody who has come in waiting."""
FORMULARIO_MAXIMO = 1024 * 1024
PORCAO = 1024 * 1024
"""Bytes of files that are written at a time."""
ESCOADO = 512 * 1024 * 1024
"""Bytes of a refused request that are let go by."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
CABECALHOS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def montar(casa: Casa) -> ASGIApp:
    """Returns the application of one installation."""
    de_dentro = ThreadPoolExecutor(FIOS, thread_name_prefix="pagina")
    de_fora = ThreadPoolExecutor(FIOS, thread_name_prefix="entrada")
    atendente = Atendente(casa)
    rotas = [Route("/estatico/{nome}", _estatico)]
    for tela in capacidade.telas():
        metodos = ["POST"] if tela.acao is None else ["GET", "POST"]
        rotas.append(Route(tela.caminho, _pagina(atendente, de_dentro, de_fora, tela), methods=metodos))

    async def sem_rota(request: Request, erro: Exception) -> Response:
        estado = erro.status_code if isinstance(erro, HTTPException) else NAO_HA
        if estado == NAO_HA and request.method in {"GET", "HEAD"}:
            chegada = _chegada(request, SEM_TELA, atendente.casa.em_uso.painel)
            return await _no_fio(de_dentro, partial(atendente.nao_ha, chegada))
        return _solta(estado, SEM_ENVIO if estado == METODO else SEM_PAGINA, getattr(erro, "headers", None))

    app = Starlette(routes=rotas, exception_handlers={HTTPException: sem_rota})
    return _Moldura(app, casa)


class _Moldura:
    """Refuses a foreign `Host` before anything else, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, casa: Casa) -> None:
        self._app, self._casa = app, casa

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return
        vistos: set[str] = set()

        async def enviar(mensagem: Message) -> None:
            if mensagem["type"] == "http.response.start":
                vistos.update(n.decode("latin-1").lower() for n, _ in mensagem["headers"])
                faltam = [(n.lower(), v) for n, v in CABECALHOS.items() if n.lower() not in vistos]
                mensagem["headers"] = [*mensagem["headers"], *((n.encode(), v.encode()) for n, v in faltam)]
            await send(mensagem)

        hosts = [v.decode("latin-1") for n, v in scope["headers"] if n == b"host"]
        config = self._casa.em_uso.painel
        if len(hosts) != 1 or not guarda.host_aceito(hosts[0], config):
            await _solta(MALFEITO, "Este nome não é deste painel.")(scope, receive, enviar)
            return
        await self._app(scope, receive, enviar)


def _pagina(
    atendente: Atendente, de_dentro: ThreadPoolExecutor, de_fora: ThreadPoolExecutor, tela: Tela
) -> Callable[[Request], Awaitable[Response]]:
    async def atender(request: Request) -> Response:
        enviada = request.method == "POST"
        config = atendente.casa.em_uso.painel
        entrada = guarda.Entrada({k.lower(): v for k, v in request.headers.items()}, request.url.scheme)
        chegada = _chegada(request, tela, config)
        fios = de_fora if enviada and not chegada.pede_sessao else de_dentro
        if enviada and not guarda.mesma_origem(entrada, config):
            return await _no_fio(fios, partial(atendente.de_fora, chegada))
        if enviada and tela.muda is None:
            return await _no_fio(fios, partial(atendente.sem_envio, chegada))
        if enviada:
            negada = await _no_fio(fios, partial(atendente.barrar, chegada))
            if negada is not None:
                if "expect" not in request.headers:  # else nothing of it was sent yet
                    await _escoar(request.stream())
                return negada
            borda = envio.fronteira(request.headers.get("content-type", "")) if tela.arquivos is not None else None
            if borda is not None:
                return await _com_arquivos(request, borda, chegada, atendente, fios)
            corpo = await _corpo(request)
            campos = ler_campos(corpo) if corpo is not None else None
            if campos is None:
                return _solta(GRANDE, "O formulário é grande demais; nada foi mudado.")
            chegada.campos = campos
        return await _no_fio(fios, partial(atendente.atender, chegada))

    return atender


def _chegada(request: Request, tela: Tela, config: ConfigPainel) -> Chegada:
    return Chegada(
        tela=tela,
        agora=agora_utc(),
        caminho=request.url.path,
        enviada=request.method == "POST",
        partes=request.path_params,
        consulta=ler_campos(request.url.query) or Campos(),
        ficha=guarda.ficha(request.headers.getlist("cookie"), config),
        versao=request.headers.get("if-none-match"),
        programa=request.headers.get("sec-fetch-dest") == "empty" or tela.caminho == VIVO,
        de=request.client.host if request.client is not None else "",
    )


async def _com_arquivos(
    request: Request, borda: bytes, chegada: Chegada, atendente: Atendente, fios: ThreadPoolExecutor
) -> Response:
    """Reads a form with files, a portion at a time, and has the page answer it. What the page leaves goes away."""
    fazer = capacidade.resolver(chegada.tela.arquivos or "")
    guarda: envio.Guarda = fazer(atendente.casa)
    comecou = "expect" not in request.headers  # else nothing is sent before we ask for it

    async def corpo() -> AsyncGenerator[bytes, None]:
        nonlocal comecou
        async for parte in request.stream():
            comecou = True
            yield parte

    resto = corpo()
    try:
        try:
            chegada.campos = await _receber(request, resto, borda, guarda, fios)
        except ClientDisconnect:
            return Response(status_code=MALFEITO)
        except _RECUSAS as erro:
            if comecou:
                await _escoar(resto)
            estado, dito = _recusa_de(erro)
            return await _no_fio(fios, partial(atendente.recusar_envio, chegada, estado, dito))
        chegada.arquivos = guarda
        return await _no_fio(fios, partial(atendente.atender, chegada))
    finally:
        await _no_fio(fios, guarda.largar)


_RECUSAS = (envio.GrandeError, envio.MalfeitoError, SemLugarError)


def _recusa_de(erro: Exception) -> tuple[int, str]:
    if isinstance(erro, envio.GrandeError):
        return GRANDE, str(erro)
    return (OCUPADO, str(erro)) if isinstance(erro, SemLugarError) else (MALFEITO, "O envio veio malfeito.")


async def _receber(
    request: Request, corpo: AsyncGenerator[bytes, None], borda: bytes, guarda: envio.Guarda, fios: ThreadPoolExecutor
) -> Campos:
    dito = request.headers.get("content-length", "")
    anunciado = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    if anunciado is not None and anunciado > guarda.limites.pedido:
        raise envio.grande(guarda.limites)
    await _no_fio(fios, partial(guarda.esperar, anunciado))
    leitor, juntado = envio.Leitor(borda, guarda), bytearray()
    async for parte in corpo:
        juntado += parte
        if len(juntado) >= PORCAO:
            await _no_fio(fios, partial(leitor.escrever, bytes(juntado)))
            juntado.clear()
    await _no_fio(fios, partial(leitor.escrever, bytes(juntado)))
    return leitor.campos()


async def _escoar(corpo: AsyncGenerator[bytes, None]) -> None:
    """Lets the rest go by: a browser that is still sending would show a broken connection, and not the answer."""
    passados = 0
    with suppress(ClientDisconnect):
        async for parte in corpo:
            passados += len(parte)
            if passados > ESCOADO:
                return


async def _no_fio(fios: ThreadPoolExecutor, funcao: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(fios, funcao)


async def _corpo(request: Request) -> str | None:
    """Returns the form as text; None when it is larger than any form is."""
    partes, tamanho, resto = [], 0, request.stream()
    try:
        async for parte in resto:
            tamanho += len(parte)
            if tamanho > FORMULARIO_MAXIMO:
                await _escoar(resto)
                return None
            partes.append(parte)
    except ClientDisconnect:
        return ""
    return b"".join(partes).decode("utf-8", "replace")


async def _estatico(request: Request) -> Response:
    achado = estatico.arquivos().get(request.path_params["nome"])
    if achado is None:
        return _solta(NAO_HA, SEM_PAGINA)
    dados, tipo = achado
    return Response(dados, media_type=tipo, headers={"Cache-Control": "max-age=31536000, immutable"})


def _solta(estado: int, mensagem: str, cabecalhos: dict[str, str] | None = None) -> Response:
    texto = moldura.solta(TITULOS.get(estado, "Não foi possível"), mensagem)
    return Response(texto, estado, cabecalhos, "text/html; charset=utf-8")
