"""Sorts the measures of the cargo into the five boxes that the manual names (MOC 4.00, Anexo II, section 3)."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from separador.capacidades.dacte.dominio.formas import numero

TITULOS = ("PESO BRUTO (KG)", "PESO BASE CÁLCULO (KG)", "PESO AFERIDO (KG)", "CUBAGEM (M3)", "QTDE. DE VOLUMES (UN)")
_PARA_KG = {"01": Decimal(1), "02": Decimal(1000)}
_DOS_CODIGOS = {"02": 0, "03": 2, "05": 1}
"""The codes of `tpMed` in the Simplificado → which box."""


def nos_quadros(medidas: Iterable[tuple[str, str, str]]) -> list[str]:
    """Returns the value of each box of `TITULOS`; `medidas`: cUnid, tpMed and qCarga of each. All are written."""
    quadros: list[list[str]] = [[] for _ in TITULOS]
    for unidade, medida, quantidade in medidas:
        qual = _qual(unidade, medida)
        if qual is not None:
            quadros[qual].append(_escrita(quantidade, _PARA_KG.get(unidade)))
    return ["; ".join(q) for q in quadros]


def _qual(unidade: str, medida: str) -> int | None:
    if unidade == "00":
        return 3
    if unidade == "03":
        return 4
    if unidade not in _PARA_KG:
        return None
    nome = medida.upper()
    if nome in _DOS_CODIGOS:
        return _DOS_CODIGOS[nome]
    if "AFERID" in nome or "AUFERID" in nome:
        return 2
    if "BASE" in nome or "CÁLC" in nome or "CALC" in nome:
        return 1
    return 0 if "BRUTO" in nome else None


def _escrita(quantidade: str, fator: Decimal | None) -> str:
    if fator is None or fator == 1:
        return numero(quantidade, 4)
    try:
        return numero(f"{(Decimal(quantidade) * fator).quantize(Decimal('0.0001')):f}", 4)
    except InvalidOperation:
        return quantidade
