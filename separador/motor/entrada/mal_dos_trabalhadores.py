"""Shows that workers die for a reason that lies in no file."""

from dataclasses import dataclass

from separador.banco import falhas
from separador.motor.contexto import Contexto
from separador.motor.trabalho.trabalhador_local import TrabalhadorLocal
from separador.motor.trabalho.trabalhadores import Trabalhadores
from separador.nucleo.falha import Falha, descrever


@dataclass(slots=True)
class MalDosTrabalhadores:
    """`mostrado`: what the failures view says about the workers: that they die. None: not looked at yet."""

    mostrado: bool | None = None

    def mostrar(self, contexto: Contexto, trabalhadores: Trabalhadores | TrabalhadorLocal) -> None:
        """Shows, or closes, the failure that workers die for a reason that lies in no file."""
        for motivo in trabalhadores.azares():
            contexto.log.error(motivo, acao="processo de trabalho")
        doentes = trabalhadores.doente
        if doentes == self.mostrado:
            return
        self.mostrado, banco, quando = doentes, contexto.banco, contexto.quando()
        motivo, fazer = descrever("SEP-TRABALHADORES")
        with banco.transacao():
            if doentes:
                falhas.abrir(banco, Falha("trabalhadores", "SEP-TRABALHADORES", motivo, fazer), quando)
            else:
                falhas.encerrar(banco, "trabalhadores", quando, "os processos de trabalho trabalham")
        if doentes:
            contexto.log.error(motivo, acao="processo de trabalho", o_que_fazer=fazer)
