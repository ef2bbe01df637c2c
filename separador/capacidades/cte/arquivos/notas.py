"""Reads the invoices that a document carries."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from separador.fiscal import resumo
from separador.fiscal.leitura import ler
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo


def notas_de(assinado: bytes | None, tipo: str, guardado: Mapping[str, Any] | None) -> list[dict[str, Any]] | None:
    """Returns the invoices: from the record (`capacidade.registro_de`) of a document that was issued here, else from
    the signed bytes. None when those are missing or cannot be read."""
    if guardado is not None:
        return [_guardada(n) for n in guardado["registro"]["notas"]]
    lido = ler(assinado) if assinado is not None else None
    if lido is None or isinstance(lido, Recusa):
        return None
    return [asdict(n) for n in resumo.notas(lido.raiz, Tipo(tipo))]


def _guardada(nota: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an invoice of the record in the shape of those of the XML. What it does not say is read from the key."""
    da_chave = asdict(resumo.nota_eletronica(nota.get("chave") or ""))
    return da_chave | {n: nota[n] for n in ("modelo", "numero", "serie", "valor") if nota.get(n) not in (None, "")}
