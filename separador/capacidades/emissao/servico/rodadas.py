"""Says what the next round does with a load: numbers are taken for a new one, none for one that is built anew."""

from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, PedeRefazer
from separador.capacidades.emissao.servico import refeitura, reserva
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item
from separador.motor.trabalho.parecer import Parecer


def seguir(contexto: Contexto, item: Item, parecer: Parecer) -> object:
    """Returns what the next round judges by, judges on or signs; None: the load is decided as it is."""
    c = parecer.conteudo
    if not isinstance(c, PedeRefazer | CargaRefeita) and item.guardado is None:
        return reserva.seguir(contexto, item, parecer)
    numerada = reserva.seguir(contexto, item, parecer) if isinstance(c, PedeRefazer) else None
    return numerada or refeitura.seguir(contexto, item, c)
