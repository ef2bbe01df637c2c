"""Looks at, reads and removes the files of the folder of certificates: each .pfx with its `.senha`.

Everything goes by the lane of the folder's device, and raises `SemResposta` when the device does not answer.
"""

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.nome_de_arquivo import comparavel
from separador.nucleo.rota import Rota
from separador.nucleo.texto.razao import do_sistema
from separador.pastas import faixas
from separador.pastas.disco import juntar, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta
from separador.pastas.lugar import abertos

SENHA = b".senha"
Visto = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Chegado:
    """One certificate file in the folder, and the file with its password if there is one."""

    nome: bytes
    arquivo: bytes
    senha: bytes | None
    visto: Visto


def chegados(rota: Rota, versao_do_cofre: int) -> list[Chegado]:
    """Returns the certificate files that are there. Raises OSError."""
    return faixas.fazer(rota.origem, _listar, rota, versao_do_cofre)


def _listar(rota: Rota, versao_do_cofre: int) -> list[Chegado]:
    return list(_regulares(rota, versao_do_cofre))


def _regulares(rota: Rota, versao_do_cofre: int) -> Iterator[Chegado]:
    """Yields regular files only. A link, or a file that vanishes meanwhile, is left for another reading."""
    aqui = abertos.abrir(rota.origem)
    with os.scandir(aqui.base) as itens:
        nomes = {i.name: i for i in itens if i.is_file(follow_symlinks=False)}
    for nome, item in sorted(nomes.items()):
        if not any(comparavel(nome).endswith(s) for s in rota.sufixos) or comparavel(nome).endswith(".senha"):
            continue
        ao_lado = senha_ao_lado(nome, nomes)
        with suppress(FileNotFoundError):
            partes = [item.stat(follow_symlinks=False)]
            if ao_lado is not None:
                partes.append(nomes[ao_lado].stat(follow_symlinks=False))
            # The vault's generation counts too: a password registered, or a certificate removed, is a reason to look
            # again.
            visto: Visto = (versao_do_cofre, *map(_marca, partes))
            senha = juntar(rota.origem, ao_lado) if ao_lado is not None else None
            yield Chegado(nome, juntar(rota.origem, nome), senha, visto)


def senha_ao_lado(nome: bytes, nomes: Collection[bytes]) -> bytes | None:
    """Returns the file among `nomes` that holds the certificate's password: `matriz.senha` or `matriz.pfx.senha`.

    The exact spelling comes first; else one in any case, where only one fits.
    """
    esperados = (nome.rsplit(b".", 1)[0] + SENHA, nome + SENHA)
    exato = next((e for e in esperados if e in nomes), None)
    if exato is not None:
        return exato
    iguais = {comparavel(e) for e in esperados}
    achados = [n for n in nomes if comparavel(n) in iguais]
    return achados[0] if len(achados) == 1 else None


def _marca(dono: os.stat_result) -> tuple[int, int, int, int]:
    return dono.st_ino, dono.st_size, dono.st_mtime_ns, dono.st_ctime_ns


def o_mesmo(chegado: Chegado) -> bool:
    """Says whether the files are still those that were seen."""
    return faixas.fazer(_pasta(chegado.arquivo), _o_mesmo, chegado)


def _pasta(arquivo: bytes) -> Path:
    return Path(os.fsdecode(os.path.dirname(arquivo)))


def _o_mesmo(chegado: Chegado) -> bool:
    try:
        partes = [os.lstat(abertos.onde(a)) for a in (chegado.arquivo, chegado.senha) if a is not None]
    except (OSError, FalhaDePasta):
        return False
    return tuple(map(_marca, partes)) == chegado.visto[1:]


def ler(arquivo: bytes, limite: int) -> bytes:
    """Returns the first bytes of a file. A link is not followed. Raises OSError."""
    return faixas.fazer(_pasta(arquivo), _ler, arquivo, limite)


def _ler(arquivo: bytes, limite: int) -> bytes:
    fd = os.open(abertos.onde(arquivo), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as aberto:
        return aberto.read(limite)


def remover(chegado: Chegado) -> Recusa | None:
    """Overwrites and deletes what was taken in, the password first. The certificate is safe in the vault by now."""
    try:
        # It is one call: one that is overdue removes both files in the end, or none.
        faixas.fazer(_pasta(chegado.arquivo), _apagar, [a for a in (chegado.senha, chegado.arquivo) if a is not None])
    except (OSError, FalhaDePasta) as erro:
        motivo = do_sistema(erro.errno) if isinstance(erro, OSError) else erro.mensagem
        mensagem = f"O certificado foi instalado, mas não consegui apagar o arquivo: {motivo}."
        return Recusa((Erro("SEP-CERT-SOBRA", "SEP", mensagem, "Apague da pasta o .pfx e o .senha."),))
    return None


def _apagar(arquivos: Sequence[bytes]) -> None:
    for arquivo in arquivos:
        _apagar_um(arquivo)
    sincronizar_pasta(_pasta(arquivos[0]))


def _apagar_um(nome: bytes) -> None:
    arquivo = abertos.onde(nome)
    fd = os.open(arquivo, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        dono = os.fstat(fd)
        if stat.S_ISREG(dono.st_mode):
            os.write(fd, bytes(min(dono.st_size, LIMITE_PFX)))
            os.fsync(fd)
    finally:
        os.close(fd)
    os.unlink(arquivo)
