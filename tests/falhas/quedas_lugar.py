"""Chooses where the installations of the kill tests are made."""

import os
import shutil
from pathlib import Path


def pasta_rapida() -> str | None:
    """Returns a folder in memory where there is room. SIGKILL loses nothing that was written; a disk is only slower."""
    memoria = Path("/dev/shm")
    livre = memoria.is_dir() and os.access(memoria, os.W_OK) and shutil.disk_usage(memoria).free > 2**30
    return str(memoria) if livre else None
