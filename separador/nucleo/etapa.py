"""Names the stages of the work on a file or a document. A stage is not a `Situacao`, which is what people see."""

from enum import StrEnum


class Etapa(StrEnum):
    """The stages, in the order in which they are usually passed."""

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
    """The one outcome of a file. A file that is still held has none yet."""

    ENTREGUE = "entregue"
    APLICADO = "aplicado"
    RECUSADO = "recusado"
    DUPLICADO = "duplicado"
    QUARENTENA = "quarentena"
