"""Reads the invoices that a document carries from its signed bytes."""

from dataclasses import asdict
from typing import Any

from separador.fiscal import resumo
from separador.fiscal.leitura import ler
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo


def notas_de(dados: bytes | None, tipo: str) -> list[dict[str, Any]] | None:
    """Returns the invoices; None when the bytes are missing or cannot be read."""
    lido = ler(dados) if dados is not None else None
    if lido is None or isinstance(lido, Recusa):
        return None
    return [asdict(n) for n in resumo.notas(lido.raiz, Tipo(tipo))]
