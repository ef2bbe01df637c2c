"""Decides what an answer of the national distribution changes in the ledger of NSU (NT 2015.002). It is pure.

The national environment demands an hour of rest after 137 (nothing new) and 656 (too many questions). It blocks whoever
does not keep it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from separador.capacidades.sefaz.dominio import cstat as c

ESPERA = timedelta(hours=1)
POUCO_DEPOIS = timedelta(minutes=5)
_PARADA = c.PARADAS | {c.NAO_CATALOGADO}

FALTAS_POR_LOTE = 100
"""Missing numbers noted per lot. A longer jump comes from how the national environment numbers; no document is lost."""
FALTAS_POR_HORA = 10
"""Questions for one missing number each (consNSU) per company and hour. This is far below what is taken for misuse."""
TENTATIVAS_DA_FALTA = 3


@dataclass(frozen=True, slots=True)
class Andamento:
    """The decision. `ult_nsu` None: the ledger stays. `proxima_em` None: go on at once. `falha`: code to show."""

    ult_nsu: int | None
    max_nsu: int | None
    proxima_em: datetime | None
    falha: str | None = None


def andar(
    cstat: str, ult_nsu: int | None, max_nsu: int | None, *, atual: int, agora: datetime, intervalo: timedelta
) -> Andamento:
    """Decides after a question for everything past `atual`.

    `ult_nsu`, `max_nsu`: as answered, None where the answer has none. `intervalo` is at least 1 h. Every code has a
    decision: an unknown one moves nothing, waits an hour, and is shown.
    """
    if cstat in (c.HA_DOCUMENTOS, c.NADA_NOVO) and (ult_nsu is None or ult_nsu < atual):
        return Andamento(None, max_nsu, agora + ESPERA, "SEP-DIST-NSU")
    if cstat == c.HA_DOCUMENTOS:
        continua = ult_nsu is not None and max_nsu is not None and atual < ult_nsu < max_nsu
        return Andamento(ult_nsu, max_nsu, None if continua else agora + intervalo)
    if cstat == c.NADA_NOVO:
        return Andamento(ult_nsu, max_nsu, agora + intervalo)
    if cstat == c.CONSUMO_DA_DISTRIBUICAO:
        return Andamento(None, None, agora + ESPERA, "SEP-CONSUMO-INDEVIDO")
    if cstat in _PARADA:
        return Andamento(None, None, agora + POUCO_DEPOIS)
    return Andamento(None, None, agora + ESPERA, "SEP-DIST-RECUSADA")


def faltas(atual: int, vieram: Iterable[int], ult_nsu: int) -> list[int]:
    """Returns the missing numbers past `atual` and up to `ult_nsu`, at most `FALTAS_POR_LOTE`.

    A number is missing when a higher one came and it did not. The first question of all (`atual` 0) starts where the
    three months that are kept begin, not at 1.
    """
    chegados = set(vieram)
    if not chegados:
        return []
    inicio = atual + 1 if atual else min(chegados)
    fim = min(ult_nsu, max(chegados))
    achadas: list[int] = []
    for nsu in range(inicio, fim + 1):
        if len(achadas) == FALTAS_POR_LOTE:
            break
        if nsu not in chegados:
            achadas.append(nsu)
    return achadas
