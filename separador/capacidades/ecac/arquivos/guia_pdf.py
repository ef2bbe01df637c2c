"""Reads the PDF of a guide: its fields, or the reason why it cannot be taken."""

from separador.capacidades.ecac.arquivos.pdf import PdfIlegivelError, abrir
from separador.capacidades.ecac.dominio.texto_do_pdf import TextoGuia, e_comprovante, ler_guia


def ler(pdf: bytes) -> TextoGuia:
    """Reads a guide. Raises PdfIlegivelError: no readable PDF, no text, or a receipt dropped in the place of guides."""
    texto = "\n".join(abrir(pdf).textos)
    if not texto.strip():
        raise PdfIlegivelError("o PDF não tem texto (é uma imagem?)")
    if e_comprovante(texto):
        raise PdfIlegivelError("o PDF é um comprovante, não uma guia; solte-o na pasta dos comprovantes")
    return ler_guia(texto)
