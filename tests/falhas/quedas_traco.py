"""Records for the kill test which system calls of a run change the disk, and kills at one of them.

It uses only strace (Debian package `strace`) and its text output. strace counts the occurrences of `when=N` per thread.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

CHAMADAS = (
    "openat open creat write pwrite64 writev pwritev rename renameat renameat2 link linkat symlink symlinkat unlink "
    "unlinkat mkdir mkdirat rmdir fsync fdatasync sync_file_range ftruncate truncate fallocate sendfile "
    "copy_file_range fchmod chmod fchmodat fchown utimensat"
).split()
"""Holds every system call by which a program changes the disk, or makes a change durable."""

_DESCARGAS = ("fsync", "fdatasync", "sync_file_range")
_CRIA = re.compile(r"O_CREAT|O_TRUNC")
_LINHA = re.compile(r"^(?:(\d+) +)?([a-z_0-9]+)\((.*)$")
_POR_DESCRITOR = re.compile(r"/proc/self/fd/(\d+)/")
_ABRIU = re.compile(r"= (\d+)<([^<>]*)>\s*$")
_FALHOU = re.compile(r"= -1 E[A-Z]+ \(")
_VARIAVEL = re.compile(r"[0-9a-f]{16,}(?:-\d+)?(?:\.[es]\d+)?(?:\.antigo)?|\b\d{15}\b")
_SEM_INTERESSE = ("/log/", "/estado.json", "/.estado.json", "/servico.log", ".db-shm", "/vivo")
"""Are paths whose writes say nothing of files and documents. The WAL's shared memory is rebuilt at every start."""


@dataclass(frozen=True, slots=True)
class Ponto:
    """A point at which to die: on entering the n-th `chamada` of the thread, before the call is made. `onde` is the
    line, simplified."""

    chamada: str
    vez: int
    onde: str


def strace(saida: Path, ponto: Ponto | None = None, *, pid: int) -> list[str]:
    """Returns the command line that records every thread of a process into `saida`. With `ponto` it records only the
    first thread, which dies there.

    Without `-f` only one thread is counted, so that no other one reaches N first.
    """
    comando = ["strace", "-y", "-o", str(saida), "-e", "trace=" + ",".join(CHAMADAS), "-p", str(pid)]
    if ponto is None:
        return [*comando, "-f"]
    return [*comando, "-e", f"inject={ponto.chamada}:signal=KILL:when={ponto.vez}"]


def pontos(traco: Path, instalacao: Path, *, pid: int | None = None) -> list[Ponto]:
    """Returns the points of one thread's recording that touch the installation. `pid` defaults to the first thread
    seen.

    Calls that failed changed nothing. Opening without creating changes nothing.
    """
    contagem: Counter[str] = Counter()
    achados: list[Ponto] = []
    for dono, chamada, resto in _chamadas(traco.read_text("utf-8", "replace").splitlines()):
        pid = dono if pid is None else pid
        if dono != pid:
            continue
        contagem[chamada] += 1
        if _muda_o_disco(chamada, resto, str(instalacao)):
            achados.append(Ponto(chamada, contagem[chamada], simplificar(chamada, resto, instalacao)))
    return achados


def estranhos(traco: Path, instalacao: Path, pid: int) -> list[str]:
    """Returns disk changes made by other threads or processes than `pid`: the list of points would lack them.

    Flushes do not count. Other threads may make them, and they change nothing for a process that is killed.
    """
    linhas = traco.read_text("utf-8", "replace").splitlines()
    return [
        f"{d} {c}({r}"
        for d, c, r in _chamadas(linhas)
        if d != pid and c not in _DESCARGAS and _muda_o_disco(c, r, str(instalacao))
    ]


def morto_em(traco: Path, instalacao: Path) -> str | None:
    """Returns what the killed thread was about to do, simplified as in `Ponto.onde`. None: nobody was killed."""
    linhas = traco.read_text("utf-8", "replace").splitlines()
    if not any("+++ killed by SIGKILL" in linha for linha in linhas):
        return None
    for dono, chamada, resto in reversed(list(_chamadas(linhas))):
        if resto.rstrip().endswith(("= ?", "<unfinished ...>", "(INJECTED)")) and dono >= 0:
            return simplificar(chamada, resto, instalacao)
    return "?"


def simplificar(chamada: str, resto: str, instalacao: Path) -> str:
    """Returns a call without what changes from run to run: contents, ids, the installation's own place."""
    nomes = re.findall(re.escape(str(instalacao)) + r"/?([^\">]*)", resto)
    return f"{chamada} " + " -> ".join(_VARIAVEL.sub("#", n) or "." for n in dict.fromkeys(nomes))


def _chamadas(linhas: Iterable[str]) -> Iterable[tuple[int, str, str]]:
    """Yields thread, call and the rest of the line. A path by a descriptor is told by the name of what was opened, by
    this thread or else by the last that opened one of that number."""
    abertos: dict[tuple[int | None, str], str] = {}
    for linha in linhas:
        achado = _LINHA.match(linha)
        if achado is None:
            continue
        dono, resto = int(achado[1] or 0), achado[3]
        for fd in set(_POR_DESCRITOR.findall(resto)):
            nome = abertos.get((dono, fd)) or abertos.get((None, fd))
            resto = resto.replace(f"/proc/self/fd/{fd}/", f"{nome}/") if nome else resto
        aberto = _ABRIU.search(resto)
        if aberto is not None:
            abertos[dono, aberto[1]] = abertos[None, aberto[1]] = aberto[2]
        yield dono, achado[2], resto


def _muda_o_disco(chamada: str, resto: str, instalacao: str) -> bool:
    if instalacao not in resto or _FALHOU.search(resto) or any(x in resto for x in _SEM_INTERESSE):
        return False
    return chamada not in ("open", "openat") or _CRIA.search(resto) is not None


def espalhados(itens: Sequence[Ponto], quantos: int) -> list[Ponto]:
    """Returns `quantos` of the points, evenly spread, first and last included."""
    if quantos >= len(itens):
        return list(itens)
    if quantos == 1:
        return [itens[len(itens) // 2]]
    return [itens[round(i * (len(itens) - 1) / (quantos - 1))] for i in range(quantos)]
