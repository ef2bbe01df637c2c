"""Defines what stands in the failures view, and finds what a code says.

A code is stable, a public contract. Its reason and what to do are in exactly one table, a file `falhas.py`: that of
`nucleo` for the rooms that are no capability, else that of the capability.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from separador.nucleo import capacidade
from separador.nucleo.erro import Erro
from separador.nucleo.falhas import TEXTOS
from separador.nucleo.negativa import Negativa


@dataclass(frozen=True, slots=True)
class Falha:
    """One thing that keeps integration from succeeding.

    `assunto` names the thing and is the identity of the failure: `rota:1:`, `arquivo:1:nota.xml`, `doc:<chave>`,
    `retido:<id>`. The same subject and code is one failure, however often it is seen.
    """

    assunto: str
    codigo: str
    motivo: str
    o_que_fazer: str
    arquivo: str | None = None
    rota: int | None = None
    chave: str | None = None


def tabelas() -> Iterator[Mapping[str, tuple[str, str]]]:
    """Yields every table of codes: the one of `nucleo`, then that of each registered capability."""
    yield TEXTOS
    yield from capacidade.de_cada("falhas")


@cache
def _textos(codigo: str) -> tuple[str, str]:
    for tabela in tabelas():
        if codigo in tabela:
            return tabela[codigo]
    raise KeyError(codigo)


def descrever(codigo: str, detalhe: str = "") -> tuple[str, str]:
    """Returns the reason, with a detail after it, and what to do. Raises KeyError for a code that no table has."""
    motivo, o_que_fazer = _textos(codigo)
    return (f"{motivo} {detalhe}".strip(), o_que_fazer)


def como_erro(codigo: str, linha: int | None = None, tag: str | None = None) -> Erro:
    """Returns the finding on a document that the table's texts say whole. Raises KeyError."""
    motivo, o_que_fazer = descrever(codigo)
    return Erro(codigo, "SEP", motivo, o_que_fazer, linha, tag)


def como_negativa(codigo: str) -> Negativa:
    """Returns the refusal of an order that the table's reason says whole. Raises KeyError."""
    return Negativa(codigo, descrever(codigo)[0])
