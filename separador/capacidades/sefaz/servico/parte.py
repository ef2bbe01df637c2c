"""Defines the smaller parts of the calls to SEFAZ: calls for another environment, the retention of raw answers."""

from datetime import datetime

from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import fila
from separador.capacidades.sefaz.servico import paradas
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte


class OutroAmbiente(Parte):
    """Shows the calls that were queued for another environment."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Brings the failures view up to date."""
        paradas.conferir_ambiente(self.contexto)
        return False


def esquecer_brutos(contexto: Contexto, limite: datetime) -> int:
    """Drops the raw answers from before `limite`; their texts stay in the rows. Returns how many."""
    with contexto.banco.transacao():
        return fila.esquecer_brutos(contexto.banco, texto_de(limite))
