"""Checks whether a receipt is the one that was asked for, and reads the receipts of a file saved by hand."""

import re
from dataclasses import dataclass, field

from separador.capacidades.ecac.arquivos.pdf import Paginas, PdfIlegivelError, abrir
from separador.capacidades.ecac.dominio.texto_do_pdf import (
    TextoComprovante,
    contribuintes,
    e_comprovante,
    ler_comprovante,
    numeros,
)


@dataclass(frozen=True, slots=True)
class ComprovanteNoArquivo:
    """One receipt of a file, cut out as a PDF of its own. `pagina` is its first page, 1-based."""

    pagina: int
    texto: TextoComprovante
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaginaRecusada:
    """A page that is no receipt that can be filed; `motivo` is without final stop."""

    pagina: int
    motivo: str


@dataclass(frozen=True, slots=True)
class Comprovantes:
    """The content of a file, in the order of its pages."""

    comprovantes: tuple[ComprovanteNoArquivo, ...]
    recusadas: tuple[PaginaRecusada, ...]


def conferir(pdf: bytes, contribuinte: str, numero: str) -> str | None:
    """Checks a receipt that the API gave, from its bytes on. Returns the fault; None when it is the one asked for.

    A PDF without any text cannot be judged further than its bytes, and passes. `numero` has 17 digits.
    """
    try:
        texto = "\n".join(abrir(pdf).textos)
    except PdfIlegivelError as erro:
        return str(erro)
    if not texto.strip():
        return None
    if not e_comprovante(texto):
        return "o PDF não é um comprovante de arrecadação"
    if contribuinte not in contribuintes(texto) and not re.search(rf"(?<!\d){contribuinte}(?!\d)", texto):
        return f"o comprovante não é do contribuinte {contribuinte}"
    if numero not in numeros(texto):
        return f"o comprovante não é do documento {numero}"
    return None


def ler(pdf: bytes) -> Comprovantes:
    """Reads every receipt of a PDF saved from the portal, one or many. Raises PdfIlegivelError.

    A page that does not call itself a receipt continues the one before it.
    """
    paginas = abrir(pdf)
    grupos = _agrupar(paginas.textos)
    comprovantes: list[ComprovanteNoArquivo] = []
    recusadas: list[PaginaRecusada] = []
    for primeira, ultima in grupos:
        lido = _ler_um(pdf, paginas, primeira, ultima)
        if isinstance(lido, ComprovanteNoArquivo):
            comprovantes.append(lido)
        else:
            recusadas.append(PaginaRecusada(primeira + 1, _motivo(paginas.textos[primeira], lido)))
    return Comprovantes(tuple(comprovantes), tuple(recusadas))


def _ler_um(pdf: bytes, paginas: Paginas, primeira: int, ultima: int) -> ComprovanteNoArquivo | str:
    lido = ler_comprovante("\n".join(paginas.textos[primeira : ultima + 1]))
    if isinstance(lido, str):
        return lido
    try:
        return ComprovanteNoArquivo(primeira + 1, lido, _recorte(pdf, paginas, primeira, ultima))
    except PdfIlegivelError as erro:
        return str(erro)


def _agrupar(textos: tuple[str, ...]) -> list[tuple[int, int]]:
    """Returns the (first, last) page of each receipt."""
    grupos: list[tuple[int, int]] = []
    for i, texto in enumerate(textos):
        continua = grupos and not e_comprovante(texto) and texto.strip() and e_comprovante(textos[grupos[-1][0]])
        if continua:
            grupos[-1] = (grupos[-1][0], i)
        else:
            grupos.append((i, i))
    return grupos


def _recorte(pdf: bytes, paginas: Paginas, primeira: int, ultima: int) -> bytes:
    """Returns the file itself, byte for byte, when it is one receipt; else the pages cut out."""
    if primeira == 0 and ultima == len(paginas.textos) - 1:
        return pdf
    return paginas.recortar(primeira, ultima)


def _motivo(texto: str, lido: str) -> str:
    return lido if texto.strip() else "a página não tem texto (é uma imagem?)"
