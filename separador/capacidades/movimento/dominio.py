"""Knows what is counted: outcomes, their times, and the days and hours of people that hours in UTC belong to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

TEMPOS_S = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
"""Upper bounds of the twelve classes of the time from the file to the authorisation; the last one has none."""
AUTORIZADO, REJEITADO, CANCELADO = "autorizado", "rejeitado", "cancelado"
RECUSADO, GUIA_BAIXADA = "recusado", "guia baixada"
DA_SEFAZ, DAQUI = "SEFAZ", "separador"
"""Who refuses."""
DE_ARQUIVOS = ("entregue", "aplicado", RECUSADO, "duplicado", "quarentena")
"""Outcomes of files; every other one is that of a document or a guide."""


@dataclass(frozen=True, slots=True)
class Fonte:
    """Rows that a capability keeps for good, each of which counts once, in the order of their ids.

    `ultimo`: a statement for the newest id. `linhas`: one for the rows with id > ? AND id <= ?, as (hora, empresa,
    rota_id, autorizador, desfecho, cstat, valor, tempo_s); `valor` in cents, `tempo_s` NULL where no time is measured.
    """

    ultimo: str
    linhas: str


class Contado(NamedTuple):
    """One row of the summary, or several together. `hora`: UTC, as in `2026-11-30T15`."""

    hora: str
    empresa: str
    rota: int
    autorizador: str
    desfecho: str
    cstat: str
    quantos: int
    valor: int
    tempos: tuple[int, ...]


@dataclass(slots=True)
class Movimento:
    """What passed in one day, or for one company: sums of the rows of the summary."""

    arquivos: int = 0
    autorizados: int = 0
    valor: int = 0
    rejeitados: int = 0
    cancelados: int = 0
    recusados: int = 0
    guias: int = 0
    tempos: list[int] = field(default_factory=lambda: [0] * (len(TEMPOS_S) + 1))

    def mais(self, c: Contado) -> None:
        """Adds a row."""
        if c.desfecho in DE_ARQUIVOS:
            self.arquivos += c.quantos
            self.recusados += c.quantos if c.desfecho == RECUSADO else 0
        elif c.desfecho == AUTORIZADO:
            self.autorizados += c.quantos
            self.valor += c.valor
            self.tempos = [a + b for a, b in zip(self.tempos, c.tempos, strict=True)]
        elif c.desfecho == REJEITADO:
            self.rejeitados += c.quantos
        elif c.desfecho == CANCELADO:
            self.cancelados += c.quantos
        elif c.desfecho == GUIA_BAIXADA:
            self.guias += c.quantos

    def juntar(self, outro: "Movimento") -> None:
        """Adds what passed elsewhere."""
        self.arquivos += outro.arquivos
        self.autorizados += outro.autorizados
        self.valor += outro.valor
        self.rejeitados += outro.rejeitados
        self.cancelados += outro.cancelados
        self.recusados += outro.recusados
        self.guias += outro.guias
        self.tempos = [a + b for a, b in zip(self.tempos, outro.tempos, strict=True)]

    def ate_s(self, parte: float) -> float | None:
        """Returns the seconds within which this share of the authorisations came; None: longer than the last bound, or
        there were none."""
        alvo, contados = parte * sum(self.tempos), 0
        for limite, quantos in zip(TEMPOS_S, self.tempos, strict=False):
            contados += quantos
            if alvo and contados >= alvo:
                return float(limite)
        return None


def juntar(linhas: Iterable[Contado], por: Callable[[Contado], str | None]) -> dict[str, Movimento]:
    """Groups rows; those of which `por` says None are left out."""
    juntos: dict[str, Movimento] = {}
    for linha in linhas:
        nome = por(linha)
        if nome is not None:
            juntos.setdefault(nome, Movimento()).mais(linha)
    return juntos


def _local(c: Contado, zona: Callable[[datetime], datetime]) -> datetime:
    return zona(datetime.fromisoformat(f"{c.hora}:00:00").replace(tzinfo=UTC))


def por_dia(zona: Callable[[datetime], datetime]) -> Callable[[Contado], str]:
    """Groups by the day of people. `zona` puts an instant into their zone."""
    return lambda c: f"{_local(c, zona):%Y-%m-%d}"


def por_mes(zona: Callable[[datetime], datetime]) -> Callable[[Contado], str]:
    """Groups by the month of people."""
    return lambda c: f"{_local(c, zona):%Y-%m}"


def por_hora(zona: Callable[[datetime], datetime]) -> Callable[[Contado], str]:
    """Groups by the hour of the day of people, whatever the day."""
    return lambda c: f"{_local(c, zona):%H}h"


POR: Mapping[str, Callable[[Contado], str | None]] = {
    "empresa": lambda c: c.empresa or None,
    "rota": lambda c: str(c.rota) if c.rota else None,
    "autorizador": lambda c: c.autorizador or None,
    "cstat": lambda c: c.cstat or None,
}
"""Groups that need no zone. A row that has none of it is left out."""


def horas(inicio: str, fim: str) -> tuple[str, str]:
    """Returns the first hour and the first one after the last, in UTC, between two instants as stored. A zone whose
    offset is no whole hour counts its half hour with the hour in which that began."""
    ultimo = datetime.fromisoformat(fim) - timedelta(milliseconds=1)
    return inicio[:13], f"{ultimo + timedelta(hours=1):%Y-%m-%dT%H}"
