"""Remembers for a day what was refused for want of a right. Such a refusal (403) is charged, so it is not asked
again."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from separador.capacidades.ecac.integra.gateway import Pedido
from separador.capacidades.ecac.integra.porta import Motivo, Recusado

PRAZO = timedelta(hours=24)
_LEMBRADOS = frozenset({Motivo.SEM_PROCURACAO, Motivo.NEGADO})


@dataclass(frozen=True, slots=True)
class Negada:
    """A remembered refusal. `sistema` is as the API calls it: one procuração opens one system. `ate` is aware."""

    autor: str
    contribuinte: str
    sistema: str
    ate: datetime
    recusado: Recusado


class Memoria:
    """The refusals, in memory. Thread-safe. A caller that keeps `Recusado.lembrada_ate` keeps them over a restart."""

    def __init__(self, negadas: Iterable[Negada] = ()) -> None:
        self._trava = threading.Lock()
        self._negadas = {(n.autor, n.contribuinte, n.sistema): n for n in negadas}

    def ver(self, pedido: Pedido, agora: datetime) -> Negada | None:
        """Returns the refusal that is still remembered."""
        with self._trava:
            negada = self._negadas.get(_chave(pedido))
        return negada if negada is not None and agora < negada.ate else None

    def anotar(self, pedido: Pedido, recusado: Recusado, agora: datetime) -> Recusado:
        """Notes the refusal, when it is one to be remembered. Returns it, then with the end of that time."""
        if recusado.motivo not in _LEMBRADOS:
            return recusado
        lembrado = replace(recusado, lembrada_ate=agora + PRAZO)
        with self._trava:
            self._negadas[_chave(pedido)] = Negada(*_chave(pedido), agora + PRAZO, lembrado)
        return lembrado

    def esquecer(self, autor: str | None, contribuinte: str | None) -> None:
        """Forgets those of this author and taxpayer; None = any."""
        with self._trava:
            self._negadas = {
                k: n
                for k, n in self._negadas.items()
                if (autor is not None and k[0] != autor) or (contribuinte is not None and k[1] != contribuinte)
            }


def _chave(pedido: Pedido) -> tuple[str, str, str]:
    return pedido.autor, pedido.contribuinte.numero, pedido.servico.sistema
