"""Proves a copy without touching the installation: sums, database, processed documents, vault."""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco.leitura import integridade_inteira
from separador.capacidades.copias.dominio.manifesto import Manifesto
from separador.capacidades.copias.servico import banco, cofre, destino
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.destino import DADOS
from separador.nucleo.texto.razao import razao
from separador.pastas import faixas

DO_BANCO = f"{DADOS}{banco.ARQUIVO}"
MOSTRADOS = 20


@dataclass(slots=True)
class Prova:
    """What was found. `problemas` (Portuguese) is empty for a copy that is whole."""

    nome: str
    manifesto: Manifesto
    processados: int = 0
    segredos: int = 0
    problemas: list[str] = field(default_factory=list)


def conferir(arvore: Arvore, nome: str, dados: Path | None, frase: bytes | None, ambiente: Mapping[str, str]) -> Prova:
    """Looks at everything of a copy. `dados`: the data folder of this machine's installation, whose master key opens
    the vault; `frase`: the passphrase of the vault's own copy. Raises `CopiaError`, `FalhaDePasta`."""
    prova = Prova(nome, destino.abrir(arvore, nome))
    _somas(arvore, prova)
    if DO_BANCO not in prova.manifesto.arquivos:
        prova.problemas.append("A cópia não tem banco de dados.")
    elif not any(p.startswith(f"{DO_BANCO}:") for p in prova.problemas):
        with _banco_local(arvore, prova) as arquivo:
            _banco(arquivo, prova)
            _cofre(arvore, arquivo, prova, dados, frase, ambiente)
    return prova


def _somas(arvore: Arvore, prova: Prova) -> None:
    for caminho, g in prova.manifesto.arquivos.items():
        onde = destino.onde(prova.nome, caminho, g)
        tamanho = arvore.tamanho(onde)
        if tamanho is None:
            prova.problemas.append(f"{caminho}: falta na cópia.")
        elif tamanho != g.tamanho:
            prova.problemas.append(f"{caminho}: tem {tamanho} bytes, e devia ter {g.tamanho}.")
        elif arvore.resumo(onde) != g.sha256:
            prova.problemas.append(f"{caminho}: o conteúdo não é o que foi copiado.")


@contextmanager
def _banco_local(arvore: Arvore, prova: Prova) -> Iterator[Path]:
    """Yields the path of the copied database: where it lies, or a copy of it when it lies on a share, which could
    hang in the middle of a read of SQLite's."""
    onde = destino.onde(prova.nome, DO_BANCO, prova.manifesto.arquivos[DO_BANCO])
    if faixas.dispositivo(arvore.pasta) is None:
        yield arvore.pasta / onde
        return
    with tempfile.TemporaryDirectory(prefix="separador-conferir-") as pasta:
        arquivo = Path(pasta) / banco.ARQUIVO
        with arquivo.open("wb") as saida:
            for bloco in arvore.blocos(onde):
                saida.write(bloco)
        yield arquivo


def _banco(arquivo: Path, prova: Prova) -> None:
    try:
        with banco.lendo(arquivo) as c:
            dito = integridade_inteira(c)
            if dito != "ok":
                prova.problemas.append(f"{DO_BANCO}: está danificado: {dito[:300]}.")
                return
            if c.execute("PRAGMA foreign_key_check").fetchone() is not None:
                prova.problemas.append(f"{DO_BANCO}: há linhas que citam outras que não existem.")
            _processados(c, prova)
    except sqlite3.Error as erro:
        prova.problemas.append(f"{DO_BANCO}: não pôde ser lido: {razao(erro)}.")


def _processados(c: sqlite3.Connection, prova: Prova) -> None:
    """Each authorised document has its processed document, with the very bytes that were published."""
    for chave, caminho, sha256 in banco.processados(c):
        guardado = prova.manifesto.arquivos.get(DADOS + caminho) if caminho is not None else None
        if guardado is None:
            qual = f" ({caminho})" if caminho is not None else ""
            prova.problemas.append(f"O documento {chave} está autorizado, e o processado dele{qual} não está na cópia.")
        elif guardado.sha256 != sha256:
            prova.problemas.append(f"{DADOS}{caminho}: não é o documento processado que foi publicado.")
        else:
            prova.processados += 1


def _cofre(
    arvore: Arvore, arquivo: Path, prova: Prova, dados: Path | None, frase: bytes | None, ambiente: Mapping[str, str]
) -> None:
    """The vault opens, by the master key of this machine or by the passphrase of its own copy."""
    try:
        prova.segredos, motivo = cofre.abre(arquivo, dados, ambiente)
    except sqlite3.Error as erro:
        prova.problemas.append(f"O cofre não pôde ser lido: {razao(erro)}.")
        return
    propria = prova.manifesto.arquivos.get(cofre.COPIA_DO_COFRE)
    if propria is not None and frase is not None:
        lida = arvore.ler(destino.onde(prova.nome, cofre.COPIA_DO_COFRE, propria))
        da_frase = cofre.abre_com_frase(lida, frase)
        if da_frase:
            prova.problemas.append(f"{cofre.COPIA_DO_COFRE}: {da_frase}")
            return
        motivo = "" if dados is None else motivo
    if motivo:
        prova.problemas.append(f"O cofre da cópia não abriu: {motivo}")
