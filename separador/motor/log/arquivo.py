"""Appends to the log file, renames it by size and by day, and removes old ones. A full disk costs lines, never more."""

import json
import os
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


def antigos(pasta: Path) -> list[Path]:
    """Returns the renamed files, oldest first (their names sort by time)."""
    return sorted(pasta.glob(f"{NOME}.*"))


class ArquivoDeLog:
    """The log file, open while it is used. Processes do not share it: the service's lock sees to that."""

    def __init__(self, pasta: Path, agora: Callable[[], datetime], *, tamanho_maximo: int = TAMANHO_MAXIMO) -> None:
        self._pasta = pasta
        self._agora = agora
        self._tamanho_maximo = tamanho_maximo
        self._descritor = -1
        self._tamanho = 0
        self._dia = ""
        self._linha_aberta = False
        self.perdidas = 0

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
        quando = self._agora().isoformat(timespec="milliseconds")
        mensagem = f"Linhas do log perdidas: {self.perdidas} (disco cheio ou pasta inacessível)"
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
        if self._descritor >= 0 and self._tamanho < self._tamanho_maximo and dia == self._dia:
            return
        self.fechar()
        criar_nossas(self._pasta)
        arquivo = self._pasta / NOME
        if self._deve_virar(arquivo, dia):
            self._virar(arquivo)
        self._descritor = os.open(arquivo, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        self._tamanho = os.fstat(self._descritor).st_size
        self._dia = dia

    def _deve_virar(self, arquivo: Path, dia: str) -> bool:
        try:
            visto = arquivo.stat()
        except FileNotFoundError:
            return False
        fuso = self._agora().tzinfo
        do_dia = datetime.fromtimestamp(visto.st_mtime, fuso).strftime("%Y%m%d")
        return visto.st_size > 0 and (visto.st_size >= self._tamanho_maximo or do_dia < dia)

    def _virar(self, arquivo: Path) -> None:
        base = f"{NOME}.{self._agora().strftime('%Y%m%dT%H%M%S')}"
        destino = next(p for n in range(1000) if not (p := self._pasta / f"{base}-{n:03d}").exists())
        arquivo.rename(destino)
        self._limpar()

    def _limpar(self) -> None:
        guardados = antigos(self._pasta)
        limite = (self._agora() - timedelta(days=DIAS_GUARDADOS)).timestamp()
        for velho in guardados[:-ARQUIVOS_GUARDADOS]:
            velho.unlink(missing_ok=True)
        for velho in guardados[-ARQUIVOS_GUARDADOS:]:
            if velho.stat().st_mtime < limite:
                velho.unlink(missing_ok=True)
