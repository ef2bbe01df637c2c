"""Holds the settings and the memory of the simulated SEFAZ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from separador.simulador.sefaz.contrato import Autorizador
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.razao import Razao


@dataclass(frozen=True, slots=True)
class Limites:
    """The limits of use (MOC, Visão Geral 8.2). A count of 0 switches one off."""

    rejeicoes_do_cte: int = 30
    consultas_da_chave: int = 10
    rejeicoes_do_evento: int = 20
    status: int = 60
    bloqueio: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ajustes:
    """The settings of a script. `relogio`: how far its clock is ahead. `svc`: contingency is switched on.

    `conferir` off: neither schema nor signature nor rules are checked (two thirds of the cost of a message). It serves
    to measure the caller on the same cores.
    """

    tp_amb: str = "2"
    svc: bool = False
    conferir: bool = True
    relogio: timedelta = timedelta(0)
    limites: Limites = field(default_factory=Limites)


@dataclass(slots=True)
class Orgao:
    """Everything that a judgement needs. `agora`: the wall clock (aware)."""

    razao: Razao
    agora: Callable[[], datetime]
    ajustes: Ajustes = field(default_factory=Ajustes)

    def hora(self) -> datetime:
        """Returns the time by its own clock."""
        return self.agora() + self.ajustes.relogio

    def protocolo(self, m: Mensagem) -> str:
        """Returns the next nProt: 15 digits, never twice. It begins with the authoriser: 1, or 7 or 8 of the SVC."""
        tipo = m.chave[34] if m.autorizador is Autorizador.SVC else "1"
        return f"{tipo}{m.uf}{m.quando:%y}{self.razao.contar('nprot'):010d}"
