"""Holds what the panel serves: the installation, its configuration of now, and the few things that pages share."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from separador.configuracao import Configuracao, Invalida, carregar, ultima_boa
from separador.nucleo import fuso

if TYPE_CHECKING:
    from separador.acesso.senhas import Senhas

SENHAS_JUNTAS = 2
"""Checks of a password at once: each takes 64 MiB."""
ESPERA_DA_SENHA_S = 5.0


@dataclass(slots=True)
class Casa:
    """One installation. `aviso`: the file has a mistake, and the panel goes on with the last good configuration."""

    arquivo: Path
    em_uso: Configuracao
    aviso: str | None = None
    senhas: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(SENHAS_JUNTAS))
    _senhas: "Senhas | None" = None
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


def _dizer(invalida: Invalida) -> str:
    dito = " ".join(str(invalida.erros[0]).split())
    return f"O arquivo de configuração tem um erro: {dito}. O painel segue com a última configuração boa."


def _marca(arquivo: Path) -> tuple[int, ...] | None:
    try:
        visto = arquivo.stat()
    except OSError:
        return None
    return visto.st_mtime_ns, visto.st_size, visto.st_ino
