"""Where the machine is with a file or a document (contratos.md, "Etapas"). Not to be mixed with `Situacao`."""

from enum import StrEnum


class Etapa(StrEnum):
    """Stages, in the order in which they are usually passed."""

    RECEBIDO = "recebido"
    ASSINADO = "assinado"
    PRONTO = "pronto"
    PUBLICANDO = "publicando"
    PUBLICADO = "publicado"
    ENVIANDO = "enviando"
    DESCONHECIDO = "desfecho desconhecido"
    RESPONDIDO = "respondido"
    CONCLUIDO = "concluido"
    RETIDO = "retido"


class Desfecho(StrEnum):
    """The one outcome of a file (SEP-08). A file that is still held has none yet."""

    ENTREGUE = "entregue"
    APLICADO = "aplicado"
    RECUSADO = "recusado"
    DUPLICADO = "duplicado"
    QUARENTENA = "quarentena"
