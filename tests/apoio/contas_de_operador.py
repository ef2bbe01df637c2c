"""Runs the program as accounts that have only a number, the way `sudo` and systemd do. It needs root.

The interpreter must be one that other accounts may run: that of the tests may be below a closed home.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.apoio.contas import caminho_dos_pacotes, prefixo_da_conta


@dataclass(frozen=True)
class Conta:
    """One account: its number, its group, its other groups."""

    uid: int
    gid: int
    grupos: tuple[int, ...] = ()

    def comando(self, comando: Sequence[str]) -> list[str]:
        """Returns the command, run by this account."""
        if self.uid == 0:
            return list(comando)
        return [*prefixo_da_conta(self.uid, self.grupos), *comando]


GRUPO_DE_OPERADORES = 61903
ROOT = Conta(0, 0)
SERVICO = Conta(61901, 61901)
OPERADOR = Conta(61910, 61910, (GRUPO_DE_OPERADORES,))
OUTRO_OPERADOR = Conta(61912, 61912, (GRUPO_DE_OPERADORES,))
DE_FORA = Conta(61911, 61911)


def _interprete() -> tuple[str, str] | None:
    """Returns an interpreter that every account may run, and the PYTHONPATH that it needs."""
    pacotes = caminho_dos_pacotes()
    versao = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidato in (sys.executable, f"/usr/bin/python{versao}", f"/usr/local/bin/python{versao}"):
        importar = [candidato, "-c", "import separador.programa, lxml"]
        teste = DE_FORA.comando(["env", f"PYTHONPATH={pacotes}", *importar])
        if Path(candidato).exists() and subprocess.run(teste, capture_output=True, cwd="/").returncode == 0:
            return candidato, pacotes
    return None


_ACHADO = _interprete() if os.geteuid() == 0 and shutil.which("setpriv") else None
precisa_de_contas = pytest.mark.skipif(
    _ACHADO is None,
    reason="SEM root, setpriv ou um Python que as outras contas possam rodar: as contas NÃO foram provadas",
)


def programa(*args: str) -> list[str]:
    """Returns the command line of the program."""
    assert _ACHADO is not None
    return [_ACHADO[0], "-m", "separador", *args]


def ambiente(**mais: str) -> dict[str, str]:
    """Returns a clean environment, as a login gives it."""
    assert _ACHADO is not None
    limpo = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": _ACHADO[1]}
    return limpo | {"PYTHONDONTWRITEBYTECODE": "1"} | mais


def rodar(
    conta: Conta, comando: Sequence[str], *, env: Mapping[str, str], cwd: Path, entrada: str = "", prazo_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """Runs a command as an account, to its end."""
    return subprocess.run(
        conta.comando(comando), env=dict(env), cwd=cwd, input=entrada, capture_output=True, text=True, timeout=prazo_s,
        errors="surrogateescape",
    )  # fmt: skip
