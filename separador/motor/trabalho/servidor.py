"""Sets up the fork server, which has the schemas and the code of the workers loaded."""

import contextlib
import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def contexto() -> ForkServerContext:
    """Returns what starts processes through it. The first process starts the server, and waits until it has loaded."""
    daqui = multiprocessing.get_context("forkserver")
    daqui.set_forkserver_preload(["separador.motor.trabalho.pre_carga"])
    return daqui


def adiantar() -> None:
    """Starts it and does not wait: it loads for half a second beside whatever the caller does before the first worker.

    A server that does not start is reported by that worker.
    """
    contexto()
    with contextlib.suppress(OSError):
        forkserver.ensure_running()
