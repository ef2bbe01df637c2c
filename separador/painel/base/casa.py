"""Holds what the panel serves: the installation, its configuration of now, and the few things that pages share."""

import sqlite3
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from separador.banco import leitura
from separador.configuracao import Configuracao, Invalida, carregar, ultima_boa
from separador.nucleo import fuso
from separador.painel.base.estranhos import Estranhos
from separador.painel.base.pendentes import Pendentes

if TYPE_CHECKING:
    from separador.acesso.senhas import Senhas

SENHAS_JUNTAS = 2
"""Checks of a password at once: each takes 64 MiB."""
ESPERA_DA_SENHA_S = 5.0
FEITOS_S = 5.0

IMPRESSORAS = 2
"""Sheets made at once: each takes a process, and the service shares this machine."""
IMPRESSOS = 32
"""Sheets that are kept: the same one is opened again and again while somebody works on it."""

LEMBRADOS = 1000
"""Sums of the past that are kept: a month of one company is one."""

Marca = tuple[object, ...]
"""Changes when anything that pages show may have changed."""


T = TypeVar("T")


class Guardados(Generic[T]):
    """Keeps the last few results of something that costs, by what they are made of."""

    def __init__(self, quantos: int) -> None:
        self._quantos, self._trava = quantos, Lock()
        self._guardados: dict[Hashable, T] = {}

    def lembrar(self, resumo: Hashable, fazer: Callable[[], T]) -> T:
        """Returns what was made before, or makes it. Two who ask at once may both make it."""
        with self._trava:
            achado = self._guardados.pop(resumo, None)
        feito = achado if achado is not None else fazer()
        with self._trava:
            self._guardados[resumo] = feito
            while len(self._guardados) > self._quantos:
                self._guardados.pop(next(iter(self._guardados)))
        return feito


@dataclass(slots=True)
class Casa:
    """One installation. `aviso`: the file has a mistake, and the panel goes on with the last good configuration."""

    arquivo: Path
    em_uso: Configuracao
    aviso: str | None = None
    impressos: "Guardados[bytes]" = field(default_factory=lambda: Guardados(IMPRESSOS))
    lembrados: "Guardados[Any]" = field(default_factory=lambda: Guardados(LEMBRADOS))
    impressoras: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(IMPRESSORAS))
    estranhos: Estranhos = field(default_factory=Estranhos)
    senhas: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SENHAS_JUNTAS))
    pendentes: Pendentes = field(default_factory=Pendentes)
    _senhas: "Senhas | None" = None
    _feitos: tuple[float, tuple[object, ...], Mapping[int, int]] | None = None
    _contadas: dict[str, tuple[Marca, int]] = field(default_factory=dict)
    _vista: tuple[int, ...] | None = None
    _trava: Lock = field(default_factory=Lock)

    @property
    def dados(self) -> Path:
        """Returns the data folder."""
        return self.em_uso.dados

    def configuracao(self) -> Configuracao:
        """Returns the configuration of now; the file is read again only when it changed."""
        vista = _marca(self.arquivo)
        with self._trava:
            if vista != self._vista:
                self._vista = vista
                achada = abrir(self.arquivo)
                if isinstance(achada, Casa):
                    self.em_uso, self.aviso = achada.em_uso, achada.aviso
                else:
                    self.aviso = _dizer(achada)
        return self.em_uso

    def feitos(self, c: sqlite3.Connection, rotas: list[int], desde: str) -> Mapping[int, int]:
        """Returns what was done today, by route. It is counted every few seconds, for all pages together: a hundred
        thousand files a day are as many rows."""
        agora, pedido = time.monotonic(), (tuple(rotas), desde)
        guardado = self._feitos
        if guardado is not None and guardado[1] == pedido and agora - guardado[0] < FEITOS_S:
            return guardado[2]
        contados = leitura.feitos_desde(c, rotas, desde)
        self._feitos = agora, pedido, contados
        return contados

    def contada(self, nome: str, marca: Marca, contar: Callable[[], int]) -> int:
        """Returns a number of the database, counted once for each of its states. `marca` was read before the database
        was."""
        guardada = self._contadas.get(nome)
        if guardada is None or guardada[0] != marca:
            guardada = self._contadas[nome] = marca, contar()
        return guardada[1]

    def comparador(self) -> "Senhas":
        """Returns what compares passwords: one for the whole process, because its first answer about somebody who does
        not exist costs twice as much as any other, and would tell."""
        with self._trava:
            if self._senhas is None:
                from separador.acesso.senhas import Senhas  # noqa: PLC0415 -- argon2

                self._senhas = Senhas()
                self._senhas.confere(None, "")
            return self._senhas


def abrir(arquivo: Path) -> "Casa | Invalida":
    """Returns the installation of a configuration file, or of its last good copy; else what is wrong with the file."""
    lida = carregar(arquivo)
    if not isinstance(lida, Invalida):
        fuso.usar(lida.fuso)
        return Casa(lida.arquivo, lida)
    boa = next(iter(ultima_boa.procurar(arquivo)), None)
    if boa is None:
        return lida
    fuso.usar(boa.fuso)
    return Casa(arquivo.absolute(), boa, _dizer(lida))


def marca_de(dados: Path) -> Marca:
    """Returns the mark of now. Every commit writes to the log beside the database, and the service writes of itself at
    each reading."""
    return tuple(_marca(dados / nome) for nome in ("separador.db", "separador.db-wal", "estado.json"))


def _dizer(invalida: Invalida) -> str:
    dito = " ".join(str(invalida.erros[0]).split())
    return f"O arquivo de configuração tem um erro: {dito}. O painel segue com a última configuração boa."


def _marca(arquivo: Path) -> tuple[int, ...] | None:
    try:
        visto = arquivo.stat()
    except OSError:
        return None
    return visto.st_mtime_ns, visto.st_size, visto.st_ino
