"""Runs the local SERPRO for tests: in a thread (the test has the clock, the faults, the store) or as the process that
people start."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from separador.simulador.serpro.cenario import Cenario, Falha
from separador.simulador.serpro.estado import Arquivo, Chamada
from separador.simulador.serpro.local import SerproLocal, agora_mesmo

PRONTO_S = 30.0


class SerproEmFio:
    """A local SERPRO in a thread of this process, as a context manager. `parar` and `ligar` keep the port."""

    def __init__(
        self, pasta: Path, cenario: Cenario | None = None, *, agora: Callable[[], datetime] = agora_mesmo
    ) -> None:
        self.pasta, self.cenario = pasta, cenario or Cenario()
        self._agora = agora
        self._porta = 0
        self._local: SerproLocal | None = None
        self._fio: threading.Thread | None = None

    def __enter__(self) -> "SerproEmFio":
        self.ligar()
        return self

    def __exit__(self, *_: object) -> None:
        self.parar()

    @property
    def endereco(self) -> str:
        """Returns the value for the configuration's `ecac.simulador`."""
        return f"https://127.0.0.1:{self._porta}"

    @property
    def ca(self) -> Path:
        """Returns the value for the configuration's `ecac.ca`."""
        return self.pasta / "ca.pem"

    @property
    def arquivo(self) -> Arquivo:
        """Returns the store, with which a test pays, cancels, grants and revokes. It also holds the ledger."""
        assert self._local is not None
        return self._local.arquivo

    def falhas(self, *falhas: Falha) -> None:
        """Adds faults, from the next request on."""
        assert self._local is not None
        self._local.atendimento.programa.programar(*falhas)

    def sem_falhas(self) -> None:
        """Removes all faults; from now on all goes well."""
        assert self._local is not None
        self._local.atendimento.programa.esquecer()

    def chamadas(self, servico: str | None = None) -> list[Chamada]:
        """Returns the ledger, oldest first."""
        return self.arquivo.chamadas(servico)

    def ligar(self) -> None:
        """Starts it; it listens when this returns, on the same port as before. Does nothing when on."""
        if self._local is not None:
            return
        local = SerproLocal(self.pasta, self.cenario, agora=self._agora)
        pronto, erros = threading.Event(), list[BaseException]()

        def correr() -> None:
            try:
                local.servir(self._porta, lambda _endereco: pronto.set())
            except BaseException as erro:
                erros.append(erro)
            finally:
                pronto.set()

        self._local, self._fio = local, threading.Thread(target=correr, name="serpro-local", daemon=True)
        self._fio.start()
        assert pronto.wait(PRONTO_S), "o simulador não começou a escutar"
        if erros:
            raise erros[0]
        self._porta = local.servidor.porta

    def parar(self) -> None:
        """Stops it; connections are refused from now on. Does nothing when off."""
        if self._local is None or self._fio is None:
            return
        self._local.servidor.parar()
        self._fio.join()
        self._local.fechar()
        self._local = self._fio = None


class SerproEmProcesso:
    """The command `separador simulador serpro` in a process of its own. `cenario` is a YAML file, or None."""

    def __init__(self, pasta: Path, cenario: Path | None = None, *, porta: int = 0) -> None:
        self.pasta, self._cenario, self._porta = pasta, cenario, porta
        self._processo: subprocess.Popen[str] | None = None

    def __enter__(self) -> "SerproEmProcesso":
        self.ligar()
        return self

    def __exit__(self, *_: object) -> None:
        self.parar()

    @property
    def endereco(self) -> str:
        return f"https://127.0.0.1:{self._porta}"

    @property
    def ca(self) -> Path:
        return self.pasta / "ca.pem"

    def ligar(self) -> None:
        """Starts it; it listens when this returns."""
        self.pasta.mkdir(parents=True, exist_ok=True)
        saida = self.pasta / "simulador.log"
        comando = [sys.executable, "-m", "separador", "simulador", "serpro", "--json", "--porta", str(self._porta)]
        comando += ["--pasta", str(self.pasta), *(["--cenario", str(self._cenario)] if self._cenario else [])]
        with saida.open("w", encoding="utf-8") as onde:
            self._processo = subprocess.Popen(
                comando, stdout=onde, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        limite_s = time.monotonic() + PRONTO_S
        while '"pronto"' not in (texto := saida.read_text(encoding="utf-8")):
            assert self._processo.poll() is None, f"o simulador terminou: {texto}"
            assert time.monotonic() < limite_s, f"o simulador não começou: {texto}"
            time.sleep(0.02)
        self._porta = int(json.loads(texto.splitlines()[0])["endereco"].rpartition(":")[2])

    def parar(self, sinal: int = signal.SIGTERM) -> None:
        """Ends it (in good order, unless another signal is given)."""
        if self._processo is not None:
            self._processo.send_signal(sinal)
            self._processo.wait(PRONTO_S)
            self._processo = None

    def chamadas(self, servico: str | None = None) -> list[Chamada]:
        """Returns the ledger, while it runs or after."""
        arquivo = Arquivo(self.pasta, so_leitura=True)
        try:
            return arquivo.chamadas(servico)
        finally:
            arquivo.fechar()
