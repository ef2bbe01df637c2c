"""Defines the engine's own parts: files held back, seal of the audit trail, write-ahead log, retention."""

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from separador.acesso.banco import auditoria
from separador.banco.conexao import esvaziar_diario
from separador.motor import retencao
from separador.motor.desfecho import tomadas
from separador.motor.partes import Parte
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta
from separador.pastas.posse.marca import dar_sinal_de_vida

if TYPE_CHECKING:
    from separador.motor.ciclo import Ciclo

SINAL_S = 10.0
OLHAR_S = 2.0


class _DoMotor(Parte):
    """A part of the engine, which knows the whole loop."""

    @property
    def ciclo(self) -> "Ciclo":
        """Returns the loop."""
        return cast("Ciclo", self.servico)


class Represados(_DoMotor):
    """Gives files that a folder or the database held back to their origin."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Gives them back. Always returns False, because the same turn of the loop sends what was given back."""
        self.ciclo.origens.devolver_represados()
        return False


class Retidos(_DoMotor):
    """Looks again at held files whose time has come."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Sends one group of them. Returns True when there was one."""
        return self.ciclo.enviar_retidos()


class SinalDeVida(Parte):
    """Writes the time in our corner of each folder, for an installation that finds the folder taken."""

    _proximo_s = 0.0

    def passo(self, agora_s: float) -> bool:
        """Writes it when ten seconds are over and no check of the folder did.

        A folder that does not take it is shown by its own checks.
        """
        if agora_s >= self._proximo_s:
            self._proximo_s = agora_s + OLHAR_S
            cantos, agora = self.contexto.cantos, self.contexto.agora()
            for pasta, canto in cantos.calados(agora, SINAL_S):
                with suppress(OSError, FalhaDePasta):
                    faixas.fazer(pasta, dar_sinal_de_vida, pasta, canto, agora)
                    cantos.deu_sinal(pasta, agora)
        return False


class Tomadas(Parte):
    """Takes up what a takeover of folders took from their former owner."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks in each folder. Returns True when there was something."""
        return bool(tomadas.adotar(self.contexto))


class Selo(Parte):
    """Notes the end of the audit trail outside the database."""

    def iniciar(self) -> None:
        """Gives a new trail its first seal, before it has a row."""
        auditoria.selar(self.contexto.banco, self.contexto.dados)

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Writes the seal."""
        auditoria.selar(self.contexto.banco, self.contexto.dados)
        return False


class DiarioDoBanco(_DoMotor):
    """Copies the write-ahead log back into the database while nothing is in hand."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Copies what it can without waiting for readers."""
        if not self.ciclo.despacho.ocupado:
            esvaziar_diario(self.contexto.banco)
        return False


class Retencao(Parte):
    """Removes what is older than the configuration keeps."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Removes originals, duplicates, and what capabilities keep by time."""
        retencao.retencao(self.contexto)
        return False


class Esquecidos(_DoMotor):
    """Takes up claims of a route that was taken out and is back."""

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks through the work folders."""
        self.ciclo.origens.readotar_esquecidos()
        return False
