"""Names the exit codes of the program (docs/desenvolvimento/contratos.md, section 1)."""

from enum import IntEnum


class Saida(IntEnum):
    """How something that a person asked for ended."""

    FEITO = 0
    RECUSADO = 1
    USO = 2
    SEM_SERVICO = 3
    OCUPADO = 4
