"""Does the work of the workers in the service process, for `trabalhadores: 0`."""

import contextlib
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from separador.motor.trabalho.etapas import aquecer, trabalhar
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Preso, Resultado
from separador.pastas import faixas
from separador.pastas.erros import SemResposta


class TrabalhadorLocal:
    """Has the interface of `Trabalhadores`. Whatever is sent is done before `enviar` returns: so a file that takes long
    comes back after a part of it, and goes on in further rounds (`motor.entrada.rodadas`)."""

    doente = parado = False

    def __init__(self, enviados: RecursosEnviados) -> None:
        aquecer()
        self._recursos = replace(enviados.montar(), aos_poucos=True)
        self._ajudante = ThreadPoolExecutor(1, thread_name_prefix="selo")
        self._numero = 0
        self._feitos: list[tuple[int, Resultado]] = []
        self.abandonados: list[ForkServerProcess] = []

    def tem_vaga(self, fora: Collection[Path] = ()) -> bool:  # noqa: ARG002 -- the interface's
        """Says whether the last group was collected. It takes one group at a time."""
        return not self._feitos

    def alguma_vaga(self) -> bool:
        """Says the same: any group is taken when the last was collected."""
        return not self._feitos

    def lentas(self) -> set[int]:
        """Returns no route: what is slow here is over when `enviar` returns."""
        return set()

    def azares(self) -> list[str]:
        """Returns no death: with this process the service itself dies."""
        return []

    def fios(self) -> list[Connection]:
        """Returns nothing to wait on, because the work is done when `enviar` returns."""
        return []

    def equipar(self, enviados: RecursosEnviados) -> None:
        """Takes up new certificates, or another environment."""
        self._recursos = replace(enviados.montar(), aos_poucos=True)

    def enviar(
        self,
        agora: datetime,
        a_tratar: Sequence[ArquivoATratar],
        fora: Collection[Path] = (),
        *,
        rota: int = 0,  # noqa: ARG002 -- the interface's
        sozinho: bool = False,  # noqa: ARG002
    ) -> int:
        """Works on the group now, in the lane of its first folder on another device. Returns its number."""
        self._numero += 1
        resultado: Resultado = Preso(tuple(fora))
        if fora:
            with contextlib.suppress(SemResposta):
                onde = next(iter(fora))
                resultado = faixas.fazer(onde, trabalhar, self._recursos, agora, a_tratar, self._ajudante)
        else:
            resultado = trabalhar(self._recursos, agora, a_tratar, self._ajudante)
        self._feitos.append((self._numero, resultado))
        return self._numero

    def colher(self) -> list[tuple[int, Resultado]]:
        """Returns what was worked on since the last call."""
        feitos, self._feitos = self._feitos, []
        return feitos

    def encerrar(self) -> None:
        """Ends the helper thread."""
        self._ajudante.shutdown()
