"""Finds, reads and writes the master key of the vault.

The key is looked for in this order: the systemd credential `separador-cofre`, the file `dados/cofre/chave-mestra`
(0600, made by `separador init`), the environment variable `SEPARADOR_COFRE_CHAVE`. All three hold the same text: one
key per line (or word), 32 bytes in base64. The current key comes first; older ones follow it while a rotation is under
way. A line `#aposentada <id>` remembers a key that was rotated away. By it a database restored from before the rotation
can be told from one of another installation. The key never goes to database, log, message or argument.
"""

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.texto.razao import do_sistema
from separador.pastas.criacao import criar_nossas, dar_ao_dono

CREDENCIAL = "separador-cofre"
VARIAVEL = "SEPARADOR_COFRE_CHAVE"
PASTA = "cofre"
ARQUIVO = "chave-mestra"
TAMANHO_CHAVE = 32
_APOSENTADA = "#aposentada"
_LIMITE = 64 * 1024
_SO_DO_DONO = 0o077


@dataclass(frozen=True, slots=True)
class Chave:
    """One AES-256 key.

    `id`: 16 hex digits that tell nothing about the key; they are stored beside what it encrypted.
    """

    id: str
    bytes_: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChaveMestra:
    """The keys at hand, the current one first.

    `arquivo`: set only when the keys come from the file that we may rewrite.
    """

    chaves: tuple[Chave, ...]
    origem: str
    arquivo: Path | None = None
    aposentadas: tuple[str, ...] = ()

    @property
    def atual(self) -> Chave:
        """Returns the key that new secrets are encrypted with."""
        return self.chaves[0]

    def de_id(self, id_: str) -> Chave | None:
        """Returns the key that encrypted a row, if it is at hand."""
        return next((c for c in self.chaves if c.id == id_), None)


def chave_de(bruta: bytes) -> Chave:
    """Returns a key with its id."""
    return Chave(hashlib.sha256(b"separador/cofre/id\0" + bruta).hexdigest()[:16], bruta)


def gerar(sortear: Callable[[int], bytes] = os.urandom) -> Chave:
    """Returns a new random key."""
    return chave_de(sortear(TAMANHO_CHAVE))


def escrever(chave: Chave) -> str:
    """Returns the key as the file, the credential and the variable hold it."""
    return base64.b64encode(chave.bytes_).decode()


def obter(dados: Path, ambiente: Mapping[str, str]) -> ChaveMestra | Recusa:
    """Returns the master key from the first place that has one.

    A place with a bad key is an error: no other place is tried.
    """
    pasta = ambiente.get("CREDENTIALS_DIRECTORY")
    credencial = Path(pasta) / CREDENCIAL if pasta else None
    try:
        if credencial is not None and credencial.is_file():
            return _entender(_ler(credencial), f"a credencial {CREDENCIAL}", None)
        arquivo = caminho(dados)
        if arquivo.exists():
            frouxo = _frouxo(arquivo)
            return frouxo or _entender(_ler(arquivo), f"o arquivo {arquivo}", arquivo)
    except OSError as erro:
        return _recusa("SEM-CHAVE", f"Não consegui ler a chave mestra do cofre: {do_sistema(erro.errno)}.", _DONO)
    if VARIAVEL in ambiente:
        return _entender(ambiente[VARIAVEL], f"a variável {VARIAVEL}", None)
    return _recusa("SEM-CHAVE", "Não há chave mestra do cofre: nem credencial, nem arquivo, nem variável.", _FALTA)


_DONO = "Dê o comando com o usuário do serviço (sudo -u separador), o único que lê a chave."
_FALTA = (
    "Se o cofre é novo: separador init. Se já há segredos guardados, devolva a chave antiga "
    "(credencial, dados/cofre/chave-mestra ou variável); sem ela eles não se abrem e devem ser instalados de novo."
)


def caminho(dados: Path) -> Path:
    """Returns the path where `init` puts the key of a data folder."""
    return dados / PASTA / ARQUIVO


def _frouxo(arquivo: Path) -> Recusa | None:
    modo = stat.S_IMODE(arquivo.lstat().st_mode)
    if not stat.S_ISREG(arquivo.lstat().st_mode):
        return _recusa("CHAVE-INVALIDA", f"{arquivo} não é um arquivo comum.", "Ponha de volta o arquivo da chave.")
    if modo & _SO_DO_DONO == 0:
        return None
    return _recusa(
        "CHAVE-FROUXA",
        f"A chave mestra {arquivo} pode ser lida por outros (modo {modo:04o}); assim o cofre não a usa.",
        f"chmod 600 {arquivo}; se outra pessoa pode ter lido a chave, troque-a: separador cofre girar-chave",
    )


def _ler(arquivo: Path) -> str:
    with arquivo.open("rb") as aberto:
        return aberto.read(_LIMITE).decode("ascii", "replace")


def _entender(texto: str, origem: str, arquivo: Path | None) -> ChaveMestra | Recusa:
    chaves: list[Chave] = []
    aposentadas: list[str] = []
    for linha in texto.splitlines():
        if linha.startswith(_APOSENTADA):
            aposentadas += linha.split()[1:2]
        elif not linha.startswith("#"):
            for palavra in linha.split():
                bruta = _decifrar_texto(palavra)
                if bruta is None:
                    return _invalida(origem)
                chaves.append(chave_de(bruta))
    return ChaveMestra(tuple(chaves), origem, arquivo, tuple(aposentadas)) if chaves else _invalida(origem)


def _decifrar_texto(palavra: str) -> bytes | None:
    try:
        bruta = base64.b64decode(palavra, validate=True)
    except binascii.Error:
        return None
    return bruta if len(bruta) == TAMANHO_CHAVE else None


def _invalida(origem: str) -> Recusa:
    return _recusa(
        "CHAVE-INVALIDA",
        f"O que está em {origem.removeprefix('o ').removeprefix('a ')} não é uma chave mestra (32 bytes em base64).",
        "Devolva a chave certa; uma nova se faz com: separador cofre chave",
    )


def criar_arquivo(dados: Path, chave: Chave) -> Path:
    """Writes a first key file, 0600 in a 0700 folder. Never replaces an existing key: raises FileExistsError."""
    arquivo = caminho(dados)
    criar_nossas(dados)
    arquivo.parent.mkdir(mode=0o700, exist_ok=True)
    _gravar_novo(arquivo, _texto((chave,), ()))
    _sincronizar(arquivo.parent)
    return arquivo


def regravar(mestra: ChaveMestra, chaves: tuple[Chave, ...], aposentadas: tuple[str, ...]) -> ChaveMestra:
    """Replaces the file atomically (temporary file, fsync, rename, fsync of the folder). Returns the new master key.

    Raises ValueError when the key does not come from the file.
    """
    if mestra.arquivo is None:
        raise ValueError("a chave mestra não vem de arquivo")
    novo = mestra.arquivo.with_name(f".{ARQUIVO}.nova")
    novo.unlink(missing_ok=True)
    _gravar_novo(novo, _texto(chaves, aposentadas))
    novo.replace(mestra.arquivo)
    _sincronizar(mestra.arquivo.parent)
    return ChaveMestra(chaves, mestra.origem, mestra.arquivo, aposentadas)


def _texto(chaves: tuple[Chave, ...], aposentadas: tuple[str, ...]) -> str:
    avisos = ["# Chave mestra do cofre do separador. Sem ela os segredos não se abrem; não a copie junto com o banco."]
    return "\n".join([*avisos, *map(escrever, chaves), *(f"{_APOSENTADA} {i}" for i in aposentadas), ""])


def _gravar_novo(arquivo: Path, texto: str) -> None:
    fd = os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as aberto:
        dar_ao_dono(fd, arquivo.parent)
        aberto.write(texto.encode())
        aberto.flush()
        os.fsync(fd)


def _sincronizar(pasta: Path) -> None:
    fd = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-COFRE-{codigo}", "SEP", mensagem, o_que_fazer),))
