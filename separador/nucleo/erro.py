"""What is wrong with one document, as a value.

An expected business outcome is a value, never an exception: whoever finds several errors returns them all.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erro:
    """One finding on one document, ready for the `.json` beside a `.err` (contratos.md, JSON shapes).

    `codigo` is the cStat SEFAZ would answer ("252"), or one of ours ("SEP-…"); `regra` is the id of the MOC rule
    ("G001"), "XSD", or "SEP"; `linha` is 1-based in the bytes as they were received.
    """

    codigo: str
    regra: str
    mensagem: str
    o_que_fazer: str
    linha: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Recusa:
    """A document that goes no further, with every error found (never empty)."""

    erros: tuple[Erro, ...]
    chave: str | None = None
