"""Keeps the last good configuration in the data folder, for commands given while the file has a mistake."""

from separador.configuracao import ultima_boa
from separador.motor.partes import Mudanca, Parte


class ConfiguracaoBoa(Parte):
    """Writes the copy at the start, and whenever a changed configuration was taken up."""

    def iniciar(self) -> None:
        """Writes it, without waiting for success: a full disk leaves the copy that was there."""
        ultima_boa.guardar(self.contexto.config, self.contexto.dados)

    def mudou(self, o_que: Mudanca) -> None:
        """Writes it again after a change of the configuration."""
        if o_que is Mudanca.CONFIGURACAO:
            self.iniciar()
