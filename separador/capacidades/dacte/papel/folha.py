"""Draws the plain page: titled boxes of fields, tables and texts, over as many sheets as they need.

Every sheet repeats what Anexo II (2.12) demands of additional ones: issuer, kind, number, series, sheet, bar code, key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from separador.capacidades.dacte.papel.codigos_de_barras import desenhar_barras, desenhar_qr
from separador.capacidades.dacte.papel.textos import chave_em_blocos, imprimivel

_MARGEM = 8.0
_GRADE = 12
_LINHA = 3.2
_ROTULO = 2.4
_QR = 30.0
_FONTE = "Helvetica"
HOMOLOGACAO = "EMITIDO EM AMBIENTE DE HOMOLOGAÇÃO – SEM VALOR FISCAL"


@dataclass(frozen=True, slots=True)
class Campo:
    """A field of a box. `peso`: width, in twelfths of the page."""

    rotulo: str
    valor: str
    peso: int = 3


@dataclass(frozen=True, slots=True)
class Cabecalho:
    """The data that every sheet shows. `identificacao`: fields beside the sheet number."""

    titulo: str
    subtitulo: str
    emitente: tuple[str, ...]
    identificacao: tuple[Campo, ...]
    chave: str
    protocolo: str
    qr: str
    marca: str = ""
    homologacao: bool = False


class Folha(FPDF):
    """A sheet of A4, upright. Heights are in mm."""

    def __init__(self, cabecalho: Cabecalho) -> None:
        super().__init__(unit="mm", format="A4")
        self.core_fonts_encoding = "cp1252"
        self.cabecalho = cabecalho
        self.set_margins(_MARGEM, _MARGEM, _MARGEM)
        self.set_auto_page_break(False)
        self.set_title(cabecalho.titulo)
        self.set_creator("separador")
        self.add_page()

    def header(self) -> None:
        """Draws the head of a page. fpdf2 calls it at each new page."""
        c = self.cabecalho
        marcar(self, c.marca)
        topo, largura = self.t_margin, self.epw
        meio = _MARGEM + largura * 0.42
        direita = _MARGEM + largura - _QR
        self.rect(_MARGEM, topo, largura, _QR)
        self._emitente(c.emitente, topo, meio - _MARGEM)
        self.line(meio, topo, meio, topo + _QR)
        self.set_xy(meio, topo + 1)
        self.set_font(_FONTE, "B", 10)
        self.cell(direita - meio, 4, imprimivel(c.titulo), align="C")
        self.set_font(_FONTE, "", 6)
        self.set_xy(meio, topo + 5)
        self.multi_cell(direita - meio, 2.6, imprimivel(c.subtitulo), align="C")
        if len(c.chave) == 44:
            desenhar_barras(self, c.chave, x=meio + 3, y=topo + 11.5, largura=direita - meio - 6, altura=8)
        self.set_font(_FONTE, "", 6)
        self.set_xy(meio, topo + 20)
        self.cell(direita - meio, 2.6, "CHAVE DE ACESSO", align="C")
        self.set_xy(meio, topo + 22.6)
        self.set_font(_FONTE, "B", 6.5)
        self.cell(direita - meio, 2.6, chave_em_blocos(c.chave), align="C")
        self.set_font(_FONTE, "", 6)
        self.set_xy(meio, topo + 25.6)
        self.cell(direita - meio, 2.6, imprimivel(f"PROTOCOLO DE AUTORIZAÇÃO {c.protocolo}"), align="C")
        if c.qr:
            desenhar_qr(self, c.qr, x=direita, y=topo, lado=_QR)
        self.set_y(topo + _QR)
        cheios = [i for i in c.identificacao if i.valor]
        self._linha_de_campos([*cheios, Campo("FOLHA", f"{self.page_no()}/{{nb}}", 1)])
        if c.homologacao:
            self.set_font(_FONTE, "B", 8)
            self.cell(self.epw, 4, imprimivel(HOMOLOGACAO), align="C", new_x="LMARGIN", new_y="NEXT")

    def _emitente(self, linhas: Sequence[str], topo: float, largura: float) -> None:
        self.set_xy(_MARGEM, topo + 1)
        self.set_font(_FONTE, "B", 8)
        self.multi_cell(largura, 3.4, imprimivel(linhas[0]), align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_font(_FONTE, "", 7)
        for linha in linhas[1:]:
            self.multi_cell(largura, 3.2, imprimivel(linha), align="C", new_x="LMARGIN", new_y="NEXT")

    def quadro(self, titulo: str, campos: Iterable[Campo]) -> None:
        """Draws a titled box. Fields without value are left out, and a box without fields too."""
        cheios = [c for c in campos if c.valor]
        if not cheios:
            return
        linhas = _em_linhas(cheios)
        self._titulo(titulo, self._altura(linhas[0]))
        for linha in linhas:
            self._garantir(self._altura(linha))
            self._linha_de_campos(linha)

    def tabela(self, titulo: str, colunas: Sequence[Campo], linhas: Iterable[Sequence[str]]) -> None:
        """Draws a table. `colunas`: label and weight of each. A table without lines is left out."""
        todas = list(linhas)
        if not todas:
            return
        self._titulo(titulo, 2 * _LINHA)
        self._linha_de_tabela([c.rotulo for c in colunas], colunas, "B")
        for linha in todas:
            altura = self._altura_da_tabela(linha, colunas)
            if self._garantir(altura):
                self._linha_de_tabela([c.rotulo for c in colunas], colunas, "B")
            self._linha_de_tabela(linha, colunas, "")

    def texto(self, titulo: str, linhas: Iterable[str]) -> None:
        """Writes paragraphs over the whole width, without cutting any."""
        paragrafos = [imprimivel(p) for p in linhas if p.strip()]
        if not paragrafos:
            return
        self._titulo(titulo, _LINHA)
        self.set_font(_FONTE, "", 7)
        for paragrafo in paragrafos:
            for linha in self._quebrar(paragrafo, self.epw):
                if self._garantir(_LINHA):
                    self.set_font(_FONTE, "", 7)
                self.cell(self.epw, _LINHA, linha, border="LR", new_x="LMARGIN", new_y="NEXT")
        self.line(_MARGEM, self.y, _MARGEM + self.epw, self.y)

    def _titulo(self, titulo: str, depois: float) -> None:
        """Draws a title that stays on the same sheet as what comes after it."""
        self._garantir(4 + depois)
        self.set_font(_FONTE, "B", 7)
        self.set_fill_color(230)
        self.cell(self.epw, 4, imprimivel(titulo), border=1, align="C", fill=True, new_x="LMARGIN", new_y="NEXT")

    def _garantir(self, altura: float) -> bool:
        if self.y + altura <= self.h - _MARGEM:
            return False
        self.add_page()
        return True

    def _linha_de_campos(self, campos: Sequence[Campo]) -> None:
        altura, x, y = self._altura(campos), _MARGEM, self.y
        total = max(_GRADE, sum(c.peso for c in campos))
        for i, campo in enumerate(campos):
            ultimo = i == len(campos) - 1
            largura = _MARGEM + self.epw - x if ultimo else self.epw * campo.peso / total
            self.rect(x, y, largura, altura)
            self.set_xy(x, y + 0.3)
            self.set_font(_FONTE, "", 5)
            self.cell(largura, _ROTULO, imprimivel(campo.rotulo))
            self.set_xy(x, y + _ROTULO + 0.3)
            self.set_font(_FONTE, "", 7)
            self.multi_cell(largura, _LINHA, imprimivel(campo.valor))
            x += largura
        self.set_xy(_MARGEM, y + altura)

    def _altura(self, campos: Sequence[Campo]) -> float:
        self.set_font(_FONTE, "", 7)
        total = max(_GRADE, sum(c.peso for c in campos))
        larguras = [self.epw * c.peso / total for c in campos]
        mais = max(len(self._quebrar(imprimivel(c.valor), w)) for c, w in zip(campos, larguras, strict=True))
        return _ROTULO + 0.6 + _LINHA * max(1, mais)

    def _altura_da_tabela(self, celulas: Sequence[str], colunas: Sequence[Campo]) -> float:
        self.set_font(_FONTE, "", 6.5)
        total = sum(c.peso for c in colunas)
        pares = zip(celulas, colunas, strict=True)
        return _LINHA * max(len(self._quebrar(imprimivel(t), self.epw * c.peso / total)) for t, c in pares)

    def _linha_de_tabela(self, celulas: Sequence[str], colunas: Sequence[Campo], estilo: str) -> None:
        altura, x, y = self._altura_da_tabela(celulas, colunas), _MARGEM, self.y
        total = sum(c.peso for c in colunas)
        self.set_font(_FONTE, estilo, 6.5)
        for texto, coluna in zip(celulas, colunas, strict=True):
            largura = self.epw * coluna.peso / total
            self.rect(x, y, largura, altura)
            self.set_xy(x, y)
            self.multi_cell(largura, _LINHA, imprimivel(texto))
            x += largura
        self.set_xy(_MARGEM, y + altura)

    def _quebrar(self, texto: str, largura: float) -> list[str]:
        linhas = self.multi_cell(largura, _LINHA, texto, dry_run=True, output=MethodReturnValue.LINES)
        return linhas if isinstance(linhas, list) and linhas else [""]


def _em_linhas(campos: Sequence[Campo]) -> list[list[Campo]]:
    """Returns rows of at most twelve twelfths."""
    linhas: list[list[Campo]] = [[]]
    for campo in campos:
        if linhas[-1] and sum(c.peso for c in linhas[-1]) + campo.peso > _GRADE:
            linhas.append([])
        linhas[-1].append(campo)
    return linhas


def marcar(pdf: FPDF, marca: str) -> None:
    """Writes a watermark across the sheet, under what is written on it."""
    if not marca:
        return
    pdf.set_font(_FONTE, "B", 48)
    pdf.set_text_color(235, 190, 190)
    largura = pdf.get_string_width(marca)
    with pdf.rotation(50, pdf.w / 2, pdf.h / 2):
        pdf.text((pdf.w - largura) / 2, pdf.h / 2, marca)
    pdf.set_text_color(0)
