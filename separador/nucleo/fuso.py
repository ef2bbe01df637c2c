"""Holds the two zones that are not UTC: the legal time of each state, for XML, and the zone in which people read times.

Everywhere else the program keeps UTC: in the database, in JSON, in the file of the log and in the journal.
"""

from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FUSO_PADRAO = "America/Sao_Paulo"
"""What the key `fuso` is when it is not given."""

# These are the IBGE codes of the states that are not at UTC-3. There is no daylight saving time since 2019.
_HORAS = {"12": -5, "11": -4, "13": -4, "14": -4, "50": -4, "51": -4}
BRASILIA = timezone(timedelta(hours=-3))
"""The legal time of the Receita and of its bills; no daylight saving time since 2019."""


def fuso_da_uf(codigo_ibge: str) -> timezone:
    """Returns the offset of the capital of a state, by its two-digit IBGE code (the first two of a chave)."""
    return timezone(timedelta(hours=_HORAS.get(codigo_ibge, -3)))


def ler_fuso(nome: str) -> tzinfo:
    """Returns the zone of a name such as `America/Manaus`. Raises ValueError for a name that is not known."""
    try:
        return ZoneInfo(nome)
    except (OSError, ValueError, KeyError) as erro:  # KeyError: ZoneInfoNotFoundError; OSError: a name of a folder
        raise ValueError(f"o fuso {nome} não existe") from erro


class _DasPessoas:
    """The zone of this process: one configuration rules a process, and every place that shows a time reads it here."""

    nome = FUSO_PADRAO
    zona: tzinfo | None = None


def usar(nome: str) -> None:
    """Takes up the key `fuso` of the configuration in force."""
    if nome != _DasPessoas.nome:
        _DasPessoas.nome, _DasPessoas.zona = nome, ler_fuso(nome)


def das_pessoas() -> tzinfo:
    """Returns the zone in which people read times."""
    if _DasPessoas.zona is None:
        _DasPessoas.zona = ler_fuso(_DasPessoas.nome)
    return _DasPessoas.zona


def para_pessoas(instante: datetime) -> datetime:
    """Returns an aware instant in the zone of people."""
    return instante.astimezone(das_pessoas())


def dia(quando: date) -> str:
    """Returns a day as people write it; of an instant, the day in their zone."""
    return f"{para_pessoas(quando) if isinstance(quando, datetime) else quando:%d/%m/%Y}"


def hora(instante: datetime, *, segundos: bool = False) -> str:
    """Returns the time of day of an instant in the zone of people, with its offset when it is not Brasília's."""
    local = para_pessoas(instante)
    return f"{local:%H:%M:%S}{duvida(local)}" if segundos else f"{local:%H:%M}{duvida(local)}"


def dia_e_hora(instante: datetime, *, segundos: bool = True, milesimos: bool = False) -> str:
    """Returns an instant in the zone of people, with its offset when it is not Brasília's."""
    local = para_pessoas(instante)
    fracao = f",{local.microsecond // 1000:03d}" if milesimos else ""
    return f"{local:%d/%m/%Y %H:%M:%S}{fracao}{duvida(local)}" if segundos else f"{local:%d/%m/%Y %H:%M}{duvida(local)}"


def para_o_log(instante: datetime, zona: tzinfo | None = None) -> str:
    """Returns an instant as a line of the log on a terminal begins: in an order in which lines can be sorted."""
    return f"{instante.astimezone(zona or das_pessoas()):%Y-%m-%d %H:%M:%S}"


def duvida(local: datetime) -> str:
    """Returns ` (UTC-04:00)` for a local time that a reader could take for Brasília's, else nothing."""
    if local.utcoffset() == BRASILIA.utcoffset(None):
        return ""
    deslocamento = f"{local:%z}"
    return f" (UTC{deslocamento[:3]}:{deslocamento[3:5]})"
