"""Defines the parts of the documents in the loop: what is due by the clock, what goes into every document."""

from separador.capacidades.cte.servico import agenda, inclusoes
from separador.motor.contexto import Contexto
from separador.motor.partes import Mudanca, Parte, Servico


class Agenda(Parte):
    """Hands documents on when they are due, and shows returns that are late."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Carries out what is due. Returns True when there was something."""
        return bool(agenda.vencidos(self.contexto))

    def encaminhar(self, agora_s: float) -> bool:  # noqa: ARG002
        """Hands on some of the documents that were registered together. Returns True when there were any."""
        return agenda.encaminhar_registrados(self.contexto)

    def prazos(self, agora_s: float) -> bool:  # noqa: ARG002
        """Shows the returns that are late."""
        agenda.prazos(self.contexto)
        return False


class InclusoesEmVigor(Parte):
    """Keeps what goes into every document: the technical contact, the words of the contingency."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        inclusoes.atualizar(contexto, servico.ambiente)

    def mudou(self, o_que: Mudanca) -> None:  # noqa: ARG002
        """Reads it again."""
        inclusoes.atualizar(self.contexto, self.servico.ambiente)

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Notices that the secret came, went or changed while the configuration stayed the same."""
        if inclusoes.mudou(self.contexto, self.servico.ambiente):
            self.servico.mudou(Mudanca.CERTIFICADOS)
        return False
