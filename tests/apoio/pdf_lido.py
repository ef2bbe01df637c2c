"""Reads a PDF of ours back: its texts in order, where they stand, its rules, and its codes as a scanner sees them."""

import io
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

from separador.capacidades.dacte.dominio.caixas import Lista
from separador.capacidades.dacte.dominio.modelos import MODELOS

_COLUNAS = {t for m in MODELOS.values() for b in m.blocos if isinstance(b, Lista) for t, _ in b.colunas}


@dataclass(frozen=True, slots=True)
class Retangulo:
    """A box in points, from the upper left corner of the sheet."""

    x1: float
    y1: float
    x2: float
    y2: float
    texto: str = ""


def textos(pdf: bytes) -> list[list[str]]:
    """Returns the texts of each sheet, in the order in which they were written."""
    return [_da_folha(p) for p in PdfReader(io.BytesIO(pdf)).pages]


def _da_folha(pagina: PageObject) -> list[str]:
    conteudo = pagina.get_contents()
    if conteudo is None:
        return []
    achados: list[str] = []
    for operandos, operador in ContentStream(conteudo, None).operations:
        if operador == b"Tj":
            dito = operandos[0]
            achados.append(_bytes(dito).decode("cp1252", "replace"))
    return achados


def _bytes(dito: object) -> bytes:
    original = getattr(dito, "original_bytes", None)
    return original if isinstance(original, bytes) else str(dito).encode("latin-1")


def corrido(pdf: bytes) -> str:
    """Returns all texts without white space, as if the document were one endless sheet."""
    folhas = textos(pdf)
    primeira = folhas[0]
    ditos = list(primeira)
    for folha in folhas[1:]:
        inicio = primeira.index(folha[0])
        n = 0
        while n < len(folha) and inicio + n < len(primeira) and folha[n] == primeira[inicio + n]:
            n += 1
        resto = folha[n:]
        if resto and resto[0].endswith("(CONTINUAÇÃO)"):
            resto = resto[1:]
            while resto and resto[0] in _COLUNAS:
                resto = resto[1:]
        ditos += resto
    uteis = (d for d in ditos if "CONTINUA NA FOLHA" not in d and not re.fullmatch(r"\d+/\d+", d))
    return re.sub(r"\s+", "", "".join(uteis))


def palavras(pdf: bytes) -> list[list[Retangulo]]:
    """Returns the words of each sheet and their boxes, as poppler finds them."""
    feito = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    raiz = ET.fromstring(re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", feito.stdout))
    ns = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            Retangulo(*(float(w.get(n) or 0) for n in ("xMin", "yMin", "xMax", "yMax")), w.text or "")
            for w in pagina.iter(f"{ns}word")
        ]
        for pagina in raiz.iter(f"{ns}page")
    ]


def riscos(pdf: bytes) -> list[list[Retangulo]]:
    """Returns the rules of each sheet: strokes, and the sides of stroked boxes."""
    return [_riscos(p) for p in PdfReader(io.BytesIO(pdf)).pages]


def _riscos(pagina: PageObject) -> list[Retangulo]:
    alto = float(pagina.mediabox.height)
    conteudo = pagina.get_contents()
    assert conteudo is not None
    achados: list[Retangulo] = []
    caminho: list[Retangulo] = []
    aqui = (0.0, 0.0)
    for operandos, operador in ContentStream(conteudo, None).operations:
        n = [float(o) for o in operandos if isinstance(o, (int, float))]
        if operador == b"m":
            aqui = (n[0], n[1])
        elif operador == b"l":
            caminho.append(_linha(*aqui, n[0], n[1], alto))
            aqui = (n[0], n[1])
        elif operador == b"re":
            x, y, w, h = n
            caminho += [_linha(x, y, x + w, y, alto), _linha(x, y + h, x + w, y + h, alto)]
            caminho += [_linha(x, y, x, y + h, alto), _linha(x + w, y, x + w, y + h, alto)]
        elif operador in (b"S", b"s", b"B"):
            achados += caminho
            caminho = []
        elif operador in (b"f", b"n", b"f*"):
            caminho = []
    return achados


def _linha(x1: float, y1: float, x2: float, y2: float, alto: float) -> Retangulo:
    return Retangulo(min(x1, x2), min(alto - y1, alto - y2), max(x1, x2), max(alto - y1, alto - y2))


def por_cima(pdf: bytes, folga: float = 0.25) -> list[str]:
    """Returns every word that lies over another word or over a rule."""
    achados: list[str] = []
    for n, (ditas, linhas) in enumerate(zip(palavras(pdf), riscos(pdf), strict=True), 1):
        em_ordem = sorted(ditas, key=lambda w: w.y1)
        for i, a in enumerate(em_ordem):
            for b in em_ordem[i + 1 :]:
                if b.y1 >= a.y2 - folga:
                    break
                if a.x1 < b.x2 - folga and b.x1 < a.x2 - folga:
                    achados.append(f"folha {n}: {a.texto!r} e {b.texto!r}")
            for r in linhas:
                if (
                    r.x1 < a.x2 - folga
                    and a.x1 + folga < r.x2 + (r.x1 == r.x2)
                    and r.y1 < a.y2 - 2 * folga
                    and a.y1 + 2 * folga < r.y2 + (r.y1 == r.y2) * 0.0
                ):
                    achados.append(f"folha {n}: {a.texto!r} sobre risco {r}")
    return achados


def codigos(pdf: bytes, dpi: int, folha: int = 1) -> set[str]:
    """Returns what zbarimg reads on a sheet at a resolution: `CODE-128:…` and `QR-Code:…`."""
    with tempfile.TemporaryDirectory() as pasta:
        origem = Path(pasta) / "a.pdf"
        origem.write_bytes(pdf)
        quais = ["-r", str(dpi), "-gray", "-f", str(folha), "-l", str(folha), "-singlefile"]
        subprocess.run(["pdftoppm", *quais, str(origem), f"{pasta}/a"], check=True, capture_output=True)
        feito = subprocess.run(
            ["zbarimg", "-q", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", f"{pasta}/a.pgm"],
            capture_output=True,
            check=False,
        )
    return set(feito.stdout.decode().split("\n")) - {""}


def no_risco(pdf: bytes, folga: float = 0.2) -> list[str]:
    """Returns every line whose ink, accents of capitals and tails with it, touches a rule that goes along with it."""
    achados: list[str] = []
    leitor = PdfReader(io.BytesIO(pdf))
    for n, pagina in enumerate(leitor.pages, 1):
        deitados = [r for r in _riscos(pagina) if r.y1 == r.y2]
        for x, pe, tamanho, dito in _linhas_escritas(pagina):
            alto, baixo = pe - _ACENTO * tamanho - folga, pe + _CAUDA * tamanho + folga
            achados += [
                f"folha {n}: {dito!r} em {r}" for r in deitados if alto < r.y1 < baixo and r.x1 <= x < r.x2 - folga
            ]
    return achados


_ACENTO, _CAUDA = 0.917, 0.225
"""How far the ink of Helvetica goes above and below the foot of the letters: Ã and Ç, of the size."""


def _linhas_escritas(pagina: PageObject) -> Iterator[tuple[float, float, float, str]]:
    """Yields x, the foot of the letters from the top of the sheet, size and text of each line."""
    alto, tamanho, x, y = float(pagina.mediabox.height), 0.0, 0.0, 0.0
    for operandos, operador in ContentStream(pagina.get_contents(), None).operations:
        if operador == b"Tf":
            tamanho = float(operandos[1])
        elif operador == b"Td":
            x, y = float(operandos[0]), float(operandos[1])
        elif operador == b"Tj":
            yield x, alto - y, tamanho, _bytes(operandos[0]).decode("cp1252", "replace")
