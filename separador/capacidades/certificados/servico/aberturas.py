"""Opens dropped .pfx files beside the loop: one after the other, in a process, by a thread that does nothing else."""

import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeVar

from separador.capacidades.certificados.leitura.abridor import Abridor, NaoIniciouError, SemResposta
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.certificados.servico import tentativas
from separador.nucleo.erro import Recusa
from separador.nucleo.falha import como_erro

ADIANTE = 4
"""Number of files whose bytes are held in memory: the one that is being opened, and those that follow."""

T = TypeVar("T")
Resultado = Callable[[], Aberto | Recusa]
"""Returns what came out of a file, or raises what happened. NaoIniciouError: nothing was found out about it."""


class Aberturas(Generic[T]):
    """Holds the files that wait to be opened, each with what its caller wants back. Only the loop's thread calls it."""

    def __init__(
        self, dados: Path, *, ao_lado: bool, acordar: Callable[[], None], abridor: Abridor | None = None
    ) -> None:
        """`ao_lado` False: the loop waits for the process (`trabalhadores: 0`)."""
        self._dados = dados
        self._acordar = acordar
        self._abridor = abridor or Abridor()
        self._fio = ThreadPoolExecutor(1, thread_name_prefix="pfx") if ao_lado else None
        self._em_maos: deque[tuple[T, Future[Aberto | Recusa]]] = deque()
        self._encerrando = False

    def __len__(self) -> int:
        return len(self._em_maos)

    @property
    def cheia(self) -> bool:
        """Says whether another file must wait."""
        return len(self._em_maos) >= ADIANTE

    def comecar(self, do_que: T, dados: bytes, senhas: Sequence[bytes]) -> None:
        """Begins to open a file with the first password that fits."""
        if self._fio is not None:
            futuro = self._fio.submit(self._abrir, dados, senhas)
            futuro.add_done_callback(lambda _: self._acordar())
        else:
            futuro = Future()
            try:
                futuro.set_result(self._abrir(dados, senhas))
            except Exception as erro:  # noqa: BLE001 - as the thread does: it is raised when the result is taken
                futuro.set_exception(erro)
        self._em_maos.append((do_que, futuro))

    def _abrir(self, dados: bytes, senhas: Sequence[bytes]) -> Aberto | Recusa:
        """Opens the file, unless it brought no answer too often. The try is on disk before it is made."""
        resumo = hashlib.sha256(dados).hexdigest()
        if not tentativas.comecar(self._dados, resumo):
            return Recusa((como_erro("SEP-CERTIFICADO-CUSTOSO"),))
        try:
            feito = self._abridor.abrir(dados, senhas)
        except NaoIniciouError:
            tentativas.desfazer(self._dados, resumo)
            raise
        if not isinstance(feito, SemResposta):
            tentativas.terminar(self._dados, resumo)
            return feito
        if self._encerrando:
            tentativas.desfazer(self._dados, resumo)
        return feito.como_recusa()

    def proxima(self) -> tuple[T, Resultado] | None:
        """Returns the next file that is finished, with its result. None: none is."""
        if not self._em_maos or not self._em_maos[0][1].done():
            return None
        do_que, futuro = self._em_maos.popleft()
        return do_que, futuro.result

    def descansar(self) -> None:
        """Ends the process while there is nothing to open: it held a key."""
        if not self._em_maos:
            self._abridor.fechar()

    def encerrar(self) -> None:
        """Ends the process and the thread. What was being opened is seen again by the next run."""
        self._encerrando = True
        self._abridor.interromper()
        if self._fio is not None:
            self._fio.shutdown(wait=True, cancel_futures=True)
        self._abridor.fechar()
