"""Says in Portuguese why the system refused: strerror speaks the language of the account that runs the command."""

import errno
import os

_MOTIVOS = {
    errno.ENOENT: "o arquivo ou a pasta não existe",
    errno.ENOTDIR: "um pedaço do caminho não é uma pasta",
    errno.EISDIR: "é uma pasta, não um arquivo",
    errno.EEXIST: "já existe",
    errno.EACCES: "sem permissão",
    errno.EPERM: "operação não permitida",
    errno.EROFS: "o disco está só para leitura",
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "a cota de disco acabou",
    errno.EUCLEAN: "o sistema de arquivos está danificado",
    errno.EREMOTEIO: "erro de leitura ou gravação no servidor",
    errno.ENOMEM: "memória esgotada",
    errno.EFBIG: "o arquivo passa do tamanho permitido",
    errno.EIO: "erro de leitura ou gravação no disco",
    errno.ELOOP: "link simbólico onde não pode haver, ou em círculo",
    errno.ENAMETOOLONG: "o nome é longo demais",
    errno.EMFILE: "arquivos abertos demais neste processo",
    errno.ENFILE: "arquivos abertos demais no sistema",
    errno.ESTALE: "o compartilhamento de rede caiu",
    errno.EHOSTDOWN: "o servidor do compartilhamento não responde",
    errno.ENODEV: "o disco ou o dispositivo não está lá",
    errno.ENXIO: "o disco ou o dispositivo não está lá",
    errno.ENOTCONN: "o compartilhamento de rede não está conectado",
    errno.ETXTBSY: "o arquivo está em execução",
    errno.EBUSY: "em uso",
    errno.EXDEV: "fica em outro disco",
}


def motivo(erro: OSError) -> str:
    """Returns a short phrase for the operator; the system's own words where we have none."""
    return _MOTIVOS.get(erro.errno or 0) or os.strerror(erro.errno or 0)
