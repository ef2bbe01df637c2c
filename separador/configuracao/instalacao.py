"""Identifies this installation: `dados/instalacao.json`, with an id that is made once."""

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

ARQUIVO = "instalacao.json"
_MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Instalacao:
    """The id of the data folder."""

    id: str


def ler(dados: Path) -> Instalacao | None:
    """Returns the installation of a data folder; None when it has none yet. Raises ValueError or OSError."""
    try:
        lido = json.loads((dados / ARQUIVO).read_bytes())
    except FileNotFoundError:
        return None
    if not isinstance(lido, dict) or not isinstance(lido.get("id"), str) or not lido["id"]:
        raise ValueError(f"{dados / ARQUIVO} não diz o id da instalação")
    return Instalacao(lido["id"])


def adotar(dados: Path) -> Instalacao:
    """Returns the installation, made now where the data folder has none. Raises ValueError or OSError."""
    return ler(dados) or _criar(dados)


def _criar(dados: Path) -> Instalacao:
    nova, dono = Instalacao(uuid.uuid4().hex[:16]), dados.stat()
    conteudo = {"id": nova.id, "maquina": _maquina(), "dispositivo": f"{dono.st_dev}:{dono.st_ino}"}
    novo = dados / f".{ARQUIVO}.{os.getpid()}"
    novo.unlink(missing_ok=True)
    fd = os.open(novo, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    with open(fd, "w", encoding="utf-8") as arquivo:
        arquivo.write(json.dumps(conteudo, indent=1) + "\n")
        arquivo.flush()
        os.fsync(arquivo.fileno())
    novo.replace(dados / ARQUIVO)
    return nova


def _maquina() -> str:
    try:
        return _MACHINE_ID.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
