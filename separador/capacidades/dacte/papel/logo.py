"""Reads the logo of a company: a PNG or an SVG that others made, bounded in size and in the work that it costs."""

import io
import os
import stat
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from separador.nucleo.texto.razao import razao
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta

if TYPE_CHECKING:
    from fpdf.image_datastructures import RasterImageInfo

LIMITE_BYTES = 2**20
LIMITE_PONTOS = 4_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_CABECALHO = 24
"""Bytes up to the end of width and height, which come first in every PNG."""
_MAIOR_PX = (900, 300)
"""Enough for the box on the sheet at 300 dpi: more would only make every PDF larger."""
_QUASE_BRANCO = 245


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo ready to be drawn. `proporcao`: width by height. Either `pontos` (PNG) or `desenho` (SVG)."""

    proporcao: float
    pontos: "RasterImageInfo | None" = field(default=None, compare=False)
    desenho: bytes = b""


def ler_arquivo(arquivo: Path) -> bytes | str:
    """Returns the bytes of a logo; or the reason in Portuguese why there are none. Never waits for a device."""
    try:
        return faixas.fazer(arquivo.parent, _ler, arquivo)
    except FalhaDePasta as falha:
        return falha.mensagem
    except OSError as erro:
        return razao(erro)


def _ler(arquivo: Path) -> bytes | str:
    descritor = os.open(arquivo, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    with os.fdopen(descritor, "rb") as aberto:
        visto = os.fstat(descritor)
        if not stat.S_ISREG(visto.st_mode):
            return "não é um arquivo comum"
        if visto.st_size > LIMITE_BYTES:
            return f"tem {visto.st_size / 2**20:.1f} MB, e o máximo é {LIMITE_BYTES // 2**20} MB".replace(".", ",")
        return aberto.read(LIMITE_BYTES)


@lru_cache(maxsize=16)
def preparar(dados: bytes) -> Logo | str:
    """Returns the logo ready to be drawn; or the reason in Portuguese why it cannot be used.

    It is drawn once for proof: what fails, fails here and not on a document.
    """
    if not dados:
        return "o arquivo está vazio"
    if len(dados) > LIMITE_BYTES:
        return "o arquivo é grande demais"
    lido = _png(dados) if dados.startswith(_PNG) else _svg(dados)
    if isinstance(lido, Logo) and not 0.2 <= lido.proporcao <= 15:
        return "é estreito demais: a largura deve ser de 0,2 a 15 vezes a altura"
    return lido


def _png(dados: bytes) -> Logo | str:
    from fpdf.image_parsing import get_img_info  # noqa: PLC0415 -- heavy, and only where there is a logo
    from PIL import Image  # noqa: PLC0415

    if len(dados) < _CABECALHO:
        return "é um PNG com defeito"
    largura, altura = struct.unpack(">II", dados[16:_CABECALHO])
    if largura * altura > LIMITE_PONTOS:
        maximo = f"{LIMITE_PONTOS // 1_000_000} milhões"
        return f"tem {largura} × {altura} pontos, e o máximo são {maximo}: diminua-o"
    try:
        with Image.open(io.BytesIO(dados), formats=["PNG"]) as imagem:
            colorida = imagem.convert("RGBA")
    except Exception as erro:  # noqa: BLE001 -- a broken file may fail in any way inside of the reader
        return f"é um PNG com defeito ({type(erro).__name__})"
    branco = Image.new("RGBA", colorida.size, "white")
    branco.alpha_composite(colorida)
    plana = branco.convert("RGB")
    plana.thumbnail(_MAIOR_PX)
    if min(plana.convert("L").tobytes()) > _QUASE_BRANCO:
        return "é todo branco ou transparente: no papel não se veria"
    return Logo(largura / altura, get_img_info("logo", plana, "FlateDecode"))


def _svg(dados: bytes) -> Logo | str:
    from fpdf import FPDF  # noqa: PLC0415 -- heavy, and only where there is a logo
    from fpdf.svg import SVGObject  # noqa: PLC0415

    from separador.capacidades.dacte.papel import svg  # noqa: PLC0415

    if b"<" not in dados[:1024]:
        return "não é PNG nem SVG"
    limpo = svg.limpar(dados)
    if isinstance(limpo, str):
        return limpo
    try:
        objeto = SVGObject(limpo)
        caixa = objeto.viewbox or (0.0, 0.0, float(objeto.width or 0), float(objeto.height or 0))
        largura, altura = float(caixa[2]), float(caixa[3])
        if not (largura > 0 and altura > 0):
            return "não diz o tamanho: falta viewBox, ou width e height"
        prova = FPDF()
        prova.add_page()
        prova.image(io.BytesIO(limpo), 10, 10, 40, 20)
    except Exception as erro:  # noqa: BLE001 -- a wrong drawing may fail in any way inside of the reader
        return f"é um SVG com defeito ({type(erro).__name__})"
    return Logo(largura / altura, desenho=limpo)
