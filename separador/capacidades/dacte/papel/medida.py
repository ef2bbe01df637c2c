"""Measures texts in the core fonts and breaks them into lines. Everything is in mm."""

from functools import lru_cache

from fpdf import FPDF

FONTE = "Helvetica"
PT = 25.4 / 72
ENTRELINHA = 1.2
"""Height of a line, of the size of its letters: no letter of a line reaches into the next."""


@lru_cache(maxsize=2)
def _larguras(negrito: bool) -> tuple[float, ...]:
    """Returns the width of each byte of Windows-1252, of the size of the letter."""
    pdf = FPDF()
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_font(FONTE, "B" if negrito else "", 10)
    return tuple(pdf.get_string_width(bytes([i]).decode("cp1252", "ignore")) / 10 / PT for i in range(256))


def largura(texto: str, tamanho_pt: float, negrito: bool = False) -> float:
    """Returns the width of a text."""
    letras = _larguras(negrito)
    return sum([letras[b] for b in texto.encode("cp1252", "replace")]) * tamanho_pt * PT


def linha(tamanho_pt: float) -> float:
    """Returns the height of a line."""
    return tamanho_pt * PT * ENTRELINHA


def quebrar(texto: str, espaco: float, tamanho_pt: float, negrito: bool = False) -> list[str]:
    """Returns the text in lines no wider than `espaco`: between words, and inside of a word that alone is wider."""
    if not texto:
        return []
    if largura(texto, tamanho_pt, negrito) <= espaco:
        return [texto]
    linhas: list[str] = []
    atual = ""
    sobra = espaco
    vao = largura(" ", tamanho_pt, negrito)
    for palavra in texto.split(" "):
        tem = largura(palavra, tamanho_pt, negrito)
        if atual and tem + vao <= sobra:
            atual += " " + palavra
            sobra -= tem + vao
            continue
        if atual:
            linhas.append(atual)
        *cheias, atual = _pedacos(palavra, espaco, tamanho_pt, negrito) if tem > espaco else [palavra]
        linhas += cheias
        sobra = espaco - largura(atual, tamanho_pt, negrito)
    return [*linhas, atual]


def _pedacos(palavra: str, espaco: float, tamanho_pt: float, negrito: bool) -> list[str]:
    letras = _larguras(negrito)
    cabe = espaco / (tamanho_pt * PT)
    pedacos, atual, tem = [], "", 0.0
    for letra, byte in zip(palavra, palavra.encode("cp1252", "replace"), strict=True):
        if atual and tem + letras[byte] > cabe:
            pedacos.append(atual)
            atual, tem = "", 0.0
        atual += letra
        tem += letras[byte]
    return [*pedacos, atual]
