"""Normalises a document in one step, as the tests look at it; the product does its two halves at different moments."""

from collections.abc import Callable

from separador.fiscal.leitura import Lido
from separador.fiscal.normalizacao import Normalizado, incluir_qr, limpar
from separador.nucleo.tipo import Tipo


def normalizar(
    lido: Lido,
    tipo: Tipo,
    url_qr: str | None = None,
    assinar_texto: Callable[[bytes], str] | None = None,
) -> Normalizado:
    """Normalises an unsigned document: `limpar`, then `incluir_qr`. The tree of `lido` is changed in place."""
    return incluir_qr(limpar(lido), tipo, url_qr, assinar_texto)
