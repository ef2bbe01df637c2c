"""Runs the command of another account in a process of its own, with its output captured.

The process is our own interpreter and our own program: the request goes in by standard input, never as an argument or
through a shell. The loop shares nothing with it. Whatever it costs, it is the first to go when memory is short, and it
is killed when its time is over.
"""

import json
import pwd
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from separador.motor.soquete.lugar import Par
from separador.motor.soquete.quadro import LIMITE
from separador.motor.soquete.resposta import recusada

QUANTOS = 4
ESPERA_POR_VEZ_S = 10.0
PRAZO_S = 60.0
PROGRAMA = "from separador.programa import atender; atender()"
_DO_AMBIENTE = frozenset(
    (
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"),
    )
)
"""Names what the process gets of our environment: no password, no key, no credential."""


class Ajudantes:
    """The processes of one service."""

    def __init__(self, ambiente: Mapping[str, str]) -> None:
        self._ambiente = {n: v for n, v in ambiente.items() if n in _DO_AMBIENTE}
        self._vagas = threading.BoundedSemaphore(QUANTOS)
        self._filhos: set[subprocess.Popen[bytes]] = set()
        self._trava = threading.Lock()
        self._fim = False

    def executar(self, pedido: bytes, par: Par, configuracao: Path) -> bytes:
        """Returns the answer of the command. It waits for a place, and for the process, but not for ever."""
        if not self._vagas.acquire(timeout=ESPERA_POR_VEZ_S):
            return recusada(3, "O serviço está atendendo outros pedidos; nada foi registrado. Repita daqui a pouco.")
        try:
            return self._executar(pedido, par, configuracao)
        finally:
            self._vagas.release()

    def encerrar(self) -> None:
        """Ends the processes that still run, and starts no other."""
        with self._trava:
            self._fim = True
            for filho in self._filhos:
                filho.kill()

    def _executar(self, pedido: bytes, par: Par, configuracao: Path) -> bytes:
        quem = {"uid": par.uid, "login": login_de(par.uid), "configuracao": str(configuracao)}
        filho = self._comecar()
        if filho is None:
            return recusada(3, "O serviço está sendo desligado; nada foi registrado.")
        try:
            saida, _ = filho.communicate(json.dumps(quem).encode("ascii") + b"\n" + pedido, timeout=PRAZO_S)
        except subprocess.TimeoutExpired:
            filho.kill()
            filho.communicate()
            return recusada(
                3, f"O comando não terminou em {PRAZO_S:.0f} s. Se era uma ordem, veja se foi dada: separador situacao"
            )
        finally:
            with self._trava:
                self._filhos.discard(filho)
        if filho.returncode != 0 or not saida or len(saida) > LIMITE:
            return recusada(
                1,
                f"O serviço não conseguiu atender (o processo do comando terminou com {filho.returncode}). Se era uma "
                "ordem, veja se foi dada: separador situacao",
            )
        return saida

    def _comecar(self) -> "subprocess.Popen[bytes] | None":
        with self._trava:
            if self._fim:
                return None
            filho = subprocess.Popen(  # noqa: S603 -- our own interpreter and program, no argument of others
                [sys.executable, "-P", "-c", PROGRAMA],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=self._ambiente,
            )
            self._filhos.add(filho)
            return filho


def login_de(uid: int) -> str:
    """Returns the login of an account; its number, when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
