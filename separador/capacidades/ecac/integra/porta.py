"""Defines the questions to the Integra Contador and their results, as values. The functions and codes are those of
SERPRO's documentation of the Integra Contador.

Every call is ONE attempt, plus what the protocol itself demands: a new token after a 401, the termo again after a
403-020. It never raises for a fault of the network or of the other side. Tokens are implicit. Thread-safe.

How to read a `Resultado`:

- `Ok` … the answer, understood and about what was asked for.
- `Recusado` … a definite no; asking again now changes nothing. `motivo` says what to do about it.
- `Indisponivel` … not now (connection, 5xx, 429): again later. Never "not paid".
- `Desconhecido` … sent, and the outcome is not known, or the answer is not what the contract says. A generator must
  not be repeated after it (look into the index first); a query may, at the price of another call.
- `Impedido` … nothing was sent: the budget, or an earlier refusal that is still remembered, forbids it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from separador.capacidades.ecac.dominio.arrecadacao import Pagamento
from separador.capacidades.ecac.integra.valores import (
    Autorizacao,
    Comprovante,
    Credencial,
    DasIndice,
    Evento,
    Filtro,
    GuiaEmitida,
    Partes,
    PedidoDarf,
    Procuracao,
    Protocolo,
)

T = TypeVar("T")


class Preco(StrEnum):
    """The meter that a call runs on. GRATIS: `/Apoiar`, `/Monitorar`, the token."""

    GRATIS = "gratis"
    CONSULTA = "consulta"
    EMISSAO = "emissao"


class Motivo(StrEnum):
    """The reason of a refusal, by what has to be done about it."""

    ENTRADA = "entrada"  # the data asked with are wrong: correct them
    SEM_PROCURACAO = "sem-procuracao"  # 022, 032: the taxpayer must grant it; remembered for a day
    TERMO = "termo"  # the authorisation term is missing, expired or wrong
    DE_OUTRO = "de-outro"  # PAGTOWEB-00002: the document belongs to somebody else
    CREDENCIAL = "credencial"  # contract, key, secret or certificate: nothing works until corrected
    CERTIFICADO = "certificado"  # certificate that signed the termo, or of the contractor
    LIMITE = "limite"  # a daily limit; not before tomorrow (Brasília)
    NEGADO = "negado"  # 403 for an unknown reason: it is charged, so it is remembered for a day too
    AVISO = "aviso"  # 200 with a notice and no document (PGMEI 23018 = paid already)
    DESCONTINUADO = "descontinuado"
    DEFEITO = "defeito"  # our own mistake in the request


@dataclass(frozen=True, slots=True)
class Chamada:
    """One HTTP request that went out, for the ledger.

    `http` None = no answer. `cobrada`: SERPRO charges every answer but 204, 304, 400, 401, 404, 429, 500 and 503.
    Without an answer the call counts as charged, unless `enviada` is False: then it never left this machine (no
    connection), and the other side knows nothing of it. `etiqueta`: the X-Request-Tag, which comes back in the bill.
    `preco` is the meter of the path, charged or not.
    """

    etiqueta: str
    caminho: str
    servico: str
    autor: str
    contribuinte: str
    preco: Preco
    enviada_em: datetime
    duracao_ms: float
    http: int | None
    cobrada: bool
    enviada: bool = True
    codigo: str | None = None
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class Intencao:
    """A request about to go out. `preco` GRATIS costs nothing whatever the answer."""

    etiqueta: str
    caminho: str
    servico: str
    autor: str
    contribuinte: str
    preco: Preco
    em: datetime


class RegistroDeChamadas(Protocol):
    """The ledger, called in the caller's thread around every HTTP request to the gateway (not the token's)."""

    def antes(self, intencao: Intencao) -> str | None:
        """Records that it goes out. Returns None, or a text (Portuguese) that forbids it: the call then ends `Impedido`
        with that text."""

    def depois(self, chamada: Chamada) -> None:
        """Records the result; same `etiqueta`."""


@dataclass(frozen=True, slots=True)
class Mensagem:
    """A message: code without brackets, text as it came."""

    codigo: str
    texto: str


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """The answer. `valor` is what was asked for; `mensagens` came beside it."""

    valor: T
    mensagens: tuple[Mensagem, ...] = ()
    chamadas: tuple[Chamada, ...] = ()


@dataclass(frozen=True, slots=True)
class Recusado:
    """A refusal. `codigo` is without brackets (`AcessoNegado-ICGERENCIADOR-022`); `http` is that of the answer, 0 when
    nothing was asked.

    `lembrada_ate`: until when the client refuses to ask the same again (403). Keep it, and give it back at start.
    """

    motivo: Motivo
    codigo: str
    mensagem: str
    http: int
    lembrada_ate: datetime | None = None
    chamadas: tuple[Chamada, ...] = ()


@dataclass(frozen=True, slots=True)
class Indisponivel:
    """Not now. `espera_s`: the wait that the other side asked for (Retry-After). `enviada`: anything left the
    machine."""

    motivo: str
    codigo: str = ""
    http: int | None = None
    espera_s: float | None = None
    enviada: bool = True
    chamadas: tuple[Chamada, ...] = ()


@dataclass(frozen=True, slots=True)
class Desconhecido:
    """Unknown outcome. `bruto`: the bytes that came (bounded), for the person who has to find out."""

    motivo: str
    http: int | None = None
    bruto: bytes = field(default=b"", repr=False)
    chamadas: tuple[Chamada, ...] = ()


@dataclass(frozen=True, slots=True)
class Impedido:
    """Nothing was sent. `memoria`: an earlier refusal, remembered until `ate`. None = the ledger forbade the call."""

    motivo: str
    memoria: Recusado | None = None
    ate: datetime | None = None
    chamadas: tuple[Chamada, ...] = ()


Resultado = Ok[T] | Recusado | Indisponivel | Desconhecido | Impedido


class Porta(Protocol):
    """The calls. `partes.autor`: the contractor, the taxpayer itself, or a procurador (with `autorizar` first)."""

    def credenciar(self) -> Resultado[Credencial]:
        """Gets the tokens now (other calls get them by themselves): for `verificar`, and to find bad credentials
        early."""

    def autorizar(self, autor: str, termo: bytes, *, contribuinte: str) -> Resultado[Autorizacao]:
        """Hands over a signed termo (ENVIOXMLASSINADO81). It is kept, and sent again by itself when its token
        expires."""

    def pedir_eventos(self, contribuintes: Sequence[str]) -> Resultado[Protocolo]:
        """Asks for events (SOLICEVENTOS…) of 1 to 1000, all CPF or all CNPJ. The author is always the contractor.
        Free."""

    def obter_eventos(self, protocolo: Protocolo) -> Resultado[tuple[Evento, ...]]:
        """Gets the events (OBTEREVENTOS…), once `espera_ms` has passed. Free."""

    def pagamentos(self, partes: Partes, filtro: Filtro) -> Resultado[tuple[Pagamento, ...]]:
        """Gets one page of payments (PAGAMENTOS71). Empty = nothing paid *in that filter*."""

    def contar_pagamentos(self, partes: Partes, filtro: Filtro) -> Resultado[int]:
        """Counts payments (CONTACONSDOCARRPG73). Costs as much as a page."""

    def comprovante(self, partes: Partes, numero: str) -> Resultado[Comprovante]:
        """Gets a receipt (COMPARRECADACAO72). Anything but `Ok` is inconclusive, never "not paid"."""

    def indice_das(self, partes: Partes, ano: int) -> Resultado[tuple[DasIndice, ...]]:
        """Gets the index of DAS of a calendar year (CONSDECLARACAO13)."""

    def procuracoes(self, partes: Partes) -> Resultado[tuple[Procuracao, ...]]:
        """Gets the procurações (OBTERPROCURACAO41); empty = no active one."""

    def gerar_darf(self, partes: Partes, pedido: PedidoDarf) -> Resultado[GuiaEmitida]:
        """Issues a DARF (CONSOLIDARGERARDARF51): each success is a new number. Never repeat after `Desconhecido`."""

    def gerar_das(self, partes: Partes, periodo: str, consolidacao: date | None = None) -> Resultado[GuiaEmitida]:
        """Issues a DAS (GERARDAS12), `periodo` AAAAMM. Never repeat after `Desconhecido`."""

    def gerar_das_mei(self, partes: Partes, periodo: str, consolidacao: date | None = None) -> Resultado[GuiaEmitida]:
        """Issues a DAS of a MEI (GERARDASPDF21), one at a time per CNPJ and year. Never repeat after `Desconhecido`."""
