"""Holds the parts that reading commands share.

These are the database opened for reading, the state of the service, and times and ages as text for people.
"""

import json
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from separador.banco import leitura as leitura_do_banco
from separador.cli.base.comum import Saida, sair
from separador.motor.trava import Detentor, quem_detem
from separador.nucleo.fuso import dia_e_hora, para_pessoas
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao

ESTADO = "estado.json"
PARTIDA_S = 15.0
"""A holder of the lock that has not said for this long that it is ready could not write that it is (a full disk)."""

CALADO_S = 60
"""A service that has written nothing of itself for this long, and for three readings, is shown as stuck."""


@contextmanager
def lendo(dados: Path) -> Generator[sqlite3.Connection | None, None, None]:
    """Yields the database for reading; None before the first start.

    A database that cannot be read ends the command (1).
    """
    conexao = None
    try:
        conexao = leitura_do_banco.abrir_leitura(dados)
        yield conexao
    except sqlite3.Error as erro:
        arquivo = dados / leitura_do_banco.ARQUIVO
        sair(Saida.RECUSADO, f"Não consegui ler {arquivo} ({razao(erro)}); confira com: separador verificar")
    finally:
        leitura_do_banco.fechar(conexao)


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


def agora_utc() -> datetime:
    """Returns the time; the clock of the commands is only here."""
    return datetime.now(UTC)


def inicio_do_dia(agora: datetime) -> datetime:
    """Returns midnight of today in the zone of people (key `fuso`), aware."""
    return para_pessoas(agora).replace(hour=0, minute=0, second=0, microsecond=0)


def idade_s(texto: str | None, agora: datetime) -> int | None:
    """Returns the seconds since a stored instant; never below 0, because the clock may have been set back."""
    if texto is None:
        return None
    return max(0, int((agora - datetime.fromisoformat(texto)).total_seconds()))


def por_extenso(segundos: int | None) -> str:
    """Returns an age for people: `40 s`, `12 min`, `3 h`, `2 dias`."""
    if segundos is None:
        return ""
    for limite, divisor, unidade in ((120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if segundos < limite:
            return f"{segundos // divisor} {unidade}"
    return quantos(segundos // 86400, "dia", "dias")


def hora_local(texto: str | None, *, milesimos: bool = False) -> str:
    """Returns a stored instant in the zone of people, to the second; with its offset when it is not Brasília's."""
    if not texto:
        return ""
    return dia_e_hora(datetime.fromisoformat(texto), milesimos=milesimos)
