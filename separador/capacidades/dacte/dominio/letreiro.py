"""Draws the words of the watermark as filled shapes: as text they would lie over the texts of the sheet, for whoever
copies or searches it."""

from itertools import pairwise
from math import hypot

_TRACOS = {
    "A": "00 26 40|12 32",
    "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00",
    "E": "46 06 00 40|03 33",
    "F": "46 06 00|03 33",
    "I": "20 26",
    "L": "06 00 40",
    "M": "00 06 23 46 40",
    "N": "00 06 40 46",
    "O": "10 01 05 16 36 45 41 30 10",
    "R": "00 06 36 45 44 33 03|23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "V": "06 20 46",
}
"""Each letter as lines through points (column, row) of a grid of 4 × 6."""
ALTURA = 7.0
_PASSO = 5.8
_MEIO_TRACO = 0.45


def largura(dito: str) -> float:
    """Returns the width of the words, in the unit of the grid."""
    return len(dito) * _PASSO - (_PASSO - 4.0)


def caminho(dito: str) -> str:
    """Returns the words as one path to be filled, from (0, 0) upwards."""
    quadros: list[str] = []
    for i, letra in enumerate(dito):
        for traco in _TRACOS.get(letra, "").split("|"):
            pontos = [(int(p[0]) + i * _PASSO, float(p[1])) for p in traco.split()]
            quadros += [_quadro(a, b) for a, b in pairwise(pontos)]
    return " ".join(quadros)


def _quadro(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Returns a line as a rectangle of some thickness, a little longer at both ends so that corners close."""
    comprimento = hypot(b[0] - a[0], b[1] - a[1])
    ux, uy = (b[0] - a[0]) / comprimento * _MEIO_TRACO, (b[1] - a[1]) / comprimento * _MEIO_TRACO
    cantos = (
        (a[0] - ux - uy, a[1] - uy + ux),
        (b[0] + ux - uy, b[1] + uy + ux),
        (b[0] + ux + uy, b[1] + uy - ux),
        (a[0] - ux + uy, a[1] - uy - ux),
    )
    (x, y), *outros = cantos
    return f"{x:.2f} {y:.2f} m " + " ".join(f"{px:.2f} {py:.2f} l" for px, py in outros) + " h"
