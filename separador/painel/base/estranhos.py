"""Counts wrong passwords for e-mails that nobody has as those of users are counted, so that the answer tells nobody who
is a user."""

from datetime import datetime
from threading import Lock

from separador.acesso import dominio as acesso
from separador.acesso.servico.autorizacao import bloqueado
from separador.nucleo.negativa import Negativa

QUANTOS = 1000
"""E-mails that are remembered; who tries more of them makes the oldest forgotten."""


class Estranhos:
    """What was tried since the panel was started."""

    def __init__(self, quantos: int = QUANTOS) -> None:
        self._quantos, self._trava = quantos, Lock()
        self._tentados: dict[str, tuple[int, datetime | None]] = {}

    def contar(self, email: str, agora: datetime) -> Negativa | None:
        """Counts a try before it is judged. Returns the refusal of one that comes too early."""
        with self._trava:
            falhas, ate = self._tentados.pop(email, (0, None))
            negativa = bloqueado(ate, agora)
            if negativa is None:
                falhas += 1
                espera = acesso.espera_apos(falhas)
                ate = agora + espera if espera else None
            self._tentados[email] = falhas, ate
            while len(self._tentados) > self._quantos:
                self._tentados.pop(next(iter(self._tentados)))
        return negativa
