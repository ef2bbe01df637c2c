"""Notices devices that fall silent, however seldom their folders are read."""

from collections.abc import Sequence

from separador.motor.contexto import Contexto
from separador.motor.entrada.origem import Origem
from separador.pastas import faixas

SONDAGEM_S = 10.0
"""Longest time between two looks at the devices that are not ours."""


class Silencio:
    """Asks the devices of all routes, and makes the origins due that have to say that theirs is silent."""

    def __init__(self, contexto: Contexto) -> None:
        self.contexto = contexto
        self.proxima_s = 0.0

    def sondar(self) -> None:
        """Finds out which devices answer, all at the same time: several silent ones cost one deadline together."""
        faixas.sondar(p for r in self.contexto.rotas if r.ativo for p in r.pastas())

    def procurar(self, origens: Sequence[Origem], agora_s: float) -> None:
        """Makes the origins due whose device is silent, so that their routes pause, and are shown, at once."""
        if agora_s >= self.proxima_s:
            self.proxima_s = agora_s + SONDAGEM_S
            self.sondar()
        for um in origens if faixas.presas() else ():
            if _falta_saber(um):
                um.proxima_leitura_s = agora_s


def _falta_saber(um: Origem) -> bool:
    """Says whether a device of an origin's folders is silent and no problem says so yet."""
    if faixas.presa(um.pasta):
        return not um.problemas
    ativas = [r for r in um.rotas if r.ativo and r.id not in um.paradas]
    return any(faixas.presa(p) for r in ativas for p in r.pastas()[1:])
