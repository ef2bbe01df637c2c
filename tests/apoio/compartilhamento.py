"""Mounts a share that a test can make hang: a FUSE file system whose daemon is stopped, as a server that is silent."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Compartilhamento:
    """A mounted share. While it hangs, a call on it does not return, as on a hard NFS mount."""

    def __init__(self, ponto: Path, processo: subprocess.Popen[bytes]) -> None:
        self.ponto = ponto
        self._processo = processo

    def pendurar(self) -> None:
        self._processo.send_signal(signal.SIGSTOP)

    def responder(self) -> None:
        self._processo.send_signal(signal.SIGCONT)


@contextmanager
def montado(ponto: Path) -> Iterator[Compartilhamento]:
    """Mounts a share on a folder, which is made. Where that cannot be done, the test is skipped."""
    if shutil.which("bindfs") is None:
        falta = "um compartilhamento que pendura NÃO foi provado, porque falta o bindfs"
        if os.environ.get("CI") == "true":
            pytest.fail(falta)
        pytest.skip(f"PULADO: {falta}")
    if not os.access("/dev/fuse", os.W_OK):
        pytest.skip("PULADO: este teste precisa montar um disco, e não pode usar /dev/fuse")
    atras = ponto.with_name(f"{ponto.name}-atras")
    ponto.mkdir(parents=True)
    atras.mkdir()
    processo = subprocess.Popen(["bindfs", "-f", str(atras), str(ponto)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if os.path.ismount(ponto):
                break
            if processo.poll() is not None:
                pytest.skip("PULADO: este teste precisa montar um disco, e o bindfs não conseguiu")
            time.sleep(0.02)
        yield Compartilhamento(ponto, processo)
    finally:
        processo.send_signal(signal.SIGCONT)
        subprocess.run(["umount", "-l", str(ponto)], check=False, capture_output=True)
        processo.kill()
        processo.wait()
