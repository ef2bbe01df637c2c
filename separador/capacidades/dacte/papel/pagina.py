"""Draws on sheets: texts, rules and codes at places in mm, and the watermark under them."""

import io
from math import atan2, cos, hypot, sin

from fpdf import FPDF
from fpdf.image_datastructures import RasterImageInfo

from separador.capacidades.dacte.dominio import letreiro
from separador.capacidades.dacte.papel import codigos
from separador.capacidades.dacte.papel.faixas import Faixa
from separador.capacidades.dacte.papel.logo import Logo
from separador.capacidades.dacte.papel.medida import FONTE, PT

MARGEM = 5.0
_SUBIDA = 0.95
"""From the top of a line to the foot of its letters, of their size: accents on capitals stay inside."""
_FINO = 0.15
_LOGO = "logo"


class Papel(FPDF):
    """The document in the making. `deitado`: A4 in landscape (tpImp 2)."""

    def __init__(self, titulo: str, *, deitado: bool = False) -> None:
        """Makes a document without sheets."""
        super().__init__("landscape" if deitado else "portrait", "mm", "A4")
        self.core_fonts_encoding = "cp1252"
        self.set_margins(MARGEM, MARGEM, MARGEM)
        self.set_auto_page_break(False)
        self.set_title(titulo)
        self.set_creator("separador")
        self.set_line_width(_FINO)
        self._letra = ("", 0.0)
        self.y_do_cabecalho = MARGEM

    @property
    def util(self) -> float:
        """Returns the width between the margins."""
        return float(self.w) - 2 * MARGEM

    def nova_folha(self) -> None:
        """Begins a sheet."""
        self.add_page()
        self._letra = ("", 0.0)

    def voltar_a(self, folha: int) -> None:
        """Goes on writing on a sheet that was left."""
        self.page = folha
        self.current_font_is_set_on_page = False
        self._letra = ("", 0.0)

    def escrever(self, x: float, y: float, texto: str, tamanho: float, negrito: bool = False) -> None:
        """Writes one line; `y` is the top of it."""
        letra = ("B" if negrito else "", tamanho)
        if letra != self._letra:
            self.set_font(FONTE, letra[0], tamanho)
            self._letra = letra
        self.text(x, y + _SUBIDA * tamanho * PT, texto)

    def por(self, faixa: Faixa, x: float, y: float) -> None:
        """Puts a strip on the sheet, its upper left corner at (x, y)."""
        for e in faixa.escritos:
            self.escrever(x + e.x, y + e.y, e.texto, e.tamanho, e.negrito)
        for r in faixa.riscos:
            self.riscar(x + r.x1, y + r.y1, x + r.x2, y + r.y2, tracejado=r.tracejado)

    def riscar(self, x1: float, y1: float, x2: float, y2: float, *, tracejado: bool = False) -> None:
        """Draws a rule."""
        if tracejado:
            self.set_dash_pattern(0.3, 0.9)
        self.line(x1, y1, x2, y2)
        if tracejado:
            self.set_dash_pattern()

    def moldura(self, x: float, y: float, largura: float, altura: float) -> None:
        """Draws a box."""
        self.rect(x, y, largura, altura)

    def fundo(self, x: float, y: float, largura: float, altura: float, cinza: int = 255) -> None:
        """Paints an area: white under the codes, grey under the titles."""
        self.set_fill_color(cinza)
        self.rect(x, y, largura, altura, style="F")
        self.set_fill_color(0)

    def barras(self, texto: str, x: float, y: float, altura: float) -> None:
        """Draws a bar code; `x` is where its quiet zone begins."""
        largura = codigos.largura_das_barras(texto)
        self.fundo(x, y - 0.5, largura, altura + 1)
        modulo = codigos.BARRAS_MM / 297
        self._caminho(codigos.barras(texto), x + 10 * modulo, y + altura, modulo, altura)

    def qr(self, texto: str, x: float, y: float) -> None:
        """Draws a QR code with its quiet zone, from the upper left corner of that."""
        lado = codigos.lado_do_qr(texto)
        self.fundo(x, y, lado, lado)
        caminho, modulos = codigos.qr(texto)
        claro = codigos.espaco_do_qr(lado)
        modulo = (lado - 2 * claro) / modulos
        self._caminho(caminho, x + claro, y + claro, modulo, modulo)

    def _caminho(self, caminho: str, x: float, y: float, escala_x: float, escala_y: float) -> None:
        """Fills a path given in units of its own, at a place and a scale."""
        k = self.k
        self._out(
            f"q 0 g {escala_x * k:.5f} 0 0 {escala_y * k:.5f} {x * k:.3f} {(self.h - y) * k:.3f} cm {caminho} f Q"
        )

    def logo(self, logo: Logo, x: float, y: float, largura: float, altura: float) -> None:
        """Draws a logo. A PNG is in the document once, however many sheets show it."""
        if logo.pontos is None:
            self.image(io.BytesIO(logo.desenho), x, y, largura, altura)
            return
        if _LOGO not in self.image_cache.images:
            self.image_cache.images[_LOGO] = RasterImageInfo({**logo.pontos, "i": 1, "usages": 0, "iccp_i": None})
        self.image(_LOGO, x, y, largura, altura)

    def marcar(self, marca: str) -> None:
        """Draws a watermark across the sheet. It comes first: everything else lies over it."""
        if not marca:
            return
        largura = letreiro.largura(marca)
        escala = 0.62 * hypot(self.w, self.h) / max(largura, 70.0) * self.k
        angulo = atan2(self.h, self.w)
        co, se = cos(angulo) * escala, sin(angulo) * escala
        x = self.w * self.k / 2 - largura / 2 * co + letreiro.ALTURA / 2 * se
        y = self.h * self.k / 2 - largura / 2 * se - letreiro.ALTURA / 2 * co
        cor = "0.96 0.85 0.85 rg"
        self._out(f"q {cor} {co:.4f} {se:.4f} {-se:.4f} {co:.4f} {x:.2f} {y:.2f} cm {letreiro.caminho(marca)} f Q")
