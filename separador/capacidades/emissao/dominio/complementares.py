"""Brings the informações complementares of a load back to the form of the file."""

from collections.abc import Iterable

from separador.fiscal.emissao.no import desfolhar

BLOCO = "informacoes_complementares"
FALTAM = {"forma_pagamento": "a forma de pagamento", "seguros": "o responsável pelo seguro"}
"""What a held load may lack, as people read it."""


def informacoes_complementares(ditas: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Returns the block of a load, from its simple values with their paths."""
    bloco = desfolhar(par for par in ditas if par[0].startswith(f"{BLOCO}.")).get(BLOCO)
    return bloco if isinstance(bloco, dict) else {}
