"""Remembers outside the database how far the vault had come, so that an older copy put back is noticed."""

import os
from pathlib import Path

from separador.cofre.chave_mestra import PASTA
from separador.nucleo.erro import Erro
from separador.nucleo.falha import como_erro
from separador.pastas.criacao import dar_ao_dono

ARQUIVO = "geracao"


def conferir(dados: Path, atual: int) -> Erro | None:
    """Returns an error when the database is older than one seen here before. Else remembers the present number.

    The error comes back at every start, until `aceitar`.
    """
    visto = _ler(dados)
    if visto is not None and atual < visto:
        return como_erro("SEP-COFRE-BANCO-ANTIGO")
    if visto != atual:
        _gravar(dados, atual)
    return None


def aceitar(dados: Path, atual: int) -> None:
    """Records that the administrator has looked, and that the present database is the right one."""
    _gravar(dados, atual)


def _ler(dados: Path) -> int | None:
    try:
        return int((dados / PASTA / ARQUIVO).read_text("ascii"))
    except (OSError, ValueError):
        return None


def _gravar(dados: Path, numero: int) -> None:
    """Writes the number atomically. A failure of the disk only leaves an older number."""
    pasta = dados / PASTA
    novo = pasta / f".{ARQUIVO}.{os.getpid()}"
    try:
        pasta.mkdir(mode=0o700, exist_ok=True)
        novo.unlink(missing_ok=True)
        fd = os.open(novo, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(fd, "w", encoding="ascii") as aberto:
            dar_ao_dono(fd, pasta)
            aberto.write(f"{numero}\n")
        novo.replace(pasta / ARQUIVO)
    except OSError:
        novo.unlink(missing_ok=True)
