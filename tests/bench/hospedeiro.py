"""The machine under the figures: a rate means nothing without it."""

import os
import platform
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from tests.apoio.certificados import chave_rsa

RAIZ = Path(__file__).resolve().parents[2]
NA_MEMORIA = frozenset({"tmpfs", "ramfs", "devtmpfs"})


def descrever(pasta: Path) -> dict[str, Any]:
    """CPU, kernel, Python, libraries and the filesystem of `pasta`."""
    return {
        "cpu": _modelo(),
        "nucleos": len(os.sched_getaffinity(0)),
        "avx512_ifma": "avx512ifma" in _cpuinfo(),
        "memoria_total_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "bibliotecas": {n: version(n) for n in ("lxml", "cryptography")},
        "sistema_de_arquivos": sistema_de_arquivos(pasta),
        "carga_ao_comecar": round(os.getloadavg()[0], 2),
    }


def sistema_de_arquivos(pasta: Path) -> str:
    """Type of the filesystem that holds a folder, from the longest mount point above it."""
    alvo = str(pasta.resolve())
    melhor = ("", "?")
    for linha in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        ponto, tipo = linha.split()[1:3]
        dentro = alvo == ponto or alvo.startswith(ponto.rstrip("/") + "/")
        if dentro and len(ponto) >= len(melhor[0]):
            melhor = (ponto, tipo)
    return melhor[1]


def pasta_nova() -> Path:
    """A fresh folder on a real disk: the temporary one, or beside the repository's files when that is memory.

    Always a new tree: ext4 creates files several times slower for a while after a mass deletion.
    """
    escolhida = os.environ.get("SEPARADOR_BENCH_PASTA") or tempfile.gettempdir()
    if sistema_de_arquivos(Path(escolhida)) in NA_MEMORIA:
        escolhida = str(RAIZ)
    return Path(tempfile.mkdtemp(prefix="separador-bench-", dir=escolhida))


def rsa_por_s(duracao_s: float = 0.7) -> float:
    """RSA-2048 private operations per second on one core: the bound that every ratio is against."""
    chave, fundo, texto = chave_rsa(), PKCS1v15(), b"x" * 600
    hash_ = SHA1()
    feitas, inicio = 0, time.perf_counter()
    while (passou_s := time.perf_counter() - inicio) < duracao_s:
        for _ in range(50):
            chave.sign(texto, fundo, hash_)
        feitas += 50
    return feitas / passou_s


def _cpuinfo() -> str:
    return Path("/proc/cpuinfo").read_text("utf-8")


def _modelo() -> str:
    linhas = (linha.partition(":") for linha in _cpuinfo().splitlines())
    return next((v.strip() for n, _, v in linhas if n.strip() == "model name"), platform.machine())
