"""Shares out the places in flight: by turn between companies, and never more than a part to one authoriser. It is pure.

A company with many documents must not take the places of one that has few, and an authoriser that hangs must not hold
the calls to all others until it times out.
"""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Grupo = tuple[str, str]
"""(CNPJ, authoriser)."""
T = TypeVar("T")


def repartir(
    esperam: Mapping[Grupo, Sequence[T]], voando: Iterable[Grupo], lugares: int, por_autorizador: int
) -> list[T]:
    """Returns what takes the free places, in turn. `esperam`: in order, by group; the companies that waited longest
    first. `voando`: the group of each call in flight.

    The company with the fewest calls in flight is next, and of its authorisers the one where it has the fewest.
    """
    em_voo = Counter(voando)
    da_empresa, do_autorizador = Counter[str](), Counter[str]()
    for (cnpj, autorizador), n in em_voo.items():
        da_empresa[cnpj] += n
        do_autorizador[autorizador] += n
    restam = {grupo: deque(linhas) for grupo, linhas in esperam.items() if linhas}
    das_empresas: dict[str, list[Grupo]] = {}
    for grupo in restam:
        das_empresas.setdefault(grupo[0], []).append(grupo)
    fila = [(da_empresa[cnpj], i, cnpj) for i, cnpj in enumerate(das_empresas)]
    heapq.heapify(fila)
    escolhidas: list[T] = []
    while fila and len(escolhidas) < lugares:
        voam, i, cnpj = heapq.heappop(fila)
        cabem = [g for g in das_empresas[cnpj] if restam[g] and do_autorizador[g[1]] < por_autorizador]
        if not cabem:
            continue  # nothing of this company fits, and nothing will in this round
        grupo = min(cabem, key=lambda g: em_voo[g])
        escolhidas.append(restam[grupo].popleft())
        em_voo[grupo] += 1
        do_autorizador[grupo[1]] += 1
        heapq.heappush(fila, (voam + 1, i, cnpj))
    return escolhidas
