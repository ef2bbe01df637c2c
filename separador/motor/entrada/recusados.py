"""Tells of files that were complete, but that the system did not let us claim."""

from collections.abc import Sequence

from separador.motor.contexto import Contexto
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.pastas.tomada import NaoTomado
from separador.pastas.varredura import Varredura


def mostrar_recusados(contexto: Contexto, varredura: Varredura, rota: Rota, recusados: Sequence[NaoTomado]) -> None:
    """Notes each, and logs those that are news."""
    for recusado in recusados:
        if varredura.recusado(recusado.nome, recusado.motivo):
            contexto.log.warning(recusado.motivo, acao="não tomado", arquivo=mostrar(recusado.nome), rota=rota.id)
