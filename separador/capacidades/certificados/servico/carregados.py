"""Keeps what each company's certificate came to, and loads only what changed, a portion at a time.

A company may have thousands of others beside it: a .pfx costs tens of milliseconds of work, so it is opened by a thread
beside the loop, those that a file waits for first. What was loaded before stays in use until its successor is there.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from separador.fiscal.certificado import Certificado
from separador.nucleo.falha import Falha

Achado = Certificado | str | None
"""Certificate; or the reason in Portuguese why it cannot be used; or None when there is none."""

ADIANTE = 4
"""Number of files given to the thread at once: what it opens next can still change."""


@dataclass(frozen=True, slots=True)
class Fonte:
    """Where a company's certificate comes from. Equal `marca`: the same as before. `peso`: what it costs to load, in
    hundreds of microseconds. `abrir` loads it; `ao_lado`: any thread may."""

    marca: tuple[object, ...]
    abrir: Callable[[], Achado] = field(compare=False)
    peso: int = 1
    ao_lado: bool = False


class Carregados:
    """Only the loop's thread calls it."""

    def __init__(self, *, ao_lado: bool, acordar: Callable[[], None]) -> None:
        """`ao_lado` False: everything is loaded where it is asked for (`trabalhadores: 0`)."""
        self._fio = ThreadPoolExecutor(1, thread_name_prefix="certificados") if ao_lado else None
        self._acordar = acordar
        self._fontes: Mapping[str, Fonte] = {}
        self._feitos: dict[str, tuple[Fonte, Achado]] = {}
        self._espera: deque[str] = deque()
        self.do_cofre: tuple[Falha, ...] = ()
        """What is wrong with the vault itself."""
        self._em_maos: dict[str, tuple[Fonte, Future[Achado]]] = {}

    @property
    def pendentes(self) -> bool:
        """Says whether something is to be loaded."""
        return bool(self._espera or self._em_maos)

    @property
    def por_abrir(self) -> frozenset[str]:
        """Returns the companies of which nothing is known yet."""
        return frozenset(c for c in (*self._espera, *self._em_maos) if c not in self._feitos)

    @property
    def parado(self) -> bool:
        """Says whether nothing can go on before the thread is done with something."""
        return not self._espera and not any(f.done() for _, f in self._em_maos.values())

    def achados(self) -> dict[str, Achado]:
        """Returns what is known, by company."""
        return {cnpj: achado for cnpj, (_, achado) in self._feitos.items()}

    def rever(self, fontes: Mapping[str, Fonte]) -> None:
        """Takes up where certificates come from now. What did not change stays; what did not load is
        tried again."""
        self._fontes = fontes
        for cnpj in [c for c in self._feitos if c not in fontes]:
            del self._feitos[cnpj]
        faltam = [c for c, f in fontes.items() if not self._tem(c, f) and not self._vem(c, f)]
        self._espera = deque(sorted(faltam, key=self._lugar))

    def _lugar(self, cnpj: str) -> tuple[bool, bool]:
        """What costs next to nothing comes first: a certificate that was withdrawn must not stay in use behind hundreds
        of files. What did not load before comes last."""
        feito = self._feitos.get(cnpj)
        return feito is not None and feito[0] == self._fontes[cnpj], self._fontes[cnpj].ao_lado

    def _tem(self, cnpj: str, fonte: Fonte) -> bool:
        feito = self._feitos.get(cnpj)
        return feito is not None and feito[0] == fonte and not isinstance(feito[1], str)

    def _vem(self, cnpj: str, fonte: Fonte) -> bool:
        em_maos = self._em_maos.get(cnpj)
        return em_maos is not None and em_maos[0] == fonte

    def adiantar(self, raizes: Collection[str]) -> None:
        """Puts the companies of these bases before the others."""
        primeiras = [c for c in self._espera if c[:8] in raizes]
        if primeiras:
            self._espera = deque((*primeiras, *(c for c in self._espera if c[:8] not in raizes)))

    def agora(self, raiz: str) -> frozenset[str]:
        """Loads what there is of this base at once, for who cannot wait. Returns its companies."""
        novos = {c for c in (*self._espera, *self._em_maos) if c[:8] == raiz}
        for cnpj in novos:
            if cnpj in self._em_maos:
                fonte, futuro = self._em_maos.pop(cnpj)
                self._feitos[cnpj] = (fonte, futuro.result())
            else:
                self._espera.remove(cnpj)
                self._feitos[cnpj] = (self._fontes[cnpj], self._fontes[cnpj].abrir())
        return frozenset(novos)

    def primeiros(self, ao_lado: int) -> None:
        """Loads before the loop runs, here: whatever no thread may, and so many of the others."""
        ficam = []
        while self._espera:
            cnpj = self._espera.popleft()
            fonte = self._fontes[cnpj]
            if fonte.ao_lado and ao_lado <= 0:
                ficam.append(cnpj)
                continue
            ao_lado -= fonte.ao_lado
            self._feitos[cnpj] = (fonte, fonte.abrir())
        self._espera.extend(ficam)

    def continuar(self, peso: int) -> frozenset[str]:
        """Takes what the thread has opened, and loads until so much work is done: at least one, if it is to be loaded
        here. Returns the companies of which something new is known."""
        novos = set(self._colher())
        while self._espera and peso > 0:
            cnpj = self._espera[0]
            fonte = self._fontes[cnpj]
            if fonte.ao_lado and self._fio is not None:
                if len(self._em_maos) >= ADIANTE:
                    break
                futuro = self._fio.submit(fonte.abrir)
                futuro.add_done_callback(lambda _: self._acordar())
                self._em_maos[cnpj] = (fonte, futuro)
            else:
                self._feitos[cnpj] = (fonte, fonte.abrir())
                novos.add(cnpj)
                peso -= fonte.peso
            self._espera.popleft()
        return frozenset(novos)

    def _colher(self) -> Iterable[str]:
        for cnpj in [c for c, (_, f) in self._em_maos.items() if f.done()]:
            fonte, futuro = self._em_maos.pop(cnpj)
            if self._fontes.get(cnpj) == fonte:
                self._feitos[cnpj] = (fonte, futuro.result())
                yield cnpj

    def encerrar(self) -> None:
        """Ends the thread, whose process was ended before. What it had in hand is opened by the next run."""
        if self._fio is not None:
            self._fio.shutdown(wait=True, cancel_futures=True)
