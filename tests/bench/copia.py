"""Measures what a copy of the installation costs whoever works meanwhile: the intake, and a writer of the database."""

import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.planta import Planta

SONDA_S = 0.002
RODADAS = 3


class _Copiando:
    """Makes copies, one after the other, while it is entered."""

    def __init__(self, em: Planta, pasta: Path) -> None:
        self._em, self._pasta = em, pasta
        self._agora: subprocess.Popen[bytes] | None = None
        self.feitas = 0

    def __enter__(self) -> "_Copiando":
        self.seguir()
        return self

    def __exit__(self, *_: object) -> None:
        if self._agora is not None:
            self._acabar(self._agora)

    def seguir(self) -> None:
        """Begins another when the last one is made."""
        if self._agora is not None:
            if self._agora.poll() is None:
                return
            self._acabar(self._agora)
        m = self._em.maquina
        comando = [*m.comando, "copia", "fazer", str(self._pasta)]
        self._agora = subprocess.Popen(comando, env=m.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def _acabar(self, processo: subprocess.Popen[bytes]) -> None:
        _, erro = processo.communicate()
        if processo.returncode != 0:
            raise AssertionError(f"copia fazer: saiu com {processo.returncode}\n{erro.decode()}")
        self.feitas += 1

    @property
    def copiando(self) -> bool:
        """Says whether the copy that was begun last goes on."""
        return self._agora is not None and self._agora.poll() is None


def medir(em: Planta, documentos: int) -> dict[str, Any]:
    """Measures the intake without and with copies beside it, in turns, and the longest wait of a writer during one."""
    pasta = em.maquina.pasta / "copias"
    em.passar(1, em.gerar(documentos))
    sem, com = [], []
    copias = 0
    for _ in range(RODADAS):
        sem.append(documentos / em.passar(1, em.gerar(documentos)))
        with _Copiando(em, pasta) as c:
            com.append(documentos / em.passar(1, em.gerar(documentos), ao_olhar=c.seguir))
        copias += c.feitas
    parado = _espera_ms(em, lambda: False, RODADAS)
    with _Copiando(em, pasta) as c:
        durante = _espera_ms(em, lambda: c.copiando, RODADAS)
    return {
        "sem_docs_s": round(median(sem), 1), "com_docs_s": round(median(com), 1),
        "entrada_pct": round(100 * median(com) / median(sem), 1), "copias": copias,
        "escritor_ms": round(durante, 2), "escritor_sem_copia_ms": round(parado, 2),
    }  # fmt: skip


def _espera_ms(em: Planta, enquanto: Callable[[], bool], ao_menos_s: float) -> float:
    """Returns the longest time that a writer waited for its turn, the service at rest. It writes nothing."""
    maior, fim = 0.0, time.monotonic() + ao_menos_s
    with closing(sqlite3.connect(em.maquina.dados / "separador.db", timeout=10, isolation_level=None)) as banco:
        while enquanto() or time.monotonic() < fim:
            inicio = time.perf_counter()
            banco.execute("BEGIN IMMEDIATE")
            maior = max(maior, time.perf_counter() - inicio)
            banco.execute("ROLLBACK")
            time.sleep(SONDA_S)
    return maior * 1000
