"""Draws the DACTE of a CT-e 57 on the ready-made layout of the package brazilfiscalreport.

The package does not know the kind of a document carried (it writes NFE for all), nor `xObs`, nor more than two sheets.
It writes the key in one block and the QR code at level L. Those places are drawn here; the package draws everything
else. It is imported only when a page is asked for (half a second).
"""

import copy
from collections.abc import Sequence
from typing import Any

from brazilfiscalreport.dacte import Dacte
from lxml import etree

from separador.capacidades.dacte.papel.codigos_de_barras import desenhar_qr
from separador.capacidades.dacte.papel.conteudo import Conteudo, Transportado, filhos
from separador.capacidades.dacte.papel.folha import HOMOLOGACAO, marcar
from separador.capacidades.dacte.papel.leiaute_proprio import marca_dagua
from separador.capacidades.dacte.papel.textos import chave_em_blocos, imprimivel

_COMPONENTES = 9
_LINHAS = 12
_ALTURA = 3.0
_QUADRO = 43.0
_LINHAS_OBS = 4
_LINHAS_EMISSOR = 5


def conhece(c: Conteudo) -> bool:
    """Says whether the package draws this document whole: road, normal or substitute, upright paper, few components."""
    comum = c.t("ide/modal") == "01" and c.t("ide/tpCTe") in ("0", "3") and c.t("ide/tpImp") == "1"
    return comum and len(filhos(c.inf, "vPrest/Comp")) <= _COMPONENTES


def imprimir(c: Conteudo) -> bytes:
    """Returns the PDF."""
    pagina = _DacteCte(c, _sem_vazios(c.inf))
    if c.recebido_em is not None:
        pagina.set_creation_date(c.recebido_em)
    return bytes(pagina.output())


def _sem_vazios(inf: etree._Element) -> str:
    """Returns the document for the package, without empty tags (a foreign party's CNPJ), which it cannot read."""
    raiz = copy.deepcopy(inf.getroottree().getroot())
    for no in list(raiz.iter(etree.Element)):
        pai = no.getparent()
        if pai is not None and not len(no) and not (no.text or "").strip():
            pai.remove(no)
    return etree.tostring(raiz, encoding="unicode")


class _DacteCte(Dacte):  # type: ignore[misc]
    """The page. The package draws everything in its constructor, calling the methods below on its way."""

    def __init__(self, conteudo: Conteudo, xml: str) -> None:
        self._conteudo = conteudo
        self._documentos: list[Transportado] = list(conteudo.transportados)
        self._observacoes: list[str] = []
        self._do_emissor_em = 0.0
        super().__init__(xml=xml)

    def header(self) -> None:
        """Draws the watermark on every sheet, under everything else."""
        marcar(self, marca_dagua(self._conteudo))
        self.set_text_color(0)
        self.set_xy(self.l_margin, self.t_margin)

    def multi_cell(self, *posicionais: Any, **nomeados: Any) -> Any:
        """Writes the key in blocks of four, wherever the layout writes it."""
        if nomeados.get("text") == self._conteudo.chave and nomeados.get("h") == 11:
            nomeados["text"] = chave_em_blocos(self._conteudo.chave)
            self.set_font(self.default_font, "B", 7)
        return super().multi_cell(*posicionais, **nomeados)

    def image(self, name: Any, *posicionais: Any, **nomeados: Any) -> Any:
        """Draws the QR code at the level that the manual asks for. It is the only picture in memory."""
        if hasattr(name, "getpixel"):
            desenhar_qr(self, self._conteudo.qr, x=nomeados["x"], y=nomeados["y"], lado=nomeados["w"])
            return None
        return super().image(name, *posicionais, **nomeados)

    def _draw_void_watermark(self) -> None:
        """Does nothing: `header` draws the watermark."""

    def _draw_documents_obs(self) -> None:
        self.set_font(self.default_font, "", 7)
        inicio = self.get_y() + 7
        fim = self.draw_section(inicio, _QUADRO, "DOCUMENTOS ORIGINÁRIOS")
        self._moldura(fim - 40, 40)
        esquerda, self._documentos = self._documentos[:_LINHAS], self._documentos[_LINHAS:]
        direita, self._documentos = self._documentos[:_LINHAS], self._documentos[_LINHAS:]
        self._colunas(fim - 40, esquerda, direita)
        self._draw_observacoes(fim)

    def _draw_observacoes(self, topo: float) -> None:
        homologacao = [HOMOLOGACAO] if self._conteudo.homologacao else []
        fim = self.draw_section(topo, 18, "OBSERVAÇÕES")
        self._moldura(fim - 15, 13)
        self._escrever(fim - 14.5, [*homologacao, *self._conteudo.observacoes], _LINHAS_OBS)
        self.set_xy(self.l_margin, fim - 9)  # the package goes on 7 mm below

    def draw_section(self, y: float, height: float, text: str, align: str = "C") -> float:
        """Remembers where the box of the issuer begins: the package leaves it empty."""
        if text.startswith("USO EXCLUSIVO"):
            self._do_emissor_em = y + 3
        if self._conteudo.extras.lotacao:
            text = text.replace("CARGA FRACIONADA", "LOTAÇÃO")
        fim: float = super().draw_section(y, height, text, align)
        return fim

    def _draw_specific_data(self, config: Any) -> None:
        super()._draw_specific_data(config)
        self._escrever(self._do_emissor_em + 0.5, self._conteudo.do_emissor, _LINHAS_EMISSOR)

    def _escrever(self, topo: float, paragrafos: Sequence[str], limite: int) -> None:
        """Writes as many lines as fit. The others wait for the next sheet, and the last line says so."""
        self.set_font(self.default_font, "", 7)
        linhas = [i for p in paragrafos for i in self.wrap_text(imprimivel(p), self.epw - 4)]
        if len(linhas) > limite:
            self._observacoes += linhas[limite - 1 :]
            linhas = [*linhas[: limite - 1], "(CONTINUA NA PRÓXIMA FOLHA)"]
        self._paragrafo(topo, linhas)

    def _add_new_page(self, config: Any) -> None:  # noqa: ARG002 -- the package's signature
        """Adds the sheets for what did not fit, as many as it takes."""
        while self._documentos or self._observacoes:
            self.add_page(orientation=self.orientation)
            self._draw_header()
            topo = self.get_y() + 12
            if self._documentos:
                topo = self._folha_de_documentos(topo)
            if self._observacoes and self._cabem(topo + 4):
                self._folha_de_observacoes(topo)

    def _cabem(self, topo: float) -> int:
        return max(0, int((self.h - self.b_margin - topo - 4) / _ALTURA))

    def _folha_de_documentos(self, topo: float) -> float:
        self.set_font(self.default_font, "", 7)
        self.draw_section(topo, 3, "DOCUMENTOS ORIGINÁRIOS (CONTINUAÇÃO)")
        por_coluna = max(1, min(self._cabem(topo + 8), (len(self._documentos) + 1) // 2))
        esquerda = self._documentos[:por_coluna]
        direita = self._documentos[por_coluna : 2 * por_coluna]
        self._documentos = self._documentos[2 * por_coluna :]
        altura = (por_coluna + 1) * _ALTURA + 1
        self._moldura(topo + 3, altura)
        self._colunas(topo + 3, esquerda, direita)
        return topo + 3 + altura + 2

    def _folha_de_observacoes(self, topo: float) -> None:
        self.set_font(self.default_font, "", 7)
        quantas = self._cabem(topo + 4)
        linhas, self._observacoes = self._observacoes[:quantas], self._observacoes[quantas:]
        self.draw_section(topo, 3, "OBSERVAÇÕES (CONTINUAÇÃO)")
        self._moldura(topo + 3, len(linhas) * _ALTURA + 2)
        self._paragrafo(topo + 4, linhas)

    def _moldura(self, topo: float, altura: float) -> None:
        self.rect(x=self.l_margin, y=topo, w=self.epw - 0.1 * self.l_margin, h=altura)

    def _paragrafo(self, topo: float, linhas: Sequence[str]) -> None:
        self.set_font(self.default_font, "", 7)
        for i, linha in enumerate(linhas):
            self.set_xy(self.l_margin + 1, topo + i * _ALTURA)
            self.cell(w=self.epw - 4, h=_ALTURA, text=linha)

    def _colunas(self, topo: float, esquerda: Sequence[Transportado], direita: Sequence[Transportado]) -> None:
        meia = (self.epw - 0.1 * self.l_margin) / 2
        for i, coluna in enumerate((esquerda, direita)):
            self._coluna(self.l_margin + i * meia, topo, meia, coluna)

    def _coluna(self, x: float, topo: float, largura: float, linhas: Sequence[Transportado]) -> None:
        larguras = (10.0, largura - 10 - 29, 29.0)
        self.set_font(self.default_font, "", 6)
        self._celulas(x, topo + 0.5, larguras, ("TP DOC", "CNPJ/CHAVE", "SÉRIE/NRO. DOCUMENTO"))
        self.set_font(self.default_font, "B", 6)
        for i, d in enumerate(linhas, 1):
            self._celulas(x, topo + 0.5 + i * _ALTURA, larguras, (d.tp_doc, d.identificacao, d.serie_numero))

    def _celulas(self, x: float, y: float, larguras: Sequence[float], textos: Sequence[str]) -> None:
        for largura, texto in zip(larguras, textos, strict=True):
            self.set_xy(x, y)
            self.cell(w=largura, h=_ALTURA, text=imprimivel(texto))
            x += largura
