"""The body itself: what it is set to and what it remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from separador.simulador.sefaz.contrato import Autorizador
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.razao import Razao


@dataclass(frozen=True, slots=True)
class Limites:
    """Limits of use (MOC 8.2; fatos/cte.md 3.6). A count of 0 switches one off."""

    rejeicoes_do_cte: int = 30
    consultas_da_chave: int = 10
    rejeicoes_do_evento: int = 20
    status: int = 60
    bloqueio: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ajustes:
    """What a script may set. `relogio`: how far its clock is ahead. `svc`: is contingency switched on.

    `conferir`: off, neither schema nor signature nor rules are looked at (two thirds of the cost of a message): for
    measuring who calls, on the same cores.
    """

    tp_amb: str = "2"
    svc: bool = False
    conferir: bool = True
    relogio: timedelta = timedelta(0)
    limites: Limites = field(default_factory=Limites)


@dataclass(slots=True)
class Orgao:
    """Everything a judgement needs. `agora`: the wall clock (aware)."""

    razao: Razao
    agora: Callable[[], datetime]
    ajustes: Ajustes = field(default_factory=Ajustes)

    def hora(self) -> datetime:
        """By its own clock."""
        return self.agora() + self.ajustes.relogio

    def protocolo(self, m: Mensagem) -> str:
        """The next nProt: 15 digits, never twice; it begins with who authorises (1, or the SVC's 7 or 8)."""
        tipo = m.chave[34] if m.autorizador is Autorizador.SVC else "1"
        return f"{tipo}{m.uf}{m.quando:%y}{self.razao.contar('nprot'):010d}"
