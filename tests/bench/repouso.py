"""Measures the service with nothing to do, its start, and a command beside it."""

import time
from statistics import median
from typing import Any

from tests.bench import processos
from tests.bench.planta import Planta


def ociosa(planta: Planta, duracao_s: float) -> dict[str, Any]:
    """Measures the CPU of the whole group while nothing arrives, in per cent of one core. Use whole tens of seconds."""
    time.sleep(3)
    antes, inicio = processos.cpu_s(planta.grupo), time.monotonic()
    time.sleep(duracao_s)
    usado_s, passou_s = processos.cpu_s(planta.grupo) - antes, time.monotonic() - inicio
    return {
        "pct": round(usado_s / passou_s * 100, 3),
        "cpu_ms": round(usado_s * 1000, 1),
        "segundos": round(passou_s, 1),
    }


def partida(planta: Planta, vezes: int) -> list[float]:
    """Measures the milliseconds from the program's start to READY=1, after a stop in good order. It stays running."""
    medidas = []
    for _ in range(vezes):
        planta.parar()
        medidas.append(round(planta.partir(), 1))
    return medidas


def situacao(planta: Planta, vezes: int = 5) -> list[float]:
    """Measures the milliseconds of `separador situacao`, interpreter included, while the service runs."""
    medidas = []
    for _ in range(vezes):
        inicio = time.perf_counter()
        feito = planta.maquina.cli("situacao")
        medidas.append(round((time.perf_counter() - inicio) * 1000, 1))
        if feito.returncode not in (0, 1):
            raise AssertionError(f"situacao: saiu com {feito.returncode}\n{feito.stderr}")
    return medidas


def mediana(medidas: list[float]) -> float:
    """Returns the median, rounded."""
    return round(median(medidas), 1)
