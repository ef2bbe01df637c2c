"""Accounts of the tests that need real ones: the service, a member of the exchange group, an outsider. Only as root."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
SERVICO, WMS, OUTRO = 61001, 61002, 61003
TROCA = 61010

so_como_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="NÃO é root (ou falta setpriv): as contas do serviço e do WMS NÃO foram conferidas",
)


@contextmanager
def lugar(prefixo: str = "contas-", dir_: str = "/tmp") -> Iterator[Path]:
    """Gives a folder of root's that every account may pass through, unlike pytest's own."""
    pasta = Path(tempfile.mkdtemp(prefix=prefixo, dir=dir_))
    pasta.chmod(0o755)
    try:
        yield pasta
    finally:
        shutil.rmtree(pasta, ignore_errors=True)


def como(uid: int, *comando: str, grupos: Sequence[int] = (), umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """Runs a command as an account whose first group has its own number. Root keeps nothing of its rights."""
    return subprocess.run(
        [*prefixo_da_conta(uid, grupos), *comando],
        capture_output=True,
        text=True,
        timeout=60,
        umask=umask,
        env=ambiente(),
        cwd="/",
    )


def prefixo_da_conta(uid: int, grupos: Sequence[int] = ()) -> list[str]:
    """Returns the words that make the rest of a command line run as this account."""
    dos_grupos = [f"--groups={','.join(map(str, grupos))}"] if grupos else ["--clear-groups"]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", *dos_grupos, "--inh-caps=-all"]


def ambiente() -> dict[str, str]:
    """Returns an environment in which every account finds this checkout."""
    return {**os.environ, "PYTHONPATH": str(RAIZ), "PYTHONDONTWRITEBYTECODE": "1"}


def separador(config: Path, *argumentos: str) -> list[str]:
    """Returns the command line of the program."""
    return [sys.executable, "-m", "separador", "--config", str(config), *argumentos]
