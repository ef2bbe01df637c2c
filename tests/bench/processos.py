"""Reads from /proc what the processes of one service use: every process of its group, with workers and fork server."""

import contextlib
import os
import re
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_ANONIMA = re.compile(r"^Pss_Anon:\s+(\d+) kB", re.MULTILINE)


def do_grupo(grupo: int) -> list[int]:
    """Returns the pids of a process group."""
    achados = []
    for entrada in os.listdir("/proc"):
        if not entrada.isdigit():
            continue
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(int(entrada)) == grupo:
                achados.append(int(entrada))
    return sorted(achados)


def pss_mb(grupo: int) -> float:
    """Returns the sum of the proportional set sizes, in MiB. A page that several processes share is counted once."""
    return _soma_mb(grupo, _PSS)


def anonima_mb(grupo: int) -> float:
    """Returns the part of it that belongs to the processes alone: this part grows when a program never frees what it
    keeps.

    The rest is code in files. Its share rises and falls by megabytes with other programs that run the same Python, and
    with the kernel's own reclaiming.
    """
    return _soma_mb(grupo, _ANONIMA)


def _soma_mb(grupo: int, qual: re.Pattern[str]) -> float:
    total_kb = 0
    for pid in do_grupo(grupo):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            achado = qual.search(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"))
            total_kb += int(achado[1]) if achado else 0
    return total_kb / 1024


def pss_por_processo(grupo: int) -> dict[str, float]:
    """Returns the MiB of each process, for the notes. The key is the pid and the role of the process."""
    partes = {}
    for pid in do_grupo(grupo):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            comando = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            achado = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"))
            partes[f"{pid} {_papel(comando)}"] = round(int(achado[1]) / 1024, 1) if achado else 0.0
    return partes


def _papel(comando: str) -> str:
    if "resource_tracker" in comando:
        return "resource_tracker"
    return "forkserver ou trabalhador" if "forkserver" in comando else "serviço"


def cpu_s(grupo: int) -> float:
    """Returns the seconds of CPU used so far by every thread of the group (nanosecond counters of the scheduler)."""
    return sum(cpu_por_processo(grupo).values())


def cpu_por_processo(grupo: int) -> dict[int, float]:
    """Returns the same for each process."""
    return {pid: _cpu_ns(pid) / 1e9 for pid in do_grupo(grupo)}


def _cpu_ns(pid: int) -> int:
    total = 0
    for fio in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            total += int(fio.read_text("ascii").split()[0])
    return total
