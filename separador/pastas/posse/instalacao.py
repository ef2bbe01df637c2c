"""Identifies this installation: `dados/instalacao.json`.

The file holds an id and the facts of the place where it was made. A data folder that was copied, or that came to
another machine, is found by them: two services with one id would take each other's files.
"""

import contextlib
import ctypes
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from separador.pastas.disco import mover_sem_sobrepor, sincronizar_pasta

ARQUIVO = "instalacao.json"
SAIDA = (
    "Se a pasta foi mudada de lugar: separador init --mesma-instalacao. "
    "Se é uma cópia, e a original continua em uso: separador init --nova-instalacao"
)
"""What to do about a data folder that is not where it was made, or whose file says nothing (Portuguese)."""
_MACHINE_ID = Path("/etc/machine-id")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Instalacao:
    """The id, and where it was made. `maquina` is derived from the machine-id, which is told to nobody. `dispositivo`,
    `sistema` (the number of the filesystem) and `inode` are those of the data folder."""

    id: str
    maquina: str
    dispositivo: int
    sistema: str
    inode: int
    criada_em: str


@dataclass(frozen=True, slots=True)
class Quem:
    """The installation as markers name it: its id, and the name of its machine for people."""

    instalacao: str
    maquina: str


NINGUEM = Quem("ninguem", "")
"""Whom a data folder is that has no id yet: nobody has this one, so each named owner is another installation."""


class Ilegivel(Exception):  # noqa: N818 - the field's word for it
    """The file is there and says nothing that can be read."""


def quem(instalacao: Instalacao) -> Quem:
    """Returns the installation as markers name it."""
    return Quem(instalacao.id, os.uname().nodename[:64])


def ler(dados: Path) -> Instalacao | None:
    """Returns the installation of a data folder; None when it has none yet. Raises `Ilegivel`, or OSError."""
    try:
        lido = json.loads((dados / ARQUIVO).read_bytes())
        if _ANTERIOR.issubset(lido) and "inode" not in lido:
            lido = _da_forma_anterior(dados, lido)
        campos = {c: tipo(lido[c]) for c, tipo in _CAMPOS.items()}
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as erro:
        raise Ilegivel("o conteúdo não é o de uma instalação") from erro
    if not id_valido(str(campos["id"])):
        raise Ilegivel("o id não é o de uma instalação")
    return Instalacao(**campos)


_CAMPOS = {"id": str, "maquina": str, "dispositivo": int, "sistema": str, "inode": int, "criada_em": str}
_ANTERIOR = {"id", "maquina", "dispositivo"}


def _da_forma_anterior(dados: Path, lido: dict[str, str]) -> dict[str, object]:
    """Returns the fields of a file of the former form: the machine-id as it is, device and inode in one text.

    That form did not know the number of the filesystem, so the number of the device, which may change when the machine
    starts, cannot be judged: it is taken as it is now.
    """
    agora = _de_agora(dados, lido["id"], None)
    maquina = _resumida(lido["maquina"]) if lido["maquina"] else ""
    inode = int(lido["dispositivo"].partition(":")[2])
    return asdict(replace(agora, maquina=maquina, inode=inode))


def id_valido(texto: str) -> bool:
    """Says whether this may be part of a file name: hexadecimal digits only."""
    return 0 < len(texto) <= 32 and all(c in "0123456789abcdef" for c in texto)


def criar(dados: Path, agora: datetime) -> Instalacao:
    """Gives the data folder an id, durably. One that is there already is kept and returned. Raises OSError."""
    nova = _de_agora(dados, uuid.uuid4().hex[:16], agora)
    escrita = _escrever(dados, nova)
    try:
        mover_sem_sobrepor(os.fsencode(escrita), os.fsencode(dados / ARQUIVO))
    except FileExistsError:
        escrita.unlink()
        return ler(dados) or nova
    sincronizar_pasta(dados)
    return nova


def adotar(dados: Path, agora: datetime) -> Instalacao:
    """Returns the installation, made now when the data folder is of a version that had none.

    A file of the former form is written anew, once, when the data folder is where it was. Raises `Ilegivel`, OSError.
    """
    nossa = ler(dados) or criar(dados, agora)
    if nossa.criada_em or diferenca(dados, nossa) is not None:
        return nossa
    return _trocar(dados, replace(nossa, criada_em=agora.isoformat()))


def reafirmar(dados: Path, agora: datetime, do_banco: Callable[[], str | None]) -> Instalacao:
    """Records that the data folder was moved here on purpose (`init --mesma-instalacao`): same id, new place.

    `do_banco` gives the id that the database names. It is asked only when the file cannot be read any more.
    """
    return _trocar(dados, _de_agora(dados, _ler_o_que_der(dados) or do_banco() or uuid.uuid4().hex[:16], agora))


def renovar(dados: Path, agora: datetime) -> Instalacao:
    """Makes a copy of a data folder an installation of its own (`init --nova-instalacao`)."""
    return _trocar(dados, _de_agora(dados, uuid.uuid4().hex[:16], agora))


def _ler_o_que_der(dados: Path) -> str | None:
    try:
        lida = ler(dados)
    except Ilegivel:
        return None
    return lida.id if lida is not None else None


def diferenca(dados: Path, instalacao: Instalacao) -> str | None:
    """Returns what differs between the recorded place and this one (Portuguese); None when it is the same place.

    The number of a device may change when the machine starts, and the number of the filesystem when it is made anew
    for each mount: either is enough.
    """
    atual = _de_agora(dados, instalacao.id, None)
    if instalacao.maquina and atual.maquina and instalacao.maquina != atual.maquina:
        return "outra máquina"
    mesmo_disco = instalacao.dispositivo == atual.dispositivo or instalacao.sistema == atual.sistema
    if instalacao.inode != atual.inode or not mesmo_disco:
        return "outra pasta ou outro disco"
    return None


def estranha(dados: Path, difere: str) -> str:
    """Says that the data folder is not in the place that was recorded (Portuguese). `difere` is of `diferenca`."""
    return f"A pasta de dados {dados} não é a que esta instalação conhece ({difere})."


def ilegivel(dados: Path) -> str:
    """Says that the file cannot be read (Portuguese)."""
    return f"O arquivo {dados / ARQUIVO} não pôde ser lido."


def _de_agora(dados: Path, identificacao: str, agora: datetime | None) -> Instalacao:
    dono = os.stat(dados)
    quando = agora.isoformat() if agora is not None else ""
    return Instalacao(identificacao, _maquina(), dono.st_dev, _sistema(dados), dono.st_ino, quando)


def _maquina() -> str:
    try:
        # not read_text: `init` as root acts here as the service, which may not reach the interpreter's own codecs
        texto = _MACHINE_ID.read_bytes().decode("ascii", "replace").strip()
    except OSError:
        return ""
    return _resumida(texto) if texto else ""


def _resumida(machine_id: str) -> str:
    return sha256(f"separador {machine_id}".encode()).hexdigest()[:32]


def _sistema(pasta: Path) -> str:
    """Returns the number that statfs(2) gives the filesystem (`f_fsid`); empty when it gives none."""
    resposta = (ctypes.c_long * 64)()
    if _libc.statfs(os.fsencode(pasta), resposta) != 0:
        return ""
    fsid = bytes(resposta)[7 * 8 : 8 * 8]  # after type, bsize, blocks, bfree, bavail, files, ffree
    return fsid.hex() if any(fsid) else ""


def _escrever(dados: Path, instalacao: Instalacao) -> Path:
    novo = dados / f".{ARQUIVO}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        novo.unlink()
    fd = os.open(novo, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    with open(fd, "w", encoding="utf-8") as arquivo:
        arquivo.write(json.dumps(asdict(instalacao), indent=1) + "\n")
        arquivo.flush()
        os.fsync(arquivo.fileno())
    return novo


def _trocar(dados: Path, instalacao: Instalacao) -> Instalacao:
    os.replace(_escrever(dados, instalacao), dados / ARQUIVO)
    sincronizar_pasta(dados)
    return instalacao
