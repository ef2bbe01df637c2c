"""Holds the errors of one document as values.

An expected business outcome is a value, never an exception: a function that finds several errors returns them all.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erro:
    """One finding on one document, in the fields of the `.json` written beside a `.err`.

    `codigo` is the cStat that SEFAZ would answer ("252"), or one of ours ("SEP-…"). `regra` is the id of the MOC rule
    ("G001"), "XSD", or "SEP". `linha` is 1-based in the bytes as they were received.
    """

    codigo: str
    regra: str
    mensagem: str
    o_que_fazer: str
    linha: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Recusa:
    """A document that goes no further, with every error found (never empty).

    `sobre` tells what was refused, where it is not the document itself: `evento-<tpEvento>`, or `consulta`.
    """

    erros: tuple[Erro, ...]
    chave: str | None = None
    sobre: str = ""


SOBRE_CONSULTA = "consulta"
"""Says that a refusal is about a query (`Recusa.sobre`)."""


def sobre_evento(tp_evento: str) -> str:
    """Returns what a refusal of an event of this type is about (`Recusa.sobre`)."""
    return f"evento-{tp_evento}"
