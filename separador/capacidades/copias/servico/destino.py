"""Knows the folder where copies lie: whose it is, which copies it has, which of their files are held in common.

DESTINO/.separador-copias         whose copies these are
DESTINO/acervo/…                  files that are written once, for all copies
DESTINO/copias/<instant>/…        one copy: its own files, and the manifest, which is written last
DESTINO/copias/.fazendo/…         a copy that is not finished
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from separador.capacidades.copias.dominio import manifesto
from separador.capacidades.copias.dominio.manifesto import Guardado, Manifesto
from separador.capacidades.copias.dominio.poda import Regra, ficam
from separador.capacidades.copias.servico.arvore import Arvore
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.json_lido import ler_json

MARCA = ".separador-copias"
ACERVO = "acervo"
COPIAS = "copias"
FAZENDO = f"{COPIAS}/.fazendo"
DADOS = "dados/"
"""Prefix of the paths in a manifest that are of the data folder."""
DE_FORA = "de-fora"
"""Where the common folder has what is not of the data folder."""


class CopiaError(Exception):
    """The copy cannot be made, proven or put back. The text is one sentence for the operator (Portuguese)."""


def da_instalacao(arvore: Arvore) -> str | None:
    """Returns the installation whose copies the folder has; None for a folder that has none. Raises `CopiaError`,
    `FalhaDePasta`."""
    if arvore.tamanho(MARCA) is None:
        return None
    try:
        lido = ler_json(arvore.ler(MARCA))
    except ValueError:
        lido = None
    if not isinstance(lido, dict) or not isinstance(lido.get("instalacao"), str):
        raise CopiaError(f"A marca {MARCA} de {arvore.pasta} não pôde ser lida; use outra pasta para as cópias.")
    return str(lido["instalacao"])


def marcar(arvore: Arvore, instalacao: str) -> None:
    """Makes the folder that of an installation's copies. Raises `FalhaDePasta`."""
    arvore.gravar(MARCA, iter([json.dumps({"instalacao": instalacao}).encode() + b"\n"]))
    arvore.firmar()


def nomes(arvore: Arvore) -> list[str]:
    """Returns the finished copies, newest first. Raises `FalhaDePasta`."""
    return sorted((n for n, pasta in arvore.listar(COPIAS) if pasta and instante(n) is not None), reverse=True)


def instante(nome: str) -> datetime | None:
    """Returns when the copy of this name was made; None for another name."""
    try:
        return datetime.strptime(nome, manifesto.INSTANTE).replace(tzinfo=UTC)
    except ValueError:
        return None


def escolher(arvore: Arvore, nome: str | None) -> str:
    """Returns the copy of a name, or the newest one. Raises `CopiaError`, `FalhaDePasta`."""
    todas = nomes(arvore)
    if not todas:
        raise CopiaError(f"Não há cópia em {arvore.pasta}.")
    if nome is None:
        return todas[0]
    if nome not in todas:
        raise CopiaError(f"Não há cópia {nome} em {arvore.pasta}; há: {', '.join(todas[:5])}.")
    return nome


def abrir(arvore: Arvore, nome: str) -> Manifesto:
    """Returns the manifest of a copy. Raises `CopiaError`, `FalhaDePasta`."""
    lido = _manifesto(arvore, nome)
    if lido is None:
        raise CopiaError(f"O manifesto da cópia {nome} falta, ou está cortado ou alterado; use outra cópia.")
    return lido


def _manifesto(arvore: Arvore, nome: str) -> Manifesto | None:
    caminho = f"{COPIAS}/{nome}/{manifesto.ARQUIVO}"
    return manifesto.ler(arvore.ler(caminho)) if arvore.tamanho(caminho) is not None else None


def ultima(arvore: Arvore) -> tuple[Manifesto | None, list[str]]:
    """Returns the manifest of the newest copy that has a good one, and the copies after it that have none. Raises
    `FalhaDePasta`."""
    sem: list[str] = []
    for nome in nomes(arvore):
        lido = _manifesto(arvore, nome)
        if lido is not None:
            return lido, sem
        sem.append(nome)
    return None, sem


def onde(nome: str, caminho: str, guardado: Guardado) -> str:
    """Returns where a file of a copy lies in the folder."""
    return f"{COPIAS}/{nome}/{caminho}" if guardado.avulso else no_acervo(caminho)


def no_acervo(caminho: str) -> str:
    """Returns where a file that is written once lies."""
    return f"{ACERVO}/{caminho.removeprefix(DADOS) if caminho.startswith(DADOS) else f'{DE_FORA}/{caminho}'}"


def podar(arvore: Arvore, regra: Regra) -> list[str]:
    """Removes the copies that the rule lets go, then what no remaining copy names. Returns the copies removed.

    A copy goes by one rename, so what a death leaves is no copy any more. While a copy that stays cannot say what it
    names, nothing that is held in common goes. Raises `FalhaDePasta`.
    """
    instantes = {para_pessoas(i): n for n in nomes(arvore) if (i := instante(n)) is not None}
    fora = [n for i, n in instantes.items() if i not in ficam(list(instantes), regra)]
    for nome in fora:
        arvore.renomear(f"{COPIAS}/{nome}", f"{COPIAS}/.apagando-{nome}")
    restos = [n for n, _ in arvore.listar(COPIAS) if n.startswith(".apagando-")]
    manifestos = [_manifesto(arvore, n) for n in nomes(arvore)] if restos else []
    lidos = [m for m in manifestos if m is not None]
    if restos and len(lidos) == len(manifestos):
        usados = {no_acervo(c) for m in lidos for c, g in m.arquivos.items() if not g.avulso}
        for caminho in list(_do_acervo(arvore, ACERVO)):
            if caminho not in usados:
                arvore.apagar(caminho)
    for nome in restos:
        arvore.apagar(f"{COPIAS}/{nome}")
    return fora


def _do_acervo(arvore: Arvore, pasta: str) -> Iterator[str]:
    for nome, e_pasta in arvore.listar(pasta):
        if e_pasta:
            yield from _do_acervo(arvore, f"{pasta}/{nome}")
        else:
            yield f"{pasta}/{nome}"


def raiz_existe(destino: Path) -> bool:
    """Says whether the folder of copies is there, looked at by its own lane. Raises `FalhaDePasta`."""
    from separador.pastas import faixas  # noqa: PLC0415

    return faixas.fazer(destino, destino.is_dir)
