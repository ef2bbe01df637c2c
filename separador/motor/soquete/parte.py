"""Defines the part of the loop that has the socket: it starts and ends it, and looks whether it is still there."""

from collections.abc import Callable

from separador.banco import falhas
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte, Servico
from separador.motor.soquete.ajudante import Ajudantes
from separador.motor.soquete.atendimento import Atendimento
from separador.motor.soquete.lugar import SemLugarError, escutar, lugar
from separador.motor.soquete.servidor import Servidor
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.texto.razao import razao

SEM_SOQUETE = "SEPARADOR_SEM_SOQUETE"
"""Environment variable that leaves the socket out, where nobody could use it (tests in one process)."""
_FALHA = "soquete"


class Soquete(Parte):
    """The socket of the service. The loop never waits for it: threads of their own listen and serve."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._onde = lugar(contexto.dados, servico.ambiente)
        self._ajudantes = Ajudantes(servico.ambiente)
        self._atendimento = Atendimento(contexto, servico.ambiente, self._onde, self._ajudantes)
        self._servidor: Servidor | None = None
        self._falhou: str | None = None

    def iniciar(self) -> None:
        """Makes the socket and listens. Where that is not possible the failures view says so, and the rest goes on."""
        self._abrir()

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Makes the socket again when somebody removed it, or when it could not be made before."""
        if self._servidor is not None and not self._servidor.escuta.no_lugar():
            self._servidor.encerrar()
            self._servidor = None
        if self._servidor is None:
            self._abrir()
        return False

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Takes no more requests, and ends those in hand."""
        if self._servidor is not None:
            self._servidor.encerrar()
            self._servidor = None
        self._ajudantes.encerrar()

    def _abrir(self) -> None:
        if SEM_SOQUETE in self.servico.ambiente:
            return
        try:
            escuta = escutar(self._onde)
        except (SemLugarError, OSError) as erro:
            self._mostrar(str(erro) if isinstance(erro, SemLugarError) else razao(erro))
            return
        self._servidor = Servidor(escuta, self._atendimento.atender)
        self._servidor.iniciar()
        self._mostrar(None)

    def _mostrar(self, motivo: str | None) -> None:
        """Shows why there is no socket, or that there is one again. A failure of an earlier run is closed, too."""
        banco, quando = self.contexto.banco, self.contexto.quando()
        if motivo is None:
            with banco.transacao():
                falhas.encerrar(banco, _FALHA, quando, "o soquete está no lugar")
        elif motivo != self._falhou:
            texto, fazer = descrever("SEP-SOQUETE", f"{self._onde.pasta}: {motivo}.")
            with banco.transacao():
                falhas.abrir(banco, Falha(_FALHA, "SEP-SOQUETE", texto, fazer), quando)
            self.contexto.log.error(texto, acao="soquete", o_que_fazer=fazer)
        self._falhou = motivo
