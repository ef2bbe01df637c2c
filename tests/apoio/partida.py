"""Runs commands of the program in processes that are forked from one where everything is imported already.

A command thus costs a tenth of what the start of an interpreter costs. It is a process of its own all the same: its
environment, folder, descriptors, memory and death are its own, and it enters by `separador.programa.main`. The service
(`executar`), and commands whose environment changes the interpreter, start by `python -m separador`. So does every
command where SEPARADOR_TESTES_INTEIROS is set, as in `make longo`.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from threading import Event, Lock, Timer
from typing import Any

PRE_CARGA = (
    *("separador.programa", "separador.motor.principal", "separador.motor.ciclo", "separador.motor.trabalho.pre_carga"),
    *("separador.cli.init", "separador.cli.servico"),
)
"""Modules that the commands import. What one of them imports beside these costs that command only."""

INTEIROS = "SEPARADOR_TESTES_INTEIROS"
"""The variable of the environment that makes every command an interpreter of its own."""

_INOCUAS = frozenset({"PYTHONUNBUFFERED"})

_servidor: subprocess.Popen[str] | None = None
_vez = Lock()


def serve(env: dict[str, str]) -> bool:
    """Says whether a command with this environment may run here. The interpreter has read some of it already."""
    if os.environ.get(INTEIROS):
        return False
    lidas = {n for n in env if n.startswith(("PYTHON", "LC_", "LANG", "TZ"))} - _INOCUAS
    return all(os.environ.get(n) == env[n] for n in lidas)


def rodar(
    argumentos: list[str], *, env: dict[str, str], pasta: Path, prazo_s: float, entrada: str | None = None
) -> subprocess.CompletedProcess[str] | None:
    """Runs `separador` with these arguments. Returns None, and runs nothing, while another command runs here.

    Raises subprocess.TimeoutExpired.
    """
    if not _vez.acquire(blocking=False):
        return None
    try:
        return _rodar(argumentos, env, pasta, prazo_s, entrada or "")
    finally:
        _vez.release()


def _rodar(
    argumentos: list[str], env: dict[str, str], pasta: Path, prazo_s: float, entrada: str
) -> subprocess.CompletedProcess[str]:
    servidor = _ligado()
    assert servidor.stdin is not None
    assert servidor.stdout is not None
    with tempfile.TemporaryDirectory(prefix="partida-") as saidas:
        (Path(saidas) / "0").write_text(entrada, encoding="utf-8")
        pedido = {"argumentos": argumentos, "env": env, "pasta": str(pasta), "saidas": saidas}
        print(json.dumps(pedido), file=servidor.stdin, flush=True)
        filho = int(servidor.stdout.readline())
        venceu = Event()
        vigia = Timer(prazo_s, _matar, (filho, venceu))
        vigia.start()
        try:
            codigo = int(servidor.stdout.readline())
        finally:
            vigia.cancel()
        dito, erros = ((Path(saidas) / n).read_text(encoding="utf-8") for n in ("1", "2"))
    if venceu.is_set():
        raise subprocess.TimeoutExpired(argumentos, prazo_s, dito, erros)
    return subprocess.CompletedProcess(argumentos, codigo, dito, erros)


def _matar(filho: int, venceu: Event) -> None:
    venceu.set()
    os.kill(filho, signal.SIGKILL)


def _ligado() -> subprocess.Popen[str]:
    global _servidor  # noqa: PLW0603 -- one per process of pytest
    if _servidor is None or _servidor.poll() is not None:
        if _servidor is not None:
            _servidor.communicate()  # its pipes, which the collector would complain about in some later test
        comando = [sys.executable, "-c", "from tests.apoio.partida import servir; servir()"]
        raiz = Path(__file__).resolve().parents[2]
        _servidor = subprocess.Popen(
            comando, cwd=raiz, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        atexit.register(_servidor.kill)
    return _servidor


def servir() -> None:
    """Reads one request per line, and answers each with the exit code. It ends with its standard input."""
    for modulo in PRE_CARGA:
        import_module(modulo)
    for linha in sys.stdin:
        filho = os.fork()
        if not filho:
            _ser_o_comando(json.loads(linha))
        print(filho, flush=True)
        codigo = os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1])
        print(codigo, flush=True)


def _ser_o_comando(pedido: dict[str, Any]) -> None:
    codigo = 70
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(pedido["env"])
        os.chdir(pedido["pasta"])
        os.dup2(os.open(f"{pedido['saidas']}/0", os.O_RDONLY), 0)
        for fd in (1, 2):
            os.dup2(os.open(f"{pedido['saidas']}/{fd}", os.O_WRONLY | os.O_CREAT, 0o600), fd)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- the old one may have read ahead
        sys.argv = ["separador", *pedido["argumentos"]]
        import_module("separador.programa").main()
        codigo = 0
    except SystemExit as fim:
        codigo = fim.code if isinstance(fim.code, int) else int(fim.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for saida in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                saida.flush()
        os._exit(codigo)
