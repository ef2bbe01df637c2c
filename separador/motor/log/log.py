"""Writes the service's log: Portuguese text on a terminal, JSON lines in `dados/log/separador.log` and the journal.

Every line has `quando` (UTC), `nivel`, `acao` (a stable word for programs) and `mensagem`. The caller binds `id`,
`chave`, `arquivo`, `rota`. Nothing secret passes. Tracebacks go to `dados/incidentes/` only.
"""

import hashlib
import json
import logging
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO, cast

import structlog

from separador.motor.log.arquivo import NOME, PASTA, ArquivoDeLog
from separador.motor.log.texto import humano, uma_linha
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.texto.razao import razao
from separador.pastas.criacao import criar_nossas

Evento = MutableMapping[str, Any]
INCIDENTES = "incidentes"
INCIDENTES_GUARDADOS = 1000
_OCULTO = "(oculto)"
_SECRETOS = ("senha", "password", "passwd", "segredo", "secret", "token", "authorization", "credencial", "pin")


def configurar(
    dados: Path | None,
    *,
    saida: TextIO | None,
    agora: Callable[[], datetime],
    detalhado: bool = False,
    nome: str = NOME,
) -> ArquivoDeLog | None:
    """Directs the log. `dados` None = no file, `nome` its name; `saida` None = no screen.

    A terminal gets text, anything else (journal, pipe) gets JSON. Returns the file, which the caller closes at the end.
    """
    arquivo = ArquivoDeLog(dados / PASTA, agora, nome=nome) if dados is not None else None
    saidas = _Saidas(saida, arquivo, agora)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _com_hora_e_nivel(agora),
            _apresentavel,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if detalhado else logging.INFO),
        logger_factory=lambda *_: saidas,
        cache_logger_on_first_use=False,
    )
    return arquivo


def registrador(**contexto: Any) -> structlog.typing.FilteringBoundLogger:
    """Returns a logger with these keys in every line: `registrador(id=12).info("Recebido", acao="recebido")`."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(**contexto))


def arquivo_em_uso() -> ArquivoDeLog | None:
    """Returns the file of the configured log, if it has one."""
    saidas = structlog.get_config()["logger_factory"]()
    return saidas.arquivo if isinstance(saidas, _Saidas) else None


class _Saidas:
    """Writes finished events to the screen and to the file. A failure of either does not stop the service."""

    def __init__(self, saida: TextIO | None, arquivo: ArquivoDeLog | None, agora: Callable[[], datetime]) -> None:
        self._saida = saida
        self.arquivo = arquivo
        self._agora = agora
        self._texto = saida is not None and saida.isatty()

    def msg(self, **evento: Any) -> None:
        self._escrever([evento])

    debug = info = warning = error = critical = exception = msg

    def varias(self, eventos: Iterable[tuple[str, Evento]]) -> None:
        """Writes events of one instant, each with its level, in one write."""
        quando = _texto_do_instante(self._agora())
        self._escrever([_apresentavel(None, "", _em_ordem(quando, nivel, evento)) for nivel, evento in eventos])

    def _escrever(self, eventos: Sequence[Evento]) -> None:
        linhas = [_json(evento) for evento in eventos]
        if self.arquivo is not None and linhas:
            self.arquivo.escrever(*linhas)
        if self._saida is not None:
            self._mostrar(self._saida, [humano(e, cores=True) for e in eventos] if self._texto else linhas)

    def _mostrar(self, saida: TextIO, linhas: Sequence[str]) -> None:
        texto = "".join(f"{linha}\n" for linha in linhas)
        try:
            saida.write(texto.encode("utf-8", "backslashreplace").decode())
            saida.flush()
        except (OSError, ValueError):
            self._saida = None  # the terminal or the journal is gone; the file goes on


_json = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode


def registrar_varias(log: structlog.typing.FilteringBoundLogger, linhas: Iterable[MutableMapping[str, Any]]) -> None:
    """Logs the lines of a group: `nivel` (info unless said), `event`, `acao` and the rest, as `log.info` takes them.

    The configured log takes them in one write and with one time, which costs half. In that case `log` may have nothing
    bound to it. Any other log gets them one by one.
    """
    eventos = [(str(linha.pop("nivel", "info")), linha) for linha in linhas]
    saidas = structlog.get_config()["logger_factory"]()
    if isinstance(saidas, _Saidas) and hasattr(log, "bind"):
        saidas.varias(eventos)
        return
    for nivel, evento in eventos:
        getattr(log, nivel)(**evento)


def _com_hora_e_nivel(agora: Callable[[], datetime]) -> Callable[[Any, str, Evento], Evento]:
    def juntar(_logger: Any, metodo: str, evento: Evento) -> Evento:
        evento.pop("exc_info", None)  # a traceback goes to `registrar_incidente` only
        return _em_ordem(_texto_do_instante(agora()), "error" if metodo == "exception" else metodo, evento)

    return juntar


def _em_ordem(quando: str, nivel: str, evento: Evento) -> Evento:
    """Returns the event with the keys that every line has in front."""
    comum = {"quando": quando, "nivel": nivel, "acao": evento.pop("acao", "servico")}
    return {**comum, "mensagem": evento.pop("event", ""), **evento}


def _texto_do_instante(quando: datetime) -> str:
    return quando.isoformat(timespec="milliseconds")


def _apresentavel(_logger: Any, _metodo: str, evento: Evento) -> Evento:
    return {nome: _OCULTO if _secreto(nome) else _valor(valor) for nome, valor in evento.items()}


@lru_cache(maxsize=1024)
def _secreto(nome: str) -> bool:
    comparavel = nome.casefold()
    return any(s in comparavel.split("_") or comparavel == s for s in _SECRETOS)


def _valor(valor: Any) -> Any:
    """Returns the value as the log shows it: file names, which are bytes, as text, secrets inside mappings hidden."""
    if isinstance(valor, bytes):
        return mostrar(valor)
    if isinstance(valor, Path):
        return mostrar(os.fsencode(valor))
    if isinstance(valor, Mapping):
        return {str(n): _OCULTO if _secreto(str(n)) else _valor(v) for n, v in valor.items()}
    if isinstance(valor, str):
        return uma_linha(valor)
    return valor


def registrar_incidente(dados: Path, erro: BaseException, contexto: Mapping[str, Any], agora: datetime) -> str:
    """Keeps the traceback where only the administrator looks. Returns the id for the one-line log.

    The file is `dados/incidentes/<utc>-<id>.txt`. If it cannot be written, the log says so with the kind of error. The
    incident itself still has its id, and the service goes on.
    """
    rastro = "".join(traceback.format_exception(erro))
    numero = hashlib.sha256(f"{agora.isoformat()}\n{rastro}".encode("utf-8", "replace")).hexdigest()[:8]
    linhas = [f"{n}: {v}" for n, v in _apresentavel(None, "", dict(contexto)).items()]
    texto = "\n".join([f"incidente: {numero}", f"quando: {agora.isoformat()}", *linhas, "", rastro])
    pasta = dados / INCIDENTES
    try:
        criar_nossas(pasta)
        arquivo = pasta / f"{agora:%Y%m%dT%H%M%SZ}-{numero}.txt"
        fd = os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        with open(fd, "w", encoding="utf-8", errors="backslashreplace") as aberto:
            aberto.write(texto)
        for velho in sorted(pasta.glob("*.txt"))[:-INCIDENTES_GUARDADOS]:
            velho.unlink(missing_ok=True)
    except OSError as falha:
        registrador().error(
            "Não consegui guardar os detalhes de um incidente",
            acao="incidente",
            incidente=numero,
            tipo=type(erro).__name__,
            motivo=razao(falha),
        )
    return numero
