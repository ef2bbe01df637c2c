"""Says what may help against a failure, and judges at once whether it may be dismissed; the service does that."""

import sqlite3

from separador.banco import leitura
from separador.nucleo import capacidade
from separador.nucleo.negativa import Negativa

PEDIDO = "dispensar"


def remedio(codigo: str) -> tuple[str, str, str] | None:
    """Returns what may help against a failure: the action, the words of its button, the page."""
    return next((c.remedios[codigo] for c in capacidade.todas() if codigo in c.remedios), None)


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
