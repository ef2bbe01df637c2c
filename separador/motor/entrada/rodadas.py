"""Does with a worker's answers what comes before the decision: prepare again, or send the file on with more.

A rule may need its file in a worker more than once, with a commit of the loop in between: a load is judged, then its
numbers are committed, then its documents are signed. Between two rounds the file is a claim like any other. If the
program dies there, the first round is run again, and the rule's `seguir` finds what it committed.
"""

import sqlite3
import traceback
from dataclasses import dataclass, field

from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item
from separador.motor.entrada.completado import Completado
from separador.motor.entrada.remessa_de_trabalho import a_tratar
from separador.motor.trabalho.parecer import Incidente, Inquieto, Parecer, PastaFalhou
from separador.nucleo import capacidade
from separador.nucleo.rota import Rota

JUNTOS, PESO = 32, 64
"""Largest number of files in a round after the first, and of what they bring together: what a file brings may say how
much it is (`peso`), by default 1. A round of much work would keep the files of other routes waiting."""


@dataclass(slots=True)
class Rodadas:
    """Keeps the files that go to a worker once more, in their order. `passou`: some were sent at the last try."""

    seguintes: list[Item] = field(default_factory=list)
    passou: bool = False

    def proxima(self) -> Rota | None:
        """Returns the route of the first of them."""
        return self.seguintes[0].rota if self.seguintes else None

    def tirar(self, rota: Rota) -> list[Item]:
        """Takes out the first files of a route, as many as go together."""
        levados: list[Item] = []
        peso = 0
        for item in (i for i in self.seguintes if i.rota_id == rota.id):
            peso += getattr(item.material, "peso", 1)
            if levados and (peso > PESO or len(levados) == JUNTOS):
                break
            levados.append(item)
        ids = {id(i) for i in levados}
        self.seguintes = [i for i in self.seguintes if id(i) not in ids]
        return levados

    def completar(self, contexto: Contexto, itens: list[Item], pareceres: list[Parecer]) -> Completado:
        """Returns the group without the files that go on in one more round. What rules put off is in `adiados`."""
        pronto = _preparados(contexto, Completado(itens, pareceres))
        feito = Completado(adiados=pronto.adiados)
        for item, parecer in zip(pronto.itens, pronto.pareceres, strict=True):
            adiante = self._adiante(contexto, item, parecer)
            if adiante is None:
                feito.itens.append(item)
                feito.pareceres.append(parecer)
            elif isinstance(adiante, Incidente):
                feito.itens.append(item)
                feito.pareceres.append(Parecer(parecer.sha256, parecer.tamanho, adiante))
            else:
                item.material = adiante
                self.seguintes.append(item)
        return feito

    def _adiante(self, contexto: Contexto, item: Item, parecer: Parecer) -> object:
        """Returns what the next round gets, or None. An error that is no error of the database ends this file only."""
        seguir = capacidade.regra(item.rota.regra).seguir
        item.material = None
        if seguir is None or isinstance(parecer.conteudo, Incidente | Inquieto | PastaFalhou):
            return None
        try:
            return capacidade.resolver(seguir)(contexto, item, parecer)
        except sqlite3.Error:
            raise
        except Exception as erro:  # noqa: BLE001 - around one document
            return Incidente(type(erro).__name__, traceback.format_exc())


def _preparados(contexto: Contexto, pronto: Completado) -> Completado:
    """Lets the rules of the group prepare again what the workers could not. What they put off starts from the first
    round."""
    adiados: list[Item] = []
    for referencia in dict.fromkeys(capacidade.regra(i.rota.regra).completar for i in pronto.itens):
        if referencia is not None:
            pronto = capacidade.resolver(referencia)(contexto, pronto.itens, pronto.pareceres, a_tratar)
            adiados += pronto.adiados
    for item in adiados:
        item.ficha, item.repetido, item.material = None, True, None
    pronto.adiados = adiados
    return pronto
