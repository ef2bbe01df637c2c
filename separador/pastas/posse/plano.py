"""Notes, beside the claims, what a group is about to publish, for an installation that takes the folder over.

Who takes over has no access to our database. Without a note it could not tell a claim of which nothing was published
from one that was published and not archived yet. The note of a lot is a file `decidido-<lot>` in the work folder, one
line of JSON for each group: claim → staged files, each with the uuid of the sentinel of its folder and its name. A line
is written before the first file of its group becomes visible. So a claim in no line was not published. A claim whose
line says null was decided with nothing to publish; whether that was committed cannot be told.

The fence keeps a note of its former round beside a later one: `decidido-<lot>~2`.
"""

import contextlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu, traduzindo
from separador.pastas.gravacao import escrever
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import exigir_canto, origem_do_trabalho

PREFIXO = "decidido-"
Encenado = tuple[str, str]
"""Uuid of the folder's sentinel, name of the staged file."""
Plano = dict[bytes, tuple[Encenado, ...] | None]


def comecar(trabalho: Path, lote: str) -> None:
    """Makes the note of a new lot, with nothing in it but a line break. Its name is durable with that of the lot: the
    caller flushes the work folder. Raises OSError, and as `abertos.abrir`."""
    fd = _aberta(trabalho, lote)
    try:
        os.write(fd, b"\n")
    finally:
        os.close(fd)


def _aberta(trabalho: Path, lote: str) -> int:
    nota = abertos.em(trabalho, os.fsencode(PREFIXO + lote))
    return os.open(nota, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)


def anotar(trabalho: Path, lote: str, decididos: Mapping[bytes, Iterable[Encenado] | None]) -> None:
    """Adds a line to the note of a lot, durably: after a power cut a file that is visible without its line would be
    published again by whoever takes over. Raises `FalhaDePasta`."""
    linha = {os.fsdecode(n): None if e is None else [list(par) for par in e] for n, e in decididos.items()}
    with traduzindo(trabalho):
        fd = _aberta(trabalho, lote)
        try:
            if os.fstat(fd).st_size == 0:  # not made by `comecar`, or its name may not be durable
                sincronizar_pasta(trabalho)
            # It begins with a line break: a line before it that is not whole (power cut, full disk) spoils only itself.
            escrever(fd, b"\n" + json.dumps(linha).encode() + b"\n")
            os.fdatasync(fd)
        finally:
            os.close(fd)


def anotar_no_canto(trabalho: Path, lote: str, decididos: Mapping[bytes, Iterable[Encenado] | None]) -> None:
    """Does as `anotar`, where the work folder is in a corner. Nobody takes over what lies where a former version kept
    its claims. A work folder that is gone is told by what became of its origin."""
    origem = origem_do_trabalho(trabalho)
    if origem is None:
        return
    try:
        anotar(trabalho, lote, decididos)
    except PastaSumiu:
        exigir_canto(origem, trabalho.parent.name)
        raise


def esquecer(trabalho: Path, lote: str) -> None:
    """Removes the note of a finished lot."""
    with contextlib.suppress(OSError, FalhaDePasta):  # one that stays is empty of meaning: its claims are gone
        os.unlink(abertos.em(trabalho, os.fsencode(PREFIXO + lote)))


def limpar_orfas(trabalho: Path, a_publicar: Collection[str]) -> None:
    """Removes the notes of lots that are gone, but of those of which something is still to become visible: a run died
    between the removal of the lot and that of its note. Raises `FalhaDePasta`."""
    with traduzindo(trabalho):
        aqui = abertos.abrir(trabalho)
        with os.scandir(aqui.caminho) as entradas:
            nomes = {e.name for e in entradas}
    for nome in nomes:
        lote = lote_da_nota(nome)
        if nome.startswith(PREFIXO) and lote not in nomes and lote not in a_publicar:
            esquecer(trabalho, nome.removeprefix(PREFIXO))


def lote_da_nota(nome: str) -> str:
    """Returns the lot of a note, by the name of its file."""
    return nome.removeprefix(PREFIXO).partition("~")[0]


def interpretar(texto: bytes, antes: Plano | None = None) -> Plano:
    """Returns what a note says, after what an earlier note of the lot said. A line that is not whole was being written,
    so nothing of its group was visible."""
    plano: Plano = dict(antes or {})
    for linha in texto.splitlines():
        try:
            lida = json.loads(linha)
            novos = {os.fsencode(n): _encenados(e) for n, e in lida.items()}
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        plano |= {n: e for n, e in novos.items() if e is not None or plano.get(n) is None}
    return plano


def _encenados(valor: object) -> tuple[Encenado, ...] | None:
    if valor is None:
        return None
    if not isinstance(valor, list):
        raise TypeError(valor)
    return tuple((str(uuid), str(nome)) for uuid, nome in valor)
