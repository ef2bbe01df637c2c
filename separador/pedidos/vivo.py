"""Tells the state of the service from its lock and from what it writes of itself, without disturbing it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from separador.motor.trava import Detentor, quem_detem

ESTADO = "estado.json"
PARTIDA_S = 15.0
"""A holder of the lock that has not said for this long that it is ready could not write that it is (a full disk)."""

CALADO_S = 60
"""A service that has written nothing of itself for this long, and for three readings, is shown as stuck."""


@dataclass(frozen=True, slots=True)
class Vivo:
    """The service now. `ativo`: running and ready; `rotas`: what it says of each route, by id as text.

    `calado_s`: seconds since it wrote something of itself, which it does at every reading; None when that cannot be
    told.
    """

    ativo: bool
    detentor: Detentor | None = None
    desde: str | None = None
    rotas: dict[str, dict[str, Any]] = field(default_factory=dict)
    calado_s: int | None = None

    def parado(self, tempo_leitura_s: int) -> bool:
        """Says whether it runs and does nothing: stopped by a signal, stuck on a device, or without processor time."""
        return self.calado_s is not None and self.calado_s > max(CALADO_S, 3 * tempo_leitura_s)

    @property
    def pid(self) -> int | None:
        """Returns the process of the service, if it can be told."""
        return self.detentor.pid if self.detentor is not None else None

    @property
    def iniciando(self) -> bool:
        """Says whether it runs and is not ready yet."""
        return self.detentor is not None and not self.ativo


def servico_vivo(dados: Path, agora: datetime) -> Vivo:
    """Returns the state of the service, from its lock and from what it wrote of itself.

    The lock is always right: the system releases it when the process ends.
    """
    detentor = quem_detem(dados) if dados.is_dir() else None
    if detentor is None:
        return Vivo(ativo=False)
    dito = _estado(dados)
    proprio = dito.get("pid") == detentor.pid
    pronto = (proprio and dito.get("pronto") is True) or _idade_s(detentor.desde, agora) > PARTIDA_S
    desde = dito.get("desde") if proprio else detentor.desde
    rotas, calado_s = (dito.get("rotas", {}), _calado_s(dados, agora)) if proprio else ({}, None)
    return Vivo(pronto, detentor, desde, rotas, calado_s)


def _calado_s(dados: Path, agora: datetime) -> int | None:
    try:
        escrito = (dados / ESTADO).stat().st_mtime
    except OSError:
        return None
    return max(0, int(agora.timestamp() - escrito))


def _estado(dados: Path) -> dict[str, Any]:
    try:
        lido = json.loads((dados / ESTADO).read_bytes())
    except (OSError, ValueError):
        return {}
    return lido if isinstance(lido, dict) else {}


def _idade_s(texto: str | None, agora: datetime) -> float:
    try:
        return (agora - datetime.fromisoformat(texto or "")).total_seconds()
    except ValueError:
        return PARTIDA_S + 1
