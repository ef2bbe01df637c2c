"""Does the work of the workers in the service process, for `trabalhadores: 0`."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.connection import Connection

from separador.motor.trabalho.etapas import aquecer, trabalhar
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Resultado


class TrabalhadorLocal:
    """Has the interface of `Trabalhadores`. Whatever is sent is done before `enviar` returns."""

    doente = parado = False

    def __init__(self, enviados: RecursosEnviados) -> None:
        aquecer()
        self._recursos = enviados.montar()
        self._ajudante = ThreadPoolExecutor(1, thread_name_prefix="selo")
        self._numero = 0
        self._feitos: list[tuple[int, Resultado]] = []

    def tem_vaga(self) -> bool:
        """Says whether the last group was collected. It takes one group at a time."""
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
        self._recursos = enviados.montar()

    def enviar(
        self,
        agora: datetime,
        a_tratar: Sequence[ArquivoATratar],
        *,
        rota: int = 0,  # noqa: ARG002 -- the interface's
        sozinho: bool = False,  # noqa: ARG002
    ) -> int:
        """Works on the group now. Returns its number."""
        self._numero += 1
        self._feitos.append((self._numero, trabalhar(self._recursos, agora, a_tratar, self._ajudante)))
        return self._numero

    def colher(self) -> list[tuple[int, Resultado]]:
        """Returns what was worked on since the last call."""
        feitos, self._feitos = self._feitos, []
        return feitos

    def encerrar(self) -> None:
        """Ends the helper thread."""
        self._ajudante.shutdown()
