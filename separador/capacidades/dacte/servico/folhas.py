"""Makes the PDF of many orders, in the printing process: one that fails does not cost the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from separador.capacidades.dacte.banco import EVENTO

Qual = tuple[str, int]
"""Whose sheet it is: kind and id of the order."""


@dataclass(frozen=True, slots=True)
class Folha:
    """One order: the processed file, whether the document is cancelled by now, the logo's file (empty: none).

    `sem_logo`: why the logo's file could not be read. `registro`: what is kept of a document that was issued here.
    """

    qual: Qual
    dados: bytes
    cancelado: bool = False
    logo: bytes = b""
    sem_logo: str = ""
    registro: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Impressa:
    """The result of one print: the PDF, or the reason why there is none. `sem_logo`: why the logo is not on it."""

    qual: Qual
    pdf: bytes | None
    motivo: str = ""
    sem_logo: str = ""


def imprimir_lote(folhas: Sequence[Folha]) -> list[Impressa]:
    """Prints each of them."""
    return [_imprimir(f) for f in folhas]


def _imprimir(folha: Folha) -> Impressa:
    from separador.capacidades.dacte.papel import imprimir, imprimir_evento  # noqa: PLC0415 -- heavy, only here
    from separador.capacidades.dacte.papel.logo import preparar  # noqa: PLC0415
    from separador.capacidades.dacte.papel.registro import extras_de  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    sem_logo = folha.sem_logo
    try:
        pronto = preparar(folha.logo) if folha.logo else None
        logo = None if isinstance(pronto, str) else pronto
        sem_logo = pronto if isinstance(pronto, str) else sem_logo
        if folha.qual[0] == EVENTO:
            feito = imprimir_evento(folha.dados)
        else:
            feito = imprimir(folha.dados, replace(extras_de(folha.registro), cancelado=folha.cancelado, logo=logo))
    except Exception as erro:  # noqa: BLE001 - around one document
        return Impressa(folha.qual, None, f"{type(erro).__name__}: {erro}"[:300], sem_logo)
    if isinstance(feito, Recusa):
        return Impressa(folha.qual, None, feito.erros[0].mensagem, sem_logo)
    return Impressa(folha.qual, feito, "", sem_logo)
