"""Counts a long period month by month, for as long as a page may take; the next page goes on with what is missing.

Months that are long over are remembered: only `separador estatisticas refazer` changes them.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from separador.capacidades.movimento import banco as tabela
from separador.capacidades.movimento.dominio import Movimento, horas, juntar, por_hora
from separador.nucleo.fuso import para_pessoas
from separador.painel.base.visita import Visita
from separador.pedidos.tempo import entre_dias

TEMPO_S = 1.7
"""Time that one page counts, less than it may read. A month is begun when there is time for two like it."""
_ACABOU = timedelta(days=31)
"""How long a month must be over to be remembered: outcomes are counted soon after they happen, not at once."""
HORA = "hora"


@dataclass(frozen=True, slots=True)
class Contagem:
    """What passed in each group of a period, and who refused how often, the commonest first. `faltam`: months for which
    there was no time."""

    grupos: dict[str, Movimento]
    recusas: list[tuple[str, str, int]]
    faltam: int = 0


class Mes(NamedTuple):
    """What passed in one month, by group, and its refusals."""

    grupos: dict[str, Movimento]
    recusas: list[tuple[str, str, int]]


def contar(v: Visita, de: date, ate: date, empresa: str | None, por: str) -> Contagem | None:
    """Counts a period by months, or with `HORA` by the hour of the day, the newest month first. None: it is empty."""
    extremos = _extremos(v.banco, de, ate)
    if extremos is None:
        return None
    comeco, maior, meses = time.monotonic(), 0.0, list(_meses(*extremos))
    grupos: dict[str, Movimento] = {}
    recusas: Counter[tuple[str, str]] = Counter()
    feitos = 0
    for primeiro, ultimo in meses:
        antes = time.monotonic()
        if feitos and antes - comeco + 2 * maior > TEMPO_S:
            break
        mes = _mes(v, primeiro, ultimo, empresa, por)
        maior = max(maior, time.monotonic() - antes)
        for nome, m in mes.grupos.items():
            grupos.setdefault(nome, Movimento()).juntar(m)
        recusas.update({(quem, codigo): n for quem, codigo, n in mes.recusas})
        feitos += 1
    comuns = sorted(recusas.items(), key=lambda r: (-r[1], r[0][1]))
    passou = any(m != Movimento() for m in grupos.values())
    return Contagem(grupos if passou else {}, [(*r, n) for r, n in comuns], len(meses) - feitos)


def _extremos(c: sqlite3.Connection, de: date, ate: date) -> tuple[date, date] | None:
    """Returns the first and the last day of people on which anything passed, within the period."""
    periodo = _horas(de, ate)
    achadas = tabela.extremos(c, *periodo) if periodo is not None else None
    if achadas is None:
        return None
    primeiro, ultimo = (para_pessoas(datetime.fromisoformat(f"{h}:00:00").replace(tzinfo=UTC)).date() for h in achadas)
    return max(de, primeiro.replace(day=1)), min(ate, _fim(ultimo))


def _horas(de: date, ate: date) -> tuple[str, str] | None:
    inicio, fim = entre_dias(de, ate)
    return horas(inicio, fim) if inicio is not None and fim is not None else None


def _fim(dia: date) -> date:
    return (dia.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _meses(de: date, ate: date) -> Iterator[tuple[date, date]]:
    """Yields first and last day of each month, the newest first; those at the ends may be parts."""
    fim = ate
    while fim >= de:
        inicio = max(fim.replace(day=1), de)
        yield inicio, fim
        fim = inicio - timedelta(days=1)


def _mes(v: Visita, de: date, ate: date, empresa: str | None, por: str) -> Mes:
    def somar() -> Mes:
        periodo = _horas(de, ate) or ("", "")
        if por == HORA:
            grupos = juntar(tabela.por_hora(v.banco, *periodo, empresa), por_hora(para_pessoas))
        else:
            nome = f"{de:%Y-%m}"
            grupos = {nome: Movimento()} | juntar(tabela.somas(v.banco, *periodo, empresa), lambda _: nome)
        return Mes(grupos, tabela.recusas(v.banco, *periodo, empresa, -1))

    if para_pessoas(v.agora).date() - ate < _ACABOU:
        return somar()
    arquivo = (v.dados / "separador.db").stat().st_ino
    marca = (arquivo, *tabela.passado(v.banco))
    lembrado: Mes = v.casa.lembrados.lembrar((marca, "movimento", de, ate, empresa, por), somar)
    return lembrado
