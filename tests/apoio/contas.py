"""Accounts of the tests that need real ones: the service, a member of the exchange group, an outsider. Only as root."""

import atexit
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
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
    return {**os.environ, "PYTHONPATH": caminho_dos_pacotes(), "PYTHONDONTWRITEBYTECODE": "1"}


@cache
def caminho_dos_pacotes() -> str:
    """Returns the PYTHONPATH in which every account finds the program and what it needs.

    Below a folder that only root enters (`mktemp -d` makes such) this is a second tree of the same files.
    """
    bibliotecas = Path(sysconfig.get_path("purelib"))
    abertos = subprocess.run(
        [*prefixo_da_conta(OUTRO), "ls", str(RAIZ / "separador"), str(bibliotecas)], capture_output=True, cwd="/"
    )
    if abertos.returncode == 0:
        return f"{RAIZ}:{bibliotecas}"
    pasta = Path(tempfile.mkdtemp(prefix="pacotes-", dir="/tmp"))
    atexit.register(shutil.rmtree, pasta, ignore_errors=True)
    pasta.chmod(0o755)
    fora = shutil.ignore_patterns("__pycache__", "mypy*", "ruff*")
    shutil.copytree(RAIZ / "separador", pasta / "separador", ignore=fora, copy_function=_para_todos)
    shutil.copytree(bibliotecas, pasta, ignore=fora, copy_function=_para_todos, dirs_exist_ok=True)
    for nivel in (pasta, *(p for p in pasta.rglob("*") if p.is_dir())):
        nivel.chmod(0o755)
    return str(pasta)


def _para_todos(de: str, para: str) -> None:
    """Gives a file a second name, since the copies would be large. One that others may not read is copied."""
    if os.stat(de).st_mode & 0o004 and os.stat(de).st_dev == os.stat(Path(para).parent).st_dev:
        os.link(de, para)
    else:
        shutil.copyfile(de, para)
        os.chmod(para, 0o755)


def separador(config: Path, *argumentos: str) -> list[str]:
    """Returns the command line of the program."""
    return [sys.executable, "-m", "separador", "--config", str(config), *argumentos]
