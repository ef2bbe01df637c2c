"""Counts, in memory, what says that an authoriser cannot be reached: silence, and answers that are none."""

from collections import Counter, defaultdict
from sqlite3 import Row

from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.rede.porta import Desconhecida

CALADAS = 3
"""Number of calls in a row without any answer after which an authoriser counts as unreachable."""
NUMEROS_ILEGIVEIS = 10
"""Number of documents (by their queue) whose answers could not be read, with none in between that could."""


class SemSinal:
    """Remembers what came of the last calls to each authoriser.

    An answer that came and cannot be read is the trouble of its own document, however often it comes. Only when many
    documents in a row meet the same, and none gets through, something stands in the way of all.
    """

    def __init__(self) -> None:
        self._caladas: Counter[str] = Counter()
        self._ilegiveis: defaultdict[str, set[str]] = defaultdict(set)

    def respondeu(self, autorizador: str) -> None:
        """Notes an answer that can be read."""
        self._caladas[autorizador] = 0
        self._ilegiveis[autorizador].clear()

    def calada(self, linha: Row, d: Desconhecida) -> bool:
        """Notes a call without outcome. Returns True when its authoriser has been silent too often."""
        if not decisoes.sem_sinal(d.motivo, d.http):
            self._ilegiveis[linha["autorizador"]].add(linha["fila"])
            return False
        self._caladas[linha["autorizador"]] += 1
        return self._caladas[linha["autorizador"]] >= CALADAS

    def barrada(self, autorizador: str) -> bool:
        """Says whether no document gets through, though something answers."""
        return len(self._ilegiveis[autorizador]) >= NUMEROS_ILEGIVEIS
