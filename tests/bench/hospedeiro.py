"""Describes the machine of the figures: a rate means nothing without it."""

import fcntl
import os
import platform
import sqlite3
import struct
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1

from tests.apoio.certificados import chave_rsa

RAIZ = Path(__file__).resolve().parents[2]
_LER_MARCAS, _POR_MARCAS, _TOPO = 0x80086601, 0x40086602, 0x00020000
"""Hold FS_IOC_GETFLAGS, FS_IOC_SETFLAGS (64 bits) and FS_TOPDIR_FL of linux/fs.h."""
NA_MEMORIA = frozenset({"tmpfs", "ramfs", "devtmpfs"})


def descrever(pasta: Path) -> dict[str, Any]:
    """Returns CPU, kernel, Python, libraries and the filesystem of `pasta`."""
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
        "diario_ext4": diario(pasta),
        "criar_arquivo_us": round(criacao_us(pasta), 1),
        "carga_ao_comecar": round(os.getloadavg()[0], 2),
    }


def sistema_de_arquivos(pasta: Path) -> str:
    """Returns the type of the filesystem that holds a folder, from the longest mount point above it."""
    alvo = str(pasta.resolve())
    melhor = ("", "?")
    for linha in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        ponto, tipo = linha.split()[1:3]
        dentro = alvo == ponto or alvo.startswith(ponto.rstrip("/") + "/")
        if dentro and len(ponto) >= len(melhor[0]):
            melhor = (ponto, tipo)
    return melhor[1]


def pasta_nova() -> Path:
    """Makes a fresh folder on a real disk: in the temporary folder, or in the repository when the temporary folder is
    in memory.

    It is always a new tree, in a part of the disk of its own. An ext4 without journal gives no inode twice within five
    minutes, and searches for another one at every creation: 20 µs become 300 to 700 where many files were deleted, by
    an earlier run or by anybody. With the flag "top of a hierarchy", ext4 puts each installation where few files are.
    """
    escolhida = os.environ.get("SEPARADOR_BENCH_PASTA") or tempfile.gettempdir()
    if sistema_de_arquivos(Path(escolhida)) in NA_MEMORIA:
        escolhida = str(RAIZ)
    pasta = Path(tempfile.mkdtemp(prefix="separador-bench-", dir=escolhida))
    _espalhar(pasta)
    return pasta


def _espalhar(pasta: Path) -> bool:
    """Sets ext4's top-of-hierarchy flag (`chattr +T`). Returns False, with nothing changed, where there is none."""
    fd = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        atuais = struct.unpack_from("i", fcntl.ioctl(fd, _LER_MARCAS, bytes(8)))[0]
        fcntl.ioctl(fd, _POR_MARCAS, struct.pack("l", atuais | _TOPO))
    except OSError:
        return False
    finally:
        os.close(fd)
    return True


def criacao_us(pasta: Path, quantos: int = 300) -> float:
    """Measures the creation of one empty file in a new folder there, in µs: 20 on a disk at rest (see `pasta_nova`)."""
    sonda = Path(tempfile.mkdtemp(dir=pasta))  # a random name, as installations have
    inicio = time.perf_counter()
    for i in range(quantos):
        os.close(os.open(sonda / str(i), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    return (time.perf_counter() - inicio) / quantos * 1e6


def diario(pasta: Path) -> str:
    """Says whether an ext4 keeps a journal. The cost of fsync depends on it."""
    if sistema_de_arquivos(pasta) != "ext4":
        return "não se aplica"
    numero = os.stat(pasta).st_dev
    disco = Path(f"/sys/dev/block/{os.major(numero)}:{os.minor(numero)}").resolve().name
    diarios = Path("/proc/fs/jbd2")
    return "sim" if diarios.is_dir() and any(d.name.startswith(f"{disco}-") for d in diarios.iterdir()) else "não"


def rsa_por_s(duracao_s: float = 0.7) -> float:
    """Measures RSA-2048 private operations per second on one core: the bound in every ratio."""
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
