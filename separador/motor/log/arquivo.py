"""Appends to the log file, renames it by size and by day, and removes old ones. A full disk costs lines, never more.

A file that was moved away, or that is not ours, is never written into: the log is made anew, and says so.
"""

import errno
import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from separador.pastas.criacao import criar_nossas

PASTA = "log"
NOME = "separador.log"
TAMANHO_MAXIMO = 20 * 1024 * 1024
DIAS_GUARDADOS = 90
ARQUIVOS_GUARDADOS = 200


AFASTADO = "-alheio-"
OLHAR_S = 1.0
ABRIR = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def antigos(pasta: Path, nome: str = NOME) -> list[Path]:
    """Returns the renamed files, oldest first (their names sort by time)."""
    return sorted(pasta.glob(f"{nome}.*"))


def e_nosso(arquivo: Path) -> bool:
    """Says whether this is a regular file of ours, or of the owner of its folder, with no other name."""
    visto = arquivo.lstat()
    donos = (os.geteuid(), arquivo.parent.stat().st_uid)
    return stat.S_ISREG(visto.st_mode) and visto.st_nlink == 1 and visto.st_uid in donos


def _livre(pasta: Path, base: str) -> Path:
    """Returns the first free name."""
    return next(p for n in range(1000) if not os.path.lexists(p := pasta / f"{base}-{n:03d}"))


class ArquivoDeLog:
    """The log file, open while it is used. Processes do not share it: the service's lock sees to that."""

    def __init__(
        self, pasta: Path, agora: Callable[[], datetime], *, tamanho_maximo: int = TAMANHO_MAXIMO, nome: str = NOME
    ) -> None:
        self._pasta = pasta
        self._nome = nome
        self._agora = agora
        self._tamanho_maximo = tamanho_maximo
        self._descritor = -1
        self._tamanho = 0
        self._dia = ""
        self._linha_aberta = False
        self._arquivo = pasta / nome
        self._olhado: datetime | None = None
        self.perdidas = 0
        self._por_dizer: list[str] = []
        self.acontecidos: list[str] = []
        """Holds what happened to the file (Portuguese). Who shows it takes it out."""

    def escrever(self, *linhas: str) -> bool:
        """Appends these lines in one write. Returns False when some were lost (disk full, folder gone).

        The next call tries again, and first writes how many lines were lost.
        """
        faltam = len(linhas)
        try:
            self._preparar()
            if not self.perdidas or self._acrescentar(self._aviso()):
                self.perdidas = 0
                faltam -= self._acrescentar(*linhas)
        except OSError:
            self.fechar()
        if faltam:
            self.perdidas += faltam
            self.fechar()
        return not faltam

    def _aviso(self) -> str:
        return self._linha(f"Linhas do log perdidas: {self.perdidas} (disco cheio ou pasta inacessível)")

    def _linha(self, mensagem: str) -> str:
        quando = self._agora().isoformat(timespec="milliseconds")
        return json.dumps(
            {"quando": quando, "nivel": "warning", "acao": "log", "mensagem": mensagem}, ensure_ascii=False
        )

    def fechar(self) -> None:
        """Closes the file. The next line opens it again."""
        if self._descritor >= 0:
            # A descriptor is gone even when close reports an error; the line was already counted.
            with suppress(OSError):
                os.close(self._descritor)
            self._descritor = -1

    def _acrescentar(self, *linhas: str) -> int:
        """Appends the lines and returns how many of them are whole in the file now."""
        antes = b"\n" if self._linha_aberta else b""
        tudo = antes + "".join(f"{linha}\n" for linha in linhas).encode("utf-8", "backslashreplace")
        escritos = os.write(self._descritor, tudo)
        self._tamanho += escritos
        if escritos:
            self._linha_aberta = tudo[escritos - 1 : escritos] != b"\n"
        return tudo.count(b"\n", len(antes), escritos)

    def _preparar(self) -> None:
        dia = self._agora().strftime("%Y%m%d")
        if self._descritor >= 0 and self._tamanho < self._tamanho_maximo and dia == self._dia and self._no_lugar():
            return
        primeira = self._dia == ""
        self.fechar()
        criar_nossas(self._pasta)
        self._arquivo = self._pasta / self._nome
        if primeira and not os.path.lexists(self._arquivo) and antigos(self._pasta, self._nome):
            self._aconteceu("O arquivo do log não estava mais na pasta; começou outro.")
        self._afastar_alheio()
        if self._deve_virar(self._arquivo, dia):
            self._virar(self._arquivo)
        self._abrir()
        self._dia = dia

    def _no_lugar(self) -> bool:
        """Says whether the open file is still the one under its name. It looks once a second at most."""
        agora = self._agora()
        if self._olhado is not None and timedelta() <= agora - self._olhado < timedelta(seconds=OLHAR_S):
            return True
        self._olhado = agora
        try:
            if os.path.samestat(self._arquivo.lstat(), os.fstat(self._descritor)):
                return True
            self._aconteceu("Outro arquivo está no lugar do log; as linhas de antes estão em um que foi movido.")
        except FileNotFoundError:
            self._aconteceu("O arquivo do log foi movido ou apagado; começou outro.")
        return False

    def _abrir(self) -> None:
        self._descritor = os.open(self._arquivo, ABRIR, 0o640)
        self._tamanho = os.fstat(self._descritor).st_size
        self._linha_aberta = self._linha_aberta and self._tamanho > 0
        self._olhado = self._agora()
        for dito in self._por_dizer:
            self._acrescentar(self._linha(dito))
        self._por_dizer.clear()

    def _aconteceu(self, mensagem: str) -> None:
        self._por_dizer.append(mensagem)
        self.acontecidos.append(mensagem)

    def _afastar_alheio(self) -> None:
        """Gives way when something else has the name of the log: it is renamed, never written into, never removed.

        What cannot be renamed keeps the name, and the log goes on in a file beside it.
        """
        if not os.path.lexists(self._arquivo) or (e_nosso(self._arquivo) and self._aceita()):
            return
        hora = self._agora().strftime("%Y%m%dT%H%M%S")
        afastado = _livre(self._pasta, f"{self._nome}{AFASTADO}{hora}")
        try:
            self._arquivo.rename(afastado)
        except OSError as erro:
            if erro.errno not in (errno.EPERM, errno.EACCES, errno.EBUSY):
                raise
            self._arquivo = _livre(self._pasta, f"{self._nome}.{hora}")
            self._aconteceu(f"{self._nome} não é do serviço e não sai do lugar; o log segue em {self._arquivo.name}.")
        else:
            self._aconteceu(f"O que estava no lugar do log não servia e está agora em {afastado.name}; começou outro.")

    def _aceita(self) -> bool:
        """Says whether the file may be opened for appending. A full disk is no reason to give it up."""
        try:
            os.close(os.open(self._arquivo, ABRIR, 0o640))
        except OSError as erro:
            return erro.errno not in (errno.EPERM, errno.EACCES)
        return True

    def _deve_virar(self, arquivo: Path, dia: str) -> bool:
        try:
            visto = arquivo.stat()
        except FileNotFoundError:
            return False
        fuso = self._agora().tzinfo
        do_dia = datetime.fromtimestamp(visto.st_mtime, fuso).strftime("%Y%m%d")
        return visto.st_size > 0 and (visto.st_size >= self._tamanho_maximo or do_dia < dia)

    def _virar(self, arquivo: Path) -> None:
        base = f"{self._nome}.{self._agora().strftime('%Y%m%dT%H%M%S')}"
        arquivo.rename(_livre(self._pasta, base))
        self._limpar()

    def _limpar(self) -> None:
        guardados = antigos(self._pasta, self._nome)
        limite = (self._agora() - timedelta(days=DIAS_GUARDADOS)).timestamp()
        for velho in guardados[:-ARQUIVOS_GUARDADOS]:
            velho.unlink(missing_ok=True)
        for velho in guardados[-ARQUIVOS_GUARDADOS:]:
            if velho.stat().st_mtime < limite:
                velho.unlink(missing_ok=True)
