"""Tells times and ages as text for people, on the screen and on pages."""

from datetime import UTC, date, datetime, time, timedelta

from separador.banco.instante import texto_de
from separador.nucleo.fuso import das_pessoas, dia_e_hora, para_pessoas
from separador.nucleo.texto.quantidade import quantos

_PRIMEIRO_ANO = 1900
"""An earlier day is a mistake of typing; stored instants have four digits of the year."""


def agora_utc() -> datetime:
    """Returns the time; the clock of commands and pages is only here."""
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


def entre_dias(de: date | None, ate: date | None) -> tuple[str | None, str | None]:
    """Returns the first instant of `de` and the first after `ate`, as stored, by the zone of people."""
    depois = ate + timedelta(days=1) if ate is not None and ate < date.max else None
    return _inicio(de), _inicio(depois)


def _inicio(qual: date | None) -> str | None:
    if qual is None or qual.year < _PRIMEIRO_ANO:
        return None
    return texto_de(datetime.combine(qual, time(), das_pessoas()))
