"""Runs commands of the program in processes that are forked from one where everything is imported already.

What a test prepares (`init`, `uma-vez`) thus costs a tenth of the start of an interpreter. The process is another one
all the same, with its own environment, folder and descriptors. What a test is about it runs by `python -m separador`.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any

PRE_CARGA = (
    *("separador.programa", "separador.motor.principal", "separador.motor.ciclo", "separador.motor.trabalho.pre_carga"),
    *("separador.cli.init", "separador.cli.servico"),
)
"""Modules that the commands import. What one of them imports beside these costs that command only."""

_servidor: subprocess.Popen[str] | None = None


def rodar(
    argumentos: list[str], *, env: dict[str, str], pasta: Path, prazo_s: float
) -> subprocess.CompletedProcess[str]:
    """Runs `separador` with these arguments. Raises TimeoutError."""
    servidor = _ligado()
    assert servidor.stdin is not None
    assert servidor.stdout is not None
    with tempfile.TemporaryDirectory(prefix="partida-") as saidas:
        pedido = {"argumentos": argumentos, "env": env, "pasta": str(pasta), "saidas": saidas}
        vigia = Timer(prazo_s, servidor.kill)
        vigia.start()
        try:
            print(json.dumps(pedido), file=servidor.stdin, flush=True)
            linha = servidor.stdout.readline()
        finally:
            vigia.cancel()
        if not linha:
            raise TimeoutError(f"{' '.join(argumentos)}: não terminou em {prazo_s} s")
        dito, erros = ((Path(saidas) / n).read_text(encoding="utf-8") for n in ("1", "2"))
    return subprocess.CompletedProcess(argumentos, int(linha), dito, erros)


def _ligado() -> subprocess.Popen[str]:
    global _servidor  # noqa: PLW0603 -- one per process of pytest
    if _servidor is None or _servidor.poll() is not None:
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
        codigo = os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1])
        print(codigo, flush=True)


def _ser_o_comando(pedido: dict[str, Any]) -> None:
    codigo = 70
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(pedido["env"])
        os.chdir(pedido["pasta"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for fd in (1, 2):
            os.dup2(os.open(f"{pedido['saidas']}/{fd}", os.O_WRONLY | os.O_CREAT, 0o600), fd)
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
