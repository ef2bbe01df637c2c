"""Draws bar code and QR code, each as one path without seams (MOC 4.00, Anexo II, 2.17 and 2.18)."""

from functools import lru_cache

from separador.capacidades.dacte.dominio.code128 import larguras
from separador.capacidades.dacte.dominio.contorno import contornos

BARRAS_MM = 90.0
"""Width of the bar code with its quiet zones, which 2.17 gives as the greatest. 75 mm are not read at 150 dpi."""
ALTURA_MM = 15.0
_CLARO = 10
"""Modules of the quiet zone on each side (2.17)."""
_MODULO_MM = BARRAS_MM / 297
_QR_MINIMO_MM = 25.0
_QR_MODULO_MM = 0.45
"""The smallest module of a QR code that is still read at 150 dpi, with something to spare."""
_QR_CLARO = 0.1
"""Quiet zone on each side, of the whole (2.18.1); 3 mm of 25."""


def largura_das_barras(texto: str) -> float:
    """Returns the width of a bar code with its quiet zones: 90 mm for 44 digits, more when there are letters."""
    return (sum(larguras(texto)) + 2 * _CLARO) * _MODULO_MM


@lru_cache(maxsize=8)
def barras(texto: str) -> str:
    """Returns the bars as a path in modules: one rectangle for each, from (0, 0), one high, to be filled."""
    partes: list[str] = []
    x = 0
    for i, largura in enumerate(larguras(texto)):
        if i % 2 == 0:
            partes.append(f"{x} 0 {largura} 1 re")
        x += largura
    return " ".join(partes)


def lado_do_qr(texto: str) -> float:
    """Returns the side of a QR code with its quiet zone: 30 mm, or as many more as its modules need."""
    modulos = len(_matriz(texto))
    return max(_QR_MINIMO_MM, modulos * _QR_MODULO_MM / (1 - 2 * _QR_CLARO), 30.0 if modulos <= 53 else 0.0)


@lru_cache(maxsize=8)
def qr(texto: str) -> tuple[str, int]:
    """Returns the dark parts as one path in modules, from the upper left corner downwards, and how many modules."""
    matriz = _matriz(texto)
    partes: list[str] = []
    for (x, y), *outros in contornos(matriz):
        partes.append(f"{x} {-y} m")
        partes += [f"{px} {-py} l" for px, py in outros]
        partes.append("h")
    return " ".join(partes), len(matriz)


def espaco_do_qr(lado: float) -> float:
    """Returns the width of the quiet zone: 3 mm, or a tenth of the side."""
    return max(3.0 * lado / 25.0 if lado <= _QR_MINIMO_MM else 3.0, lado * _QR_CLARO)


@lru_cache(maxsize=8)
def _matriz(texto: str) -> list[list[bool]]:
    import qrcode  # type: ignore[import-untyped]  # noqa: PLC0415 -- only where a page is drawn

    codigo = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    codigo.add_data(texto.encode())
    codigo.make(fit=True)
    matriz: list[list[bool]] = codigo.get_matrix()
    return matriz
