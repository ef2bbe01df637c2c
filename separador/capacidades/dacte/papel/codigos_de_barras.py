"""Draws bar code and QR code as rectangles on a page, without image files (MOC 4.00, Anexo II, 2.17 and 2.18)."""

from functools import lru_cache

from fpdf import FPDF

_MARGEM_QR = 0.1  # of the side, on each side: the quiet zone


def desenhar_qr(pdf: FPDF, texto: str, *, x: float, y: float, lado: float) -> None:
    """Draws a QR code of level M, UTF-8. `lado` is in mm and includes the quiet zone (at least 25 mm by the manual)."""
    matriz = _qr(texto)
    modulo = lado * (1 - 2 * _MARGEM_QR) / len(matriz)
    borda = lado * _MARGEM_QR
    for i, linha in enumerate(matriz):
        for inicio, fim in _seguidos(linha):
            pdf.rect(x + borda + inicio * modulo, y + borda + i * modulo, (fim - inicio) * modulo, modulo, style="F")


def desenhar_barras(pdf: FPDF, chave: str, *, x: float, y: float, largura: float, altura: float) -> None:
    """Draws the access key as CODE-128 (set C where it is digits)."""
    barras = _code128(chave)
    modulo = largura / len(barras)
    for inicio, fim in _seguidos([b == "1" for b in barras]):
        pdf.rect(x + inicio * modulo, y, (fim - inicio) * modulo, altura, style="F")


@lru_cache(maxsize=4)
def _qr(texto: str) -> list[list[bool]]:
    import qrcode  # type: ignore[import-untyped]  # noqa: PLC0415 -- only where a page is drawn

    codigo = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    codigo.add_data(texto.encode())
    codigo.make(fit=True)
    matriz: list[list[bool]] = codigo.get_matrix()
    return matriz


def _code128(texto: str) -> str:
    from barcode import Code128  # noqa: PLC0415

    return str(Code128(texto).build()[0])


def _seguidos(escuros: list[bool]) -> list[tuple[int, int]]:
    """Returns the runs of dark modules, as [begin, end): one rectangle each."""
    achados: list[tuple[int, int]] = []
    inicio: int | None = None
    for i, escuro in enumerate([*escuros, False]):
        if escuro and inicio is None:
            inicio = i
        elif not escuro and inicio is not None:
            achados.append((inicio, i))
            inicio = None
    return achados
