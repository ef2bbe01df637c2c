"""Reads the text of PDF pages and cuts pages out (pypdf). Files that people drop count as hostile."""

import io
import logging
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter

LIMITE_BYTES = 64 * 1024 * 1024
LIMITE_PAGINAS = 2000
_LIMITE_TEXTO = 200_000

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # this program words the complaints about a file


class PdfIlegivelError(ValueError):
    """The bytes are no PDF that can be read; the text (Portuguese, without final stop) says why."""


@dataclass(frozen=True, slots=True)
class Paginas:
    """An open PDF: the text of each page."""

    leitor: PdfReader
    textos: tuple[str, ...]

    def recortar(self, primeira: int, ultima: int) -> bytes:
        """Returns pages `primeira` to `ultima` (0-based, both included) as a PDF of their own. The same input gives the
        same bytes.

        Raises PdfIlegivelError when the text came out of a page but the page itself does not.
        """
        saida = io.BytesIO()
        try:
            escritor = PdfWriter()
            for i in range(primeira, ultima + 1):
                escritor.add_page(self.leitor.pages[i])
            escritor.write(saida)
        except Exception as erro:  # on a broken file pypdf raises whatever it trips over
            raise PdfIlegivelError(f"a página está danificada ({type(erro).__name__})") from erro
        return saida.getvalue()


def inteiro(dados: bytes) -> str | None:
    """Returns the fault of the bytes as such; None when they begin and end as a PDF does."""
    if dados.lstrip()[:5] != b"%PDF-":
        return "o arquivo não é um PDF"
    if b"%%EOF" not in dados[-2048:]:
        return "o PDF está incompleto (foi cortado)"
    if len(dados) > LIMITE_BYTES:
        return f"o PDF tem mais de {LIMITE_BYTES // 2**20} MB"
    return None


def abrir(dados: bytes) -> Paginas:
    """Opens a PDF. Raises PdfIlegivelError."""
    problema = inteiro(dados)
    if problema is not None:
        raise PdfIlegivelError(problema)
    try:
        leitor = PdfReader(io.BytesIO(dados))
        trancado = leitor.is_encrypted and not leitor.decrypt("")
        quantas = 0 if trancado else len(leitor.pages)
        textos = _textos(leitor) if 0 < quantas <= LIMITE_PAGINAS else ()
    except Exception as erro:  # on a broken file pypdf raises whatever it trips over
        raise PdfIlegivelError(f"o PDF está danificado ({type(erro).__name__})") from erro
    if trancado:
        raise PdfIlegivelError("o PDF está protegido por senha")
    if quantas > LIMITE_PAGINAS:
        raise PdfIlegivelError(f"o PDF tem mais de {LIMITE_PAGINAS} páginas; divida-o")
    return Paginas(leitor, textos)


def _textos(leitor: PdfReader) -> tuple[str, ...]:
    return tuple(pagina.extract_text()[:_LIMITE_TEXTO] for pagina in leitor.pages)
