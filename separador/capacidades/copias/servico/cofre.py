"""Takes the vault into a copy, and proves that it opens there.

In the copied database every secret is encrypted by the master key, which never goes into a copy. With a passphrase the
vault goes along once more, as `separador cofre copia` makes it, so that it opens where the master key was lost with the
machine.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from separador.banco.conexao import Banco
from separador.capacidades.copias.servico.destino import CopiaError
from separador.cofre import copia_cifrada, copias
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import CofreError
from separador.nucleo.erro import Recusa

COPIA_DO_COFRE = "cofre.copia"
CREDENCIAL = "separador-copia"
VARIAVEL = "SEPARADOR_COPIA_FRASE"


def frase(ambiente: Mapping[str, str]) -> bytes | None:
    """Returns the passphrase of the vault's copy, from the systemd credential or the variable; None when neither is
    given. Raises OSError."""
    pasta = ambiente.get("CREDENTIALS_DIRECTORY")
    arquivo = Path(pasta) / CREDENCIAL if pasta else None
    if arquivo is not None and arquivo.is_file():
        return arquivo.read_bytes().strip(b"\r\n")
    dita = ambiente.get(VARIAVEL)
    return dita.encode() if dita else None


def fechar_cofre(banco: Path, dados: Path, segredo: bytes, quando: str, ambiente: Mapping[str, str]) -> bytes:
    """Returns the vault of a copied database as a file that the passphrase opens. Raises `CopiaError`."""
    with _aberto(banco, "mode=rw") as c:  # `reunir` asks for the lock of a writer, and writes nothing
        cofre = abrir_cofre(dados, c, ambiente)
        if isinstance(cofre, Recusa):
            raise CopiaError(_dito(cofre))
        try:
            conteudo = copias.reunir(c, cofre, quando)
        except CofreError as erro:
            raise CopiaError(f"O cofre não foi copiado: {erro}.") from erro
    provada, fechada = copias.provar(conteudo), copia_cifrada.fechar(conteudo, segredo)
    if isinstance(provada, Recusa):
        raise CopiaError(_dito(provada))
    if isinstance(fechada, Recusa):
        raise CopiaError(_dito(fechada))
    return fechada


def abre(banco: Path, dados: Path | None, ambiente: Mapping[str, str]) -> tuple[int, str]:
    """Returns how many secrets a copied database has, and why they do not open (Portuguese; empty: they do).

    `dados`: the data folder of this machine's installation, whose master key is tried; None: there is none.
    """
    with _aberto(banco) as c:
        linha = c.uma("SELECT count(*) AS n FROM segredo")
        quantos = int(linha["n"]) if linha is not None else 0
        if not quantos:
            return 0, ""
        cofre = abrir_cofre(dados or Path("/nonexistent"), c, ambiente)
        if isinstance(cofre, Recusa):
            return quantos, _dito(cofre)
        try:
            cofre.conferir()
        except CofreError as erro:
            return quantos, f"{erro}."
    return quantos, ""


def abre_com_frase(dados: bytes, segredo: bytes) -> str:
    """Returns why the vault's own copy does not open by the passphrase (Portuguese); empty when it does."""
    conteudo = copia_cifrada.abrir(dados, segredo)
    provada = conteudo if isinstance(conteudo, Recusa) else copias.provar(conteudo)
    return _dito(provada) if isinstance(provada, Recusa) else ""


def _aberto(banco: Path, modo: str = "mode=ro&immutable=1") -> "closing[Banco]":
    """Opens a database that nobody else uses; read only unless said otherwise, and then without a file beside it."""
    uri = "file:" + str(banco).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    conexao = sqlite3.connect(f"{uri}?{modo}", uri=True, isolation_level=None)
    conexao.row_factory = sqlite3.Row
    return closing(Banco(conexao, execute_plugins=False))


def _dito(recusa: Recusa) -> str:
    return " ".join(f"{e.mensagem} {e.o_que_fazer}" for e in recusa.erros)


__all__ = ["COPIA_DO_COFRE", "CREDENCIAL", "VARIAVEL", "abre", "abre_com_frase", "fechar_cofre", "frase"]
