"""Judges at once whether a failure may be dismissed; the service carries the order out."""

import sqlite3

from separador.banco import leitura
from separador.nucleo.negativa import Negativa

PEDIDO = "dispensar"


def contra_dispensa(banco: sqlite3.Connection | None, numero: int, motivo: str) -> Negativa | None:
    """Returns why a failure cannot be dismissed with this reason; None when it can."""
    if not motivo.strip():
        return Negativa("SEP-MOTIVO", "Diga o motivo; nada foi mudado.")
    linha = leitura.falha(banco, numero) if banco is not None else None
    if linha is None:
        return Negativa(
            "SEP-FALHA-ENCERRADA", f"Não há falha com o número {numero}; veja os números em: separador falhas"
        )
    if linha["encerrada_em"] is not None:
        return Negativa("SEP-FALHA-ENCERRADA", f"A falha {numero} já saiu da lista: {linha['encerrada_por']}.")
    return None
