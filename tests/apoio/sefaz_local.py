"""Runs the local SEFAZ for tests: in a thread (the test moves the clock and sets the faults) or as the process that
people start."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from separador.simulador.sefaz import relatorio
from separador.simulador.sefaz.atendimento import Ocorrencia
from separador.simulador.sefaz.falhas import Roteiro, Sorteio, ler_roteiro
from separador.simulador.sefaz.local import SefazLocal, agora_mesmo

PRONTO_S = 30.0
Falha = Mapping[str, Any]


class SefazEmFio:
    """A local SEFAZ in a thread of this process, as a context manager. `parar` and `ligar` keep the port.

    `agora` is the clock of its rules. `falhas` are items of a script (separador simulador sefaz --ajuda-falhas),
    `ajustes` its other keys. Limits of use are off unless asked for.
    """

    def __init__(
        self,
        pasta: Path,
        *,
        falhas: Iterable[Falha] = (),
        agora: Callable[[], datetime] = agora_mesmo,
        atraso_ms: int = 0,
        ca_clientes: Path | None = None,
        **ajustes: Any,
    ) -> None:
        self.pasta = pasta
        self.ocorrencias: list[Ocorrencia] = []
        self._agora, self._atraso_ms, self._ca_clientes = agora, atraso_ms, ca_clientes
        self._ajustes = {"limites": False} | ajustes
        self._falhas = list(falhas)
        self._porta = 0
        self._local: SefazLocal | None = None
        self._fio: threading.Thread | None = None

    def __enter__(self) -> "SefazEmFio":
        self.ligar()
        return self

    def __exit__(self, *_: object) -> None:
        self.parar()

    @property
    def endereco(self) -> str:
        """Returns the value for the configuration's `sefaz.simulador`."""
        return f"https://127.0.0.1:{self._porta}"

    @property
    def ca(self) -> Path:
        """Returns the value for the configuration's `sefaz.ca`."""
        return self.pasta / "ca.pem"

    def ligar(self) -> None:
        """Starts it; it listens when this returns, on the same port as before. Does nothing when on."""
        if self._local is not None:
            return
        local = SefazLocal(
            self.pasta, self._roteiro(), self.ocorrencias.append, agora=self._agora, atraso_ms=self._atraso_ms,
            ca_clientes=self._ca_clientes,
        )  # fmt: skip
        pronto, erros = threading.Event(), list[BaseException]()

        def correr() -> None:
            try:
                local.servir(self._porta, lambda _endereco: pronto.set())
            except BaseException as erro:
                erros.append(erro)
            finally:
                pronto.set()

        self._local, self._fio = local, threading.Thread(target=correr, name="sefaz-local", daemon=True)
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

    def roteiro(self, *falhas: Falha, **ajustes: Any) -> None:
        """Replaces the script, from the next call on."""
        self._falhas = list(falhas)
        self._ajustes |= ajustes
        if self._local is not None:
            roteiro, atendimento = self._roteiro(), self._local.atendimento
            atendimento.orgao.ajustes = roteiro.ajustes
            atendimento._sorteio = Sorteio(roteiro)

    def razao(self) -> dict[str, Any]:
        """Returns the ledger, as `--razao` shows it."""
        return relatorio.ler(self.pasta)

    def documento(self, chave: str) -> dict[str, Any] | None:
        """Returns one document of the ledger, or None when it was never authorised."""
        return next((d for d in self.razao()["documentos"] if d["chave"] == chave), None)

    def chamadas(self, servico: str = "") -> list[dict[str, Any]]:
        """Returns the calls since it was made, in order (`campos` of each occurrence)."""
        return [o.campos for o in self.ocorrencias if servico in ("", o.campos.get("servico"))]

    def _roteiro(self) -> Roteiro:
        return ler_roteiro({"falhas": self._falhas} | self._ajustes)


class SefazEmProcesso:
    """The command `separador simulador sefaz` in a process of its own, for benches and tests that count its cost."""

    def __init__(
        self, pasta: Path, *, falhas: Iterable[Falha] = (), atraso_ms: int = 0, porta: int = 0, **ajustes: Any
    ) -> None:
        self.pasta = pasta
        self._porta = porta
        self._atraso_ms = atraso_ms
        self._roteiro = {"falhas": [dict(f) for f in falhas], "limites": False} | ajustes
        self._processo: subprocess.Popen[str] | None = None

    def __enter__(self) -> "SefazEmProcesso":
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

    @property
    def pid(self) -> int:
        assert self._processo is not None
        return self._processo.pid

    def ligar(self) -> None:
        """Starts it; it listens when this returns."""
        self.pasta.mkdir(parents=True, exist_ok=True)
        roteiro = self.pasta / "falhas.yaml"
        roteiro.write_text(yaml.safe_dump(self._roteiro, allow_unicode=True), encoding="utf-8")
        saida = self.pasta / "simulador.log"
        with saida.open("w", encoding="utf-8") as onde:
            self._processo = subprocess.Popen(
                [
                    *(sys.executable, "-m", "separador", "simulador", "sefaz", "--json", "--porta", str(self._porta)),
                    *("--pasta", str(self.pasta), "--falhas", str(roteiro), "--atraso-ms", str(self._atraso_ms)),
                ],
                stdout=onde, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        limite_s = time.monotonic() + PRONTO_S
        while '"pronto"' not in (texto := saida.read_text(encoding="utf-8")):
            assert self._processo.poll() is None, f"o simulador terminou: {texto}"
            assert time.monotonic() < limite_s, f"o simulador não começou: {texto}"
            time.sleep(0.02)
        endereco = json.loads(texto.splitlines()[0])["endereco"]
        self._porta = int(endereco.rpartition(":")[2])

    def parar(self, sinal: int = signal.SIGTERM) -> None:
        """Ends it (in good order, unless another signal is given)."""
        if self._processo is not None:
            self._processo.send_signal(sinal)
            self._processo.wait(PRONTO_S)
            self._processo = None

    def razao(self) -> dict[str, Any]:
        return relatorio.ler(self.pasta)
