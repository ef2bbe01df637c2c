"""Runs a command of this program for a page that gives what costs: in a process of its own, with limits."""

import resource
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from separador.painel.base.resposta import OCUPADO, Erro
from separador.painel.base.visita import Visita

FILA_S = 10
BYTES = 512 * 1024 * 1024


@contextmanager
def uma_impressora(v: Visita) -> Generator[None, None, None]:
    """Waits for its turn: each takes a process, and the service shares this machine. Raises Erro."""
    if not v.casa.impressoras.acquire(timeout=FILA_S):
        raise Erro(OCUPADO, "Há impressões demais ao mesmo tempo. Tente de novo em alguns segundos.")
    try:
        yield
    finally:
        v.casa.impressoras.release()


def comando(v: Visita, palavras: Sequence[str], prazo_s: float) -> str:
    """Runs a command that only reads. Returns what it said on its error output."""
    inteiro = [sys.executable, "-m", "separador", "--config", str(v.configuracao.arquivo), *palavras]
    with subprocess.Popen(  # noqa: S603 -- our own interpreter and words; what was typed was checked
        inteiro, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as filho:
        resource.prlimit(filho.pid, resource.RLIMIT_AS, (BYTES, BYTES))
        try:
            _, dito = filho.communicate(timeout=prazo_s)
        except subprocess.TimeoutExpired:
            filho.kill()
            return f"passou de {prazo_s:.0f} s."
    return dito.strip()[:500] or "o processo terminou sem dizer por quê."
