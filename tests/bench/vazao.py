"""Measures throughput and memory: documents per second from inbox to archive, returns applied, Pss over 20,000
documents."""

import time
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any

from tests.bench import processos
from tests.bench.hospedeiro import rsa_por_s
from tests.bench.planta import Planta

AQUECER = 128
AMOSTRA_S = 0.25


@dataclass(slots=True)
class Vazao:
    """The rounds of one flow, each between two measures of the RSA bound."""

    docs_s: list[float] = field(default_factory=list)
    rsa: list[float] = field(default_factory=list)
    razoes: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    cpu_servico_us: list[float] = field(default_factory=list)

    def resumo(self) -> dict[str, Any]:
        """Returns the figures for bench.json: medians first, then every round."""
        return {
            "docs_s": round(median(self.docs_s), 1),
            "razao": round(median(self.razoes), 3),
            "cpu_us_por_documento": round(median(self.cpu_us)),
            "cpu_us_so_do_servico": round(median(self.cpu_servico_us)),
            "rodadas_docs_s": [round(x, 1) for x in self.docs_s],
            "rodadas_razao": [round(x, 3) for x in self.razoes],
            "rsa_ao_lado": [round(x) for x in self.rsa],
        }


def _rodada(vazao: Vazao, planta: Planta, rota: int, arquivos: list[Any]) -> None:
    antes, cpu = rsa_por_s(), processos.cpu_por_processo(planta.grupo)
    passou_s = planta.passar(rota, arquivos)
    gasto = {pid: s - cpu.get(pid, 0.0) for pid, s in processos.cpu_por_processo(planta.grupo).items()}
    depois = rsa_por_s()
    docs_s = len(arquivos) / passou_s
    vazao.docs_s.append(docs_s)
    vazao.rsa += [antes, depois]
    vazao.razoes.append(docs_s / mean((antes, depois)))
    vazao.cpu_us.append(sum(gasto.values()) / len(arquivos) * 1e6)
    vazao.cpu_servico_us.append(gasto[planta.grupo] / len(arquivos) * 1e6)


def entrada(planta: Planta, quantos: int, rodadas: int) -> Vazao:
    """Measures CT-e from inbox until signed in the outbox, registered, original archived. The service is warm."""
    vazao = Vazao()
    planta.passar(1, planta.gerar(AQUECER))
    for _ in range(rodadas):
        _rodada(vazao, planta, 1, planta.gerar(quantos))
    return vazao


def retornos(planta: Planta, quantos: int) -> Vazao:
    """Measures authorisations applied, each with its processed document in the outbox and in the fiscal archive."""
    vazao = Vazao()
    _rodada(vazao, planta, 2, planta.responder(quantos))
    return vazao


def memoria(planta: Planta, total: int, lote: int) -> dict[str, Any]:
    """Fills the installation up to `total` files in all. Measures the group's Pss after each batch, and its peak."""
    pico = 0.0
    proxima_s = 0.0

    def espiar() -> None:
        nonlocal pico, proxima_s
        if time.monotonic() >= proxima_s:
            proxima_s = time.monotonic() + AMOSTRA_S
            pico = max(pico, processos.pss_mb(planta.grupo))

    def agora() -> tuple[int, float, float]:
        return planta.feitos, round(processos.pss_mb(planta.grupo), 1), round(processos.anonima_mb(planta.grupo), 1)

    serie = [agora()]
    while planta.feitos < total:
        planta.passar(1, planta.gerar(min(lote, total - planta.feitos)), ao_olhar=espiar)
        serie.append(agora())
    fim, propria = serie[-1][1:]
    metade = next(mb for n, _, mb in serie if n >= total / 2)
    return {
        "mb": fim,
        "pico_mb": round(max(pico, fim), 1),
        "anonima_mb": propria,
        "crescimento_pct": round((propria / metade - 1) * 100, 1),
        "serie_documentos_pss_anonima_mb": serie,
        "por_processo_mb": processos.pss_por_processo(planta.grupo),
    }
