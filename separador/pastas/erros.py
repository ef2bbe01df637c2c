"""Defines the failures of a folder: of the place, not of one file. The code that catches one pauses the routes
concerned."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from separador.nucleo.falha import descrever
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.pastas.faixa import Chamada


def codigo_da_falha(palavra: str) -> str:
    """Returns the code of the failures view for the word of a folder's failure: `sem-espaco` is SEP-SEM-ESPACO."""
    return f"SEP-{palavra.upper()}"


class FalhaDePasta(Exception):  # noqa: N818 - the field's word for it
    """A folder could not do what was asked. `codigo` is stable; `resumo` is for the operator (Portuguese)."""

    codigo: ClassVar[str] = "pasta-falhou"
    resumo: ClassVar[str] = "A pasta não respondeu"

    def __init__(self, pasta: Path, erro: OSError | None = None, detalhe: str = "") -> None:
        self.pasta = pasta
        self.erro = erro
        self.errno = erro.errno if erro is not None else None
        self.detalhe = detalhe or (razao(erro) if erro is not None else "")
        super().__init__(self.mensagem)

    @property
    def mensagem(self) -> str:
        """Returns one line for the log and the failures view."""
        return f"{self.resumo}: {self.pasta}" + (f" ({self.detalhe})" if self.detalhe else "")

    @property
    def o_que_fazer(self) -> str:
        """Returns one piece of advice for the operator."""
        return descrever(codigo_da_falha(self.codigo))[1]


class SemEspaco(FalhaDePasta):
    """ENOSPC, EDQUOT: the disk, its inodes or a quota is used up."""

    codigo = "sem-espaco"
    resumo = "Disco cheio"


class SomenteLeitura(FalhaDePasta):
    """EROFS: mounted read-only, often after a disk error."""

    codigo = "somente-leitura"
    resumo = "O disco está montado somente para leitura"


class SemPermissao(FalhaDePasta):
    """EACCES, EPERM: rights on the folder are missing."""

    codigo = "sem-permissao"
    resumo = "Sem permissão na pasta"


class PastaSumiu(FalhaDePasta):
    """ENOENT, ENOTDIR, ESTALE and the like: the folder, or the mount under it, is gone."""

    codigo = "pasta-sumiu"
    resumo = "A pasta não está acessível"


class SemResposta(FalhaDePasta):
    """The device of the folder does not answer (`faixas`). What was asked may still be done later.

    `chamada`: the call that is overdue, when it had begun; None when it was not even tried.
    """

    codigo = "pasta-sem-resposta"
    resumo = "A pasta não responde"

    def __init__(self, pasta: Path, *, chamada: "Chamada[Any] | None" = None) -> None:
        super().__init__(pasta)
        self.chamada = chamada


class PastaDeOutra(FalhaDePasta):
    """The sentinel names another installation: nothing is read, written, swept or probed there."""

    codigo = "pasta-de-outra"
    resumo = "A pasta é de outra instalação"


class PerdiAPasta(FalhaDePasta):
    """Our corner of the folder is gone, with what was staged in it: nothing there is taken for published."""

    codigo = "perdi-a-pasta"
    resumo = "O canto desta instalação na pasta não está mais lá"


class CantoAlheio(FalhaDePasta):
    """`.separador`, or something in it, is not ours alone: a link, another's, writable by others, on another disk.
    Nothing in it is read, moved or removed."""

    codigo = "canto-alheio"
    resumo = "A .separador da pasta não é só desta instalação"


class CantoTrocado(FalhaDePasta):
    """Another folder stands where `.separador`, or our corner in it, stood. Nothing in it is read, moved or removed."""

    codigo = "canto-trocado"
    resumo = "A .separador da pasta foi trocada por outra"


class CaminhoInseguro(FalhaDePasta):
    """The way to the folder has a link that others could have put there, or could lead elsewhere."""

    codigo = "caminho-inseguro"
    resumo = "O caminho da pasta passa por um link que outros podem trocar"


class FalhaDeDisco(FalhaDePasta):
    """EIO and the like: the medium failed. The written data must not be trusted."""

    codigo = "falha-de-disco"
    resumo = "Erro de leitura ou gravação no disco"


class LimiteDoSistema(FalhaDePasta):
    """EMFILE, ENFILE, ENOMEM, EFBIG: a limit of the process or of the system."""

    codigo = "limite-do-sistema"
    resumo = "Limite do sistema atingido"


class ProvisorioExiste(FalhaDePasta):
    """The provisional name is taken: the caller's names must be unique."""

    codigo = "provisorio-existe"
    resumo = "O arquivo provisório já existe"


class LeituraRasgada(FalhaDePasta):
    """The source changed while it was being copied."""

    codigo = "leitura-rasgada"
    resumo = "O arquivo mudou enquanto era lido"


_POR_ERRNO: dict[int, type[FalhaDePasta]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), SemEspaco),
    errno.EROFS: SomenteLeitura,
    **dict.fromkeys((errno.EACCES, errno.EPERM), SemPermissao),
    **dict.fromkeys(
        (errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.EHOSTDOWN),
        PastaSumiu,
    ),
    **dict.fromkeys((errno.EIO, errno.EUCLEAN, errno.EREMOTEIO), FalhaDeDisco),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EFBIG), LimiteDoSistema),
}


def classificar(erro: OSError, pasta: Path) -> FalhaDePasta:
    """Returns the failure that an OSError on this folder means."""
    return _POR_ERRNO.get(erro.errno or 0, FalhaDePasta)(pasta, erro)


@contextmanager
def traduzindo(pasta: Path) -> Iterator[None]:
    """Turns any OSError of the block into the `FalhaDePasta` of this folder."""
    try:
        yield
    except OSError as erro:
        raise classificar(erro, pasta) from erro


DA_PASTA = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EIO,
        errno.ESTALE,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EUCLEAN,
    }
)
"""Errors that will hit the next file too: the folder is at fault, not the file."""
