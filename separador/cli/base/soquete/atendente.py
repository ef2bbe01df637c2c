"""Runs one command for an account that asked by the service's socket, and writes one answer.

This is the program of the helper process (`motor.soquete.ajudante`). It runs with the rights of the service, so it
trusts nothing of the request: arguments go to click alone, the configuration is the service's, the author is the
account that the kernel named, and `autorizacao` lets only commands of reading and operating through, before click looks
at a single value.
"""

import base64
import contextlib
import io
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import click

from separador.cli.base import chamada
from separador.cli.base.chamada import Chamada
from separador.cli.base.comum import PROGRAMA, Saida
from separador.motor.soquete.ajudante import PRAZO_S
from separador.motor.soquete.quadro import LIMITE
from separador.motor.soquete.resposta import ERROS, SAIDA, Pedaco, montar, recusada

_MEMORIA = 1024**3
_PALAVRAS = 2000
"""Most arguments of a request."""
_GRANDE = f"A resposta passa de {LIMITE // 2**20} MiB; peça menos de cada vez (--limite, -n)."


class NaoSeEntendeError(Exception):
    """The request is not one."""


class GrandeDemaisError(BaseException):
    """The command writes more than an answer may hold. Nothing of the command is to catch it."""


def atender(grupo: click.Group) -> None:
    """Reads the request from standard input, runs it, and writes the answer to standard output."""
    _limitar()
    para_o_servico = os.fdopen(os.dup(1), "wb")
    quem = json.loads(sys.stdin.buffer.readline())
    pedido = sys.stdin.buffer.read(LIMITE + 1)
    with para_o_servico:
        para_o_servico.write(responder(grupo, quem, pedido))


def _limitar() -> None:
    """Bounds what this process may cost. Where the unit allows no limits, memory is the kernel's to take back."""
    signal.alarm(int(PRAZO_S) + 5)  # it also ends when the service died meanwhile
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for qual, quanto in ((resource.RLIMIT_AS, _MEMORIA), (resource.RLIMIT_CPU, int(PRAZO_S))):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(qual, (quanto, quanto))


def responder(grupo: click.Group, quem: dict[str, Any], pedido: bytes) -> bytes:
    """Returns the answer to a request. It changes this process for good: one process runs one command."""
    try:
        argumentos, entrada, cores, feita = _entender(quem, pedido)
    except NaoSeEntendeError:
        return recusada(Saida.USO, "O pedido não se entende; nada foi registrado.")
    chamada.assumir(feita)
    tela = Tela()
    sys.stdin = io.TextIOWrapper(io.BytesIO(entrada.encode("utf-8", "surrogateescape")), encoding="utf-8")
    sys.stdout, sys.stderr = tela.ponta(SAIDA), tela.ponta(ERROS)
    try:
        codigo = _rodar(grupo, argumentos, cores=cores)
    except GrandeDemaisError:
        return recusada(Saida.RECUSADO, _GRANDE)
    resposta = montar(codigo, tela.pedacos, arquivos=_arquivos(feita), ficha=feita.ficha_nova)
    return resposta if len(resposta) <= LIMITE else recusada(Saida.RECUSADO, _GRANDE)


def _rodar(grupo: click.Group, argumentos: list[str], *, cores: bool) -> int:
    try:
        grupo.main(argumentos, prog_name=PROGRAMA, color=cores)
    except SystemExit as fim:
        return fim.code if isinstance(fim.code, int) else 0
    return 0


def _entender(quem: dict[str, Any], pedido: bytes) -> tuple[list[str], str, bool, Chamada]:
    try:
        lido = json.loads(pedido)
        argumentos, entrada, ficha = lido["argumentos"], lido.get("entrada", ""), lido.get("ficha")
        anexos = {n: base64.b64decode(v, validate=True) for n, v in lido.get("anexos", {}).items()}
        certo = (
            isinstance(argumentos, list)
            and len(argumentos) <= _PALAVRAS
            and all(isinstance(a, str) and "\0" not in a for a in (*argumentos, entrada, ficha or ""))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NaoSeEntendeError from None
    if not certo:
        raise NaoSeEntendeError
    feita = Chamada(quem["uid"], quem["login"], Path(quem["configuracao"]), ficha, anexos)
    return argumentos, entrada, bool(lido.get("cores")), feita


def _arquivos(feita: Chamada) -> dict[str, dict[str, object]]:
    return {
        nome: {"dados": base64.b64encode(a.dados).decode("ascii"), "modo": a.modo, "novo": a.novo}
        for nome, a in feita.arquivos.items()
    }


class Tela:
    """Keeps what the command writes, in order, and no more than an answer may hold."""

    def __init__(self) -> None:
        self.pedacos: list[Pedaco] = []
        self._resta = LIMITE

    def ponta(self, qual: int) -> io.TextIOWrapper:
        """Returns a stream that writes here."""
        bruta = _Ponta(self, qual)
        return io.TextIOWrapper(bruta, encoding="utf-8", errors="surrogateescape", write_through=True)  # type: ignore[arg-type]

    def guardar(self, qual: int, dados: bytes) -> None:
        """Keeps one piece. Raises GrandeDemaisError, which ends the command."""
        self._resta -= len(dados)
        if self._resta < 0:
            raise GrandeDemaisError
        texto = dados.decode("utf-8", "surrogateescape")
        if self.pedacos and self.pedacos[-1][0] == qual:
            self.pedacos[-1] = (qual, self.pedacos[-1][1] + texto)
        else:
            self.pedacos.append((qual, texto))


class _Ponta(io.RawIOBase):
    def __init__(self, tela: Tela, qual: int) -> None:
        self._tela, self._qual = tela, qual

    def writable(self) -> bool:
        return True

    def write(self, dados: Any) -> int:
        self._tela.guardar(self._qual, bytes(dados))
        return len(dados)
