"""Counts the deaths of workers that no file explains. After three in a row nothing is sent for a while."""

from dataclasses import dataclass, replace

SEGUIDAS = 3
"""So many in a row, and the fault is the machine's or the installation's."""
JANELA_S = 600.0
"""Deaths further apart than this have nothing to do with each other."""
ESPERA_S = 30.0
"""After so long new workers are tried."""
CALMA_S = 60.0
"""A worker that stands for so long after the wait shows that the trouble is over."""


@dataclass(frozen=True, slots=True)
class Mortes:
    """The deaths so far. `parado_ate_s`: nothing is sent before it. `doente`: the trouble was shown and is not over."""

    seguidas: int = 0
    ultima_s: float = 0.0
    parado_ate_s: float = 0.0
    doente: bool = False

    def parado(self, agora_s: float) -> bool:
        """Says whether nothing is sent now."""
        return agora_s < self.parado_ate_s


def depois_de_uma(m: Mortes, agora_s: float) -> Mortes:
    """Returns the count after one more death of a worker that had opened no file."""
    recente = m.seguidas and agora_s - m.ultima_s <= JANELA_S
    seguidas = m.seguidas + 1 if recente else 1
    if seguidas < SEGUIDAS:
        return replace(m, seguidas=seguidas, ultima_s=agora_s)
    return Mortes(seguidas, agora_s, agora_s + ESPERA_S, doente=True)


def depois_de_um_grupo(m: Mortes) -> Mortes:
    """Returns the count after a group was answered: a worker works."""
    return m if m == SAUDAVEL else SAUDAVEL


def com_o_tempo(m: Mortes, agora_s: float, *, ha_pronto: bool) -> Mortes:
    """Returns the count as it stands now. `ha_pronto`: a worker said that it is ready, and lives."""
    if m.doente and ha_pronto and not m.parado(agora_s) and agora_s - m.ultima_s > ESPERA_S + CALMA_S:
        return SAUDAVEL
    return m


SAUDAVEL = Mortes()
