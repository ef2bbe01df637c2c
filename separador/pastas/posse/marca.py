"""Reads and writes the sentinel of a folder, `.separador/marca`: which folder this is, and whose.

A sentinel names the installation that owns the folder and the epoch of its ownership. Each epoch has a corner of its
own, `.separador/<installation>-<epoch>/`. The corner is made before the sentinel that names it. So a corner that is
missing was removed, and what lay in it is not taken for published.
"""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from separador.nucleo.fuso import dia_e_hora
from separador.pastas.disco import MARCA, PROPRIA, mover_sem_sobrepor, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaDeOutra, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.posse.instalacao import Quem

TRABALHO = "trabalho"
"""Folder of the claims in a corner."""
VIDA = "vivo"
"""File of a corner that its owner writes while it runs. It is shown, and nothing is decided by it."""
_TAMANHO_DA_VIDA = 32
"""Length of the longest time, with microseconds and offset."""
EPOCA_MAXIMA = 10**12
TEXTO_MAXIMO = 1000
"""Longest text and highest epoch of a sentinel that is read."""
TROCA = MARCA + ".troca"
"""Name of a sentinel that is about to become the sentinel. Only one installation can have it at a time."""


@dataclass(frozen=True, slots=True)
class Marca:
    """The sentinel. `instalacao` is empty in the former form, which named no owner."""

    uuid: str
    criada_em: str
    rota: str
    instalacao: str = ""
    epoca: int = 0
    maquina: str = ""
    desde: str = ""

    @property
    def canto(self) -> str:
        """Returns the name of the corner that goes with this sentinel."""
        return f"{self.instalacao}-{self.epoca}"

    def de_outra(self, quem: Quem | str) -> bool:
        """Says whether it names another installation than this one."""
        return self.instalacao not in ("", quem if isinstance(quem, str) else quem.instalacao)


def inicializar(
    pasta: Path, uuid: str, criada_em: datetime, rota: str, quem: Quem, *, refazer: bool = False, epoca: int = 1
) -> Marca:
    """Creates the folder, `.separador` in it, our corner and the sentinel, durably. Returns the sentinel that stands.

    A sentinel that is there already is kept; one of the former form gets our name. A sentinel that names another
    installation is returned as it is, with nothing changed: the caller must look (`de_outra`). With `refazer` a corner
    of ours that is gone is made anew, in a new epoch. `epoca`: of a sentinel where there was none.

    Only for `separador init` and for a route never read before: a folder that was read once is never created again,
    because its absence means a lost mount. Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        abertos.criar(pasta)
        with contextlib.suppress(FileExistsError):
            os.mkdir(abertos.em(pasta, PROPRIA.encode()), 0o750)
            abertos.feita_agora(pasta / PROPRIA)
        aqui = abertos.abrir(pasta / PROPRIA)
        propria = aqui.caminho
        marca = _firmada(
            propria, ler_marca(pasta), Marca(uuid, criada_em.isoformat(), rota, epoca=epoca), quem, criada_em
        )
        if refazer and not marca.de_outra(quem) and not abertos.existe(pasta / PROPRIA / marca.canto):
            marca = trocar(propria, marca, replace(marca, epoca=marca.epoca + 1, desde=criada_em.isoformat()))
    for nivel in (pasta / PROPRIA, pasta, pasta.parent):
        sincronizar_pasta(nivel)
    return marca


def adotar(pasta: Path, marca: Marca, quem: Quem, agora: datetime) -> Marca:
    """Puts our name in a sentinel of the former form. Returns the sentinel that stands then, which may be another's.

    Raises `FalhaDePasta`.
    """
    with traduzindo(pasta):
        aqui = abertos.abrir(pasta / PROPRIA)
        return _firmada(aqui.caminho, marca, replace(marca, epoca=1), quem, agora)


def e_epoca(texto: str) -> bool:
    """Says whether a part of a name is the number of an epoch."""
    return texto.isascii() and texto.isdigit() and len(texto) <= len(str(EPOCA_MAXIMA)) and int(texto) <= EPOCA_MAXIMA


def _firmada(propria: Path, atual: Marca | None, base: Marca, quem: Quem, agora: datetime) -> Marca:
    if atual is not None and atual.instalacao:
        return atual
    nova = replace(
        atual or base, instalacao=quem.instalacao, epoca=base.epoca, maquina=quem.maquina, desde=agora.isoformat()
    )
    return trocar(propria, atual, nova)


def trocar(propria: Path, esperada: Marca | None, nova: Marca) -> Marca:
    """Replaces the sentinel `esperada` by `nova` in one step, after its corner is made. Returns the one that stands.
    `propria` is the path of an open `.separador`.

    Of two that try at once one succeeds: the name of the exchange is taken without covering, and only its holder
    compares and replaces. An exchange that another installation left undone counts as that installation's.
    """
    (propria / nova.canto).mkdir(mode=0o750, exist_ok=True)
    (propria / nova.canto / TRABALHO).mkdir(mode=0o750, exist_ok=True)
    sincronizar_pasta(propria / nova.canto)
    pronta, troca = propria / f"{MARCA}.{nova.canto}", propria / TROCA
    escrever(pronta, nova)
    try:
        mover_sem_sobrepor(os.fsencode(pronta), os.fsencode(troca))
    except FileExistsError:
        alheia = ler_em(troca)
        if alheia is not None and alheia.de_outra(nova.instalacao):
            pronta.unlink()
            return alheia
        os.replace(pronta, troca)  # ours, left by a death, or unreadable
    atual = ler_em(propria / MARCA)
    if atual != esperada:
        troca.unlink(missing_ok=True)  # of several that came too late at once, one removes it
        return atual if atual is not None else nova
    os.replace(troca, propria / MARCA)
    sincronizar_pasta(propria)
    return nova


def escrever(caminho: Path, marca: Marca) -> None:
    """Writes a sentinel under a name of its own, durably."""
    with contextlib.suppress(FileNotFoundError):
        caminho.unlink()
    fd = os.open(caminho, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    with open(fd, "w", encoding="utf-8") as arquivo:
        arquivo.write(json.dumps(asdict(marca), ensure_ascii=False) + "\n")
        arquivo.flush()
        os.fsync(arquivo.fileno())


def ler_marca(pasta: Path) -> Marca | None:
    """Returns the sentinel; None when it is missing or says nothing readable. Raises OSError when it cannot be
    reached, and as `abertos.abrir` when `.separador` is not ours: then nothing in it is read."""
    try:
        propria = abertos.abrir(pasta / PROPRIA)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return ler_em(propria.caminho / MARCA)


def ler_em(caminho: Path) -> Marca | None:
    """Does the same for the path of a sentinel. Whoever may write a share may write anything there, so a text that no
    sentinel of ours could be says nothing: numbers that are none, nesting without end, values without measure."""
    try:
        fd = os.open(caminho, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _dos_dados(json.loads(os.read(fd, 4096)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    finally:
        os.close(fd)


def _dos_dados(dados: dict[str, object]) -> Marca:
    instalacao = _da_instalacao(dados.get("instalacao", ""))
    return Marca(
        _texto(dados["uuid"]),
        _texto(dados["criada_em"]),
        _texto(dados["rota"]),
        instalacao=instalacao,
        epoca=_epoca(dados.get("epoca", 0), 1 if instalacao else 0),
        maquina=_texto(dados.get("maquina", "")),
        desde=_texto(dados.get("desde", "")),
    )


def _da_instalacao(valor: object) -> str:
    """Returns the id. Raises ValueError for a text that could not be part of a file name."""
    texto = _texto(valor)
    if len(texto) > 32 or not all(c in "0123456789abcdef" for c in texto):
        raise ValueError(texto)
    return texto


def _texto(valor: object) -> str:
    """Returns a text that may be shown on one line. Raises ValueError for anything else."""
    if not isinstance(valor, str) or len(valor) > TEXTO_MAXIMO or not valor.isprintable():
        raise ValueError(type(valor))
    return valor


def _epoca(valor: object, minimo: int) -> int:
    """Returns the epoch. Raises ValueError for what is none: it is part of a name, and the next one is one more."""
    if type(valor) is not int or not minimo <= valor <= EPOCA_MAXIMA:
        raise ValueError(type(valor))
    return valor


def dar_sinal_de_vida(pasta: Path, canto: str, agora: datetime) -> None:
    """Writes the time in our corner of a folder, for whoever finds the folder taken. Raises OSError.

    It is written over the last one, in the same length: a file that is emptied first is written out by ext4 at once.
    """
    caminho = abertos.em(pasta / PROPRIA / canto, VIDA.encode())
    fd = os.open(caminho, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    try:
        os.write(fd, f"{agora.isoformat():<{_TAMANHO_DA_VIDA}}\n".encode())
    finally:
        os.close(fd)


def sinal_de_vida(pasta: Path, marca: Marca) -> datetime | None:
    """Returns when the owner of a folder last wrote that it lives; None when it never did, or it cannot be read."""
    try:
        vida = abertos.em(pasta / PROPRIA / marca.canto, VIDA.encode())
        fd = os.open(vida, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, FalhaDePasta):
        return None
    try:
        return datetime.fromisoformat(os.read(fd, 64).decode("ascii").strip())
    except (OSError, ValueError):
        return None
    finally:
        os.close(fd)


def de_outra(pasta: Path, marca: Marca) -> PastaDeOutra:
    """Returns the failure of a folder that is another installation's: its machine, since when, its last sign of
    life."""
    vida = sinal_de_vida(pasta, marca)
    partes = [f"instalação {marca.instalacao}", f"máquina {marca.maquina or 'desconhecida'}"]
    partes.append(f"desde {_hora(marca.desde)}")
    partes.append(f"último sinal de vida {_hora(vida.isoformat())}" if vida is not None else "sem sinal de vida")
    return PastaDeOutra(pasta, detalhe=", ".join(partes))


def _hora(texto: str) -> str:
    try:
        return dia_e_hora(datetime.fromisoformat(texto))
    except (ValueError, OverflowError):
        return "data desconhecida"
