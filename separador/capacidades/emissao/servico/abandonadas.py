"""Gives back the numbers of loads whose file is gone: nobody would ever sign their documents."""

from separador.capacidades.emissao.banco import cargas
from separador.motor.partes import Parte


class Abandonadas(Parte):
    """Looks at the start, after the recovery, and every hour."""

    def iniciar(self) -> None:
        """Looks for the first time."""
        self.passo(0.0)

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Returns whether there was one."""
        banco = self.contexto.banco
        presas = cargas.reservadas_sem_arquivo(banco)
        if not presas:
            return False
        from separador.capacidades.emissao.servico import reserva  # noqa: PLC0415 -- where no route issues, none is left

        for presa in presas:
            with banco.transacao():
                reserva.desfazer(banco, presa["id"])
            motivo = f"o arquivo da carga {presa['carga']} teve outro fim; os números dela são os próximos"
            self.contexto.log.warning(motivo, acao="carga")
        return True
