"""Defines the call to SEFAZ: one call in, one of three results out.

Other modules decide what a result means for the document. This one tells apart only three cases: nothing left this
machine, an answer came, or nobody can say.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Servico(StrEnum):
    """The services of CT-e 4.00, by the keys of the table of addresses."""

    RECEPCAO_CTE = "recepcao_cte"
    RECEPCAO_SIMP = "recepcao_simp"
    RECEPCAO_OS = "recepcao_os"
    RECEPCAO_GTVE = "recepcao_gtve"
    EVENTO = "evento"
    CONSULTA = "consulta"
    STATUS = "status"
    DISTRIBUICAO = "distribuicao"


RECEPCOES = (Servico.RECEPCAO_CTE, Servico.RECEPCAO_SIMP, Servico.RECEPCAO_OS, Servico.RECEPCAO_GTVE)
"""The services that take documents."""


@dataclass(frozen=True, slots=True)
class Chamada:
    """A call. `corpo`: the whole SOAP envelope. `cnpj`: the company whose certificate authenticates the connection."""

    servico: Servico
    url: str
    corpo: bytes = field(repr=False)
    cnpj: str


@dataclass(frozen=True, slots=True)
class NaoEnviada:
    """Not one byte of the request left this machine: the same bytes may be sent later.

    `motivo`: short code (see `cliente`). `detalhe`: for the operator, in Portuguese. `definitivo`: the cause is
    configuration or certificate, and waiting will not help.
    """

    motivo: str
    detalhe: str
    definitivo: bool = False


@dataclass(frozen=True, slots=True)
class Desconhecida:
    """The request, or part of it, may have been processed: consult by chave before anything else.

    `bruto`: the part of the body that did arrive, None when nothing did. `http`: the status, None when not even that
    came. `definitivo`: somebody must act (the certificate was refused, access denied); consult all the same.
    """

    motivo: str
    bruto: bytes | None = field(default=None, repr=False)
    http: int | None = None
    detalhe: str = ""
    definitivo: bool = False


@dataclass(frozen=True, slots=True)
class Respondida:
    """An answer with a payload.

    `bruto`: the HTTP body as it came. `xml`: the payload (retCTe…) cut out of the envelope, not yet known to be the one
    expected. `http`: the status, which may be an error above the right body. `notas`: what was odd (Portuguese).
    """

    bruto: bytes = field(repr=False)
    xml: bytes = field(repr=False)
    duracao_ms: float
    http: int = 200
    notas: tuple[str, ...] = ()


Resultado = NaoEnviada | Desconhecida | Respondida


class Porta(Protocol):
    """An object that can make a call: the client, or a test's double. Thread-safe."""

    def chamar(self, chamada: Chamada) -> Resultado:
        """Makes ONE attempt. Never raises for a reason of the network."""
