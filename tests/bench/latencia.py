"""Measures latency: a program writes a file in the inbox and closes it; how long until the signed file is visible."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from separador.demonstracao.exportacoes import Exportacao
from tests.bench.planta import Planta

OLHADA_S = 0.0005
"""Is the interval between looks at the outbox: the resolution of the figures."""
RESPIRO_S = 0.03
"""Is the pause between one file's appearance and the next file's writing, with files one at a time."""
PRAZO_S = 30.0


def medir(planta: Planta, quantos: int, *, cadencia_s: float | None = None) -> list[float]:
    """Returns the milliseconds of each file, from `close` to visible.

    Files go one at a time. With `cadencia_s`, one goes each so many seconds, whether the earlier ones are visible or
    not: where each wait lasts a second, one after the other would take minutes. The first three are not counted.
    """
    espera = _Espera(planta.maquina.destino(1))
    for i, arquivo in enumerate(planta.gerar(quantos + 3)):
        uma_a_uma = cadencia_s is None or i < 3
        comeco = time.perf_counter()
        espera.gravar(planta.maquina.origem(1), arquivo)
        if uma_a_uma:
            espera.ate(lambda: not espera.pendentes)
            time.sleep(RESPIRO_S)
        else:
            espera.ate(lambda inicio=comeco: time.perf_counter() - inicio >= (cadencia_s or 0.0))
    espera.ate(lambda: not espera.pendentes)
    planta.feitos += quantos + 3
    return espera.medidas[3:]


def percentis(ms: list[float]) -> dict[str, float]:
    """Returns p50, p99 and the worst, in ms."""
    cortes = quantiles(ms, n=100, method="inclusive")
    return {"p50": round(cortes[49], 1), "p99": round(cortes[98], 1), "pior": round(max(ms), 1), "arquivos": len(ms)}


class _Espera:
    """The files written and not yet seen on the other side."""

    def __init__(self, saida: Path) -> None:
        self.saida = saida
        self.pendentes: list[tuple[Path, float]] = []
        self.medidas: list[float] = []

    def gravar(self, origem: Path, arquivo: Exportacao) -> None:
        """Writes a file in place, under its final name, as exporters do."""
        with (origem / arquivo.nome.decode()).open("wb") as aberto:
            aberto.write(arquivo.dados)
        self.pendentes.append((self.saida / f"{arquivo.chave}-cte.xml", time.perf_counter()))

    def ate(self, cond: Callable[[], bool]) -> None:
        """Looks until `cond()`, and times every file that it sees meanwhile."""
        limite = time.perf_counter() + PRAZO_S
        while True:
            self._olhar()
            if cond():
                return
            if time.perf_counter() > limite:
                raise AssertionError(f"{len(self.pendentes)} arquivos não apareceram em {PRAZO_S:.0f} s")
            time.sleep(OLHADA_S)

    def _olhar(self) -> None:
        restantes = []
        for caminho, fechado_s in self.pendentes:
            if caminho.exists():
                self.medidas.append((time.perf_counter() - fechado_s) * 1000)
            else:
                restantes.append((caminho, fechado_s))
        self.pendentes = restantes
