"""Runs the service to be killed: under strace from its first instant, or one worker of a running service."""

import compileall
import contextlib
import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import separador
from separador.fiscal import esquema
from separador.motor import principal
from separador.programa import grupo
from tests.apoio.maquina import SENHA
from tests.falhas.quedas_oraculo import Retrato
from tests.falhas.quedas_traco import Ponto, strace

PRAZO_S = 60.0


def ambiente() -> dict[str, str]:
    """Returns the environment of every run. No byte code is written, so that the calls are the same each time."""
    return os.environ | {"SEPARADOR_SENHA": SENHA, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def _comando(instalacao: Path, verbo: str) -> list[str]:
    return [sys.executable, "-m", "separador", "--config", str(instalacao / "config" / "separador.yaml"), verbo]


def compilar() -> None:
    """Writes the byte code of the program once: no run writes it, and to compile costs more than to run."""
    compileall.compile_dir(next(iter(separador.__path__)), quiet=2)


def aquecer() -> None:
    """Loads once what every restart needs, the parts of each capability too. `retomar` forks from here."""
    os.environ.update(ambiente())
    for modulo in pkgutil.walk_packages(separador.__path__, "separador."):
        if not modulo.name.endswith("__main__"):
            importlib.import_module(modulo.name)
    importlib.import_module("watchdog.observers")
    esquema.precarregar()


def retomar(instalacao: Path) -> int:
    """Starts again, without strace, until nothing can move. Returns the exit code; one that does not end is killed."""
    filho = _uma_vez(instalacao)
    try:
        _esperar_morte(filho, PRAZO_S)
    except TimeoutError:
        matar_grupo(filho)
    return os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1])


def correr(instalacao: Path, traco: Path, ponto: Ponto | None = None) -> None:
    """Runs one `uma-vez` under strace from its first instant. At `ponto` it dies, and its whole group with it."""
    traco.unlink(missing_ok=True)
    espera, partida = os.pipe()
    filho = _uma_vez(instalacao, espera)
    os.close(espera)
    vigia = subprocess.Popen(strace(traco, ponto, pid=filho), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _esperar(lambda: vigiado(filho))
        os.write(partida, b"!")
        _esperar_morte(filho, PRAZO_S)
    finally:
        os.close(partida)
        matar_grupo(filho)
        os.waitpid(filho, 0)
        vigia.wait(10)


def _uma_vez(instalacao: Path, espera: int | None = None) -> int:
    """Runs the entry point of `separador uma-vez` in a process group of its own. Returns the pid. It begins when
    `espera` can be read.

    The process is forked from here, where everything is imported. The start of an interpreter changes nothing in the
    installation, and would cost more than all the rest.
    """
    filho = os.fork()
    if filho:
        return filho
    codigo = 70
    try:
        os.setsid()
        with (instalacao / "servico.log").open("ab") as saida:
            os.dup2(saida.fileno(), 1)
            os.dup2(saida.fileno(), 2)
        if espera is not None:
            os.read(espera, 1)
        codigo = principal.uma_vez(instalacao / "config" / "separador.yaml")
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(codigo)


def vigiado(pid: int) -> bool:
    """Says whether strace holds the process."""
    return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text("utf-8")


def _esperar_morte(pid: int, prazo_s: float) -> None:
    """Waits until a process is dead, and notices at once. A process that does not exist counts as dead."""
    with contextlib.suppress(ProcessLookupError):
        fd = os.pidfd_open(pid)
        try:
            if not select.select([fd], [], [], prazo_s)[0]:
                raise TimeoutError(f"o processo {pid} não terminou em {prazo_s} s")
        finally:
            os.close(fd)


def matar_grupo(grupo: int) -> None:
    """Sends SIGKILL to every process of a group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(grupo, signal.SIGKILL)


_CHAMADAS = ("transmitido", "resposta da SEFAZ", "sem resposta", "transmissão")
"""Are steps of single calls. An interrupted run rightly has its look-ups besides, so they are not compared."""


def _igual(valor: object) -> str:
    """Returns one code for a cancellation: its event's answer tells it, or the look-up where that answer was lost."""
    return "135" if valor == "101" else str(valor)


def publico(instalacao: Path, nomes: Sequence[bytes]) -> Retrato:
    """Returns what the public commands say at rest: documents, failures, and the steps in the life of each file that
    came in.

    The commands run in this process, through their own entry point: one interpreter for each would cost too much.
    """
    fatos: Retrato = Counter()
    for linha in _json(instalacao, "cte", "listar"):
        fatos["cte listar", *(_igual(linha[c]) for c in ("chave", "situacao", "etapa", "protocolo", "cstat"))] += 1
    for linha in _json(instalacao, "falhas"):
        fatos["falhas", str(linha["arquivo"]), str(linha["codigo"])] += 1
    for rota in _json(instalacao, "situacao")["rotas"]:
        fatos["situacao", str(rota["id"]), f"{rota['esperando']} esperando", f"{rota['feitos']} feitos"] += 1
    for nome in nomes:
        for registro in _json(instalacao, "rastrear", nome.decode(), "--todos"):
            passos = Counter(p["passo"] for p in registro["passos"] if p["passo"] not in _CHAMADAS)
            fatos["rastrear", nome.decode(), str(registro["chave"]), str(sorted(passos.items()))] += 1
    return fatos


def _json(instalacao: Path, *args: str) -> Any:
    feito = CliRunner().invoke(grupo, ["--config", str(instalacao / "config" / "separador.yaml"), *args, "--json"])
    if feito.exit_code not in (0, 1):
        raise AssertionError(f"{args}: saiu com {feito.exit_code}: {feito.output}") from feito.exception
    return json.loads(feito.stdout)


# --- one worker ------------------------------------------------------------------------------------------------------


class ServicoComTrabalhador:
    """The service (`executar`) with one worker. strace holds the worker alone, before anything comes in."""

    def __init__(self, instalacao: Path, traco: Path, ponto: Ponto | None = None) -> None:
        self.instalacao = instalacao
        with (instalacao / "servico.log").open("ab") as saida:
            self.servico = subprocess.Popen(
                _comando(instalacao, "executar"), env=ambiente(), cwd=instalacao,
                stdin=subprocess.DEVNULL, stdout=saida, stderr=saida, start_new_session=True,
            )  # fmt: skip
        _esperar(self._pronto)
        self.trabalhador = int(_esperar(self._achar_trabalhador))
        self.strace = subprocess.Popen(
            strace(traco, ponto, pid=self.trabalhador), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        _esperar(lambda: vigiado(self.trabalhador))

    def __enter__(self) -> "ServicoComTrabalhador":
        return self

    def __exit__(self, *_: object) -> None:
        self.matar_grupo()

    def esperar_trabalhador(self, prazo_s: float) -> bool:
        """Waits until the worker dies. Returns False when it did not."""
        try:
            _esperar_morte(self.trabalhador, prazo_s)
        except TimeoutError:
            return False
        return True

    def matar_grupo(self) -> None:
        """Sends SIGKILL to the service and its processes."""
        matar_grupo(self.servico.pid)
        self.servico.wait()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.strace.wait(2)
        self.strace.kill()
        self.strace.wait()

    def parar(self) -> int:
        """Sends SIGTERM and returns the exit code."""
        self.servico.terminate()
        return self.servico.wait(PRAZO_S)

    def _pronto(self) -> bool:
        if self.servico.poll() is not None:
            raise RuntimeError(f"o serviço terminou: {(self.instalacao / 'servico.log').read_text('utf-8')[-2000:]}")
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            estado = json.loads((self.instalacao / "var" / "estado.json").read_text("utf-8"))
            return bool(estado["pronto"]) and estado["pid"] == self.servico.pid
        return False

    def _achar_trabalhador(self) -> int | None:
        """Finds the worker: it is the child of the fork server, which is a child of the service."""
        servidores = [p for p in _filhos(self.servico.pid) if b"forkserver" in _linha_de_comando(p)]
        return next((neto for s in servidores for neto in _filhos(s)), None)


def _filhos(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _linha_de_comando(pid: int) -> bytes:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _esperar(cond: Callable[[], Any], prazo_s: float = 30.0) -> Any:
    limite_s = time.monotonic() + prazo_s
    while True:
        achado = cond()
        if achado:
            return achado
        if time.monotonic() > limite_s:
            raise TimeoutError(f"{cond} não veio em {prazo_s} s")
        time.sleep(0.005)
