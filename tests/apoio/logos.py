"""Makes logos for tests: good ones, and those that nobody should draw."""

import io
import struct
import zlib

from PIL import Image, ImageDraw

SVG = (
    b'<?xml version="1.0" encoding="UTF-8"?><!-- exportado --><svg xmlns="http://www.w3.org/2000/svg"'
    b' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 300 100" inkscape:version="1.4">'
    b'<title>Logotipo</title><metadata><a xmlns="http://exemplo.com.br/">https://exemplo.com.br</a></metadata>'
    b'<defs><linearGradient id="g"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/>'
    b'</linearGradient></defs><style>.a{fill:#080}</style><circle cx="50" cy="50" r="45" fill="url(#g)"/>'
    b'<g transform="translate(10 0)"><path class="a" d="M110 20H280V80H110Z"/></g></svg>'
)


def png(largura: int = 300, altura: int = 100, modo: str = "RGBA", cor: object = (20, 60, 160, 255)) -> bytes:
    """Returns a picture: a figure on a clear ground."""
    imagem = Image.new("RGBA", (largura, altura), (0, 0, 0, 0))
    ImageDraw.Draw(imagem).ellipse((2, 2, largura - 3, altura - 3), fill=cor)  # type: ignore[arg-type]
    guardado = io.BytesIO()
    imagem.convert(modo).save(guardado, "PNG")
    return guardado.getvalue()


def png_que_mente(largura: int, altura: int) -> bytes:
    """Returns a picture of a few bytes that says that it is of any size."""
    ihdr = struct.pack(">IIBBBBB", largura, altura, 8, 2, 0, 0, 0)
    partes = ((b"IHDR", ihdr), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    corpo = b"".join(
        struct.pack(">I", len(dados)) + nome + dados + struct.pack(">I", zlib.crc32(nome + dados))
        for nome, dados in partes
    )
    return b"\x89PNG\r\n\x1a\n" + corpo


def svg(dentro: str, abre: str = "") -> bytes:
    """Returns a drawing with this inside."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 3" {abre}>'
        f'<rect width="9" height="9"/>{dentro}</svg>'
    ).encode()
