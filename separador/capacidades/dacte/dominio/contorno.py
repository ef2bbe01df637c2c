"""Finds the outlines of the dark parts of a matrix: what is filled as one shape has no seams inside."""

from collections.abc import Sequence

Ponto = tuple[int, int]


def contornos(matriz: Sequence[Sequence[bool]]) -> list[list[Ponto]]:
    """Returns closed outlines as corners (column, row); dark is always on the right. Fill them together."""
    sai: dict[Ponto, list[Ponto]] = {}
    for i, fila in enumerate(matriz):
        acima = matriz[i - 1] if i else [False] * len(fila)
        abaixo = matriz[i + 1] if i + 1 < len(matriz) else [False] * len(fila)
        for j, escuro in enumerate(fila):
            if not escuro:
                continue
            if not acima[j]:
                sai.setdefault((j, i), []).append((j + 1, i))
            if j + 1 == len(fila) or not fila[j + 1]:
                sai.setdefault((j + 1, i), []).append((j + 1, i + 1))
            if not abaixo[j]:
                sai.setdefault((j + 1, i + 1), []).append((j, i + 1))
            if j == 0 or not fila[j - 1]:
                sai.setdefault((j, i + 1), []).append((j, i))
    achados: list[list[Ponto]] = []
    while sai:
        achados.append(_volta(sai))
    return achados


def _volta(sai: dict[Ponto, list[Ponto]]) -> list[Ponto]:
    """Takes one outline away from the edges, and returns its corners."""
    inicio = next(iter(sai))
    cantos: list[Ponto] = []
    aqui, rumo = inicio, (0, 0)
    while True:
        destinos = sai[aqui]
        destino = destinos.pop(_a_direita(aqui, destinos, rumo) if len(destinos) > 1 else 0)
        if not destinos:
            del sai[aqui]
        novo = (destino[0] - aqui[0], destino[1] - aqui[1])
        if novo != rumo:
            cantos.append(aqui)
        aqui, rumo = destino, novo
        if aqui == inicio:
            return cantos


def _a_direita(aqui: Ponto, destinos: list[Ponto], rumo: Ponto) -> int:
    """Returns the edge that turns right: where two dark squares touch at a corner, each keeps its own outline."""
    a_direita = (-rumo[1], rumo[0])
    for i, destino in enumerate(destinos):
        if (destino[0] - aqui[0], destino[1] - aqui[1]) == a_direita:
            return i
    return 0
