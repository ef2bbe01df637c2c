"""Makes the content of an answer: the exit code, and what the command wrote, in order."""

import json
from collections.abc import Mapping, Sequence

SAIDA, ERROS = 1, 2
"""Say where a piece of text goes at the other end: standard output, standard error."""

Pedaco = tuple[int, str]


def montar(codigo: int, saida: Sequence[Pedaco], **mais: object) -> bytes:
    """Returns the content. Text may hold bytes that are no text (`surrogateescape`): ASCII escapes carry them."""
    return json.dumps({"codigo": codigo, "saida": list(saida), **mais}).encode("ascii")


def recusada(codigo: int, mensagem: str) -> bytes:
    """Returns an answer that only says why not."""
    return montar(codigo, [(ERROS, mensagem + "\n")])


def valor(codigo: int, conteudo: Mapping[str, object]) -> bytes:
    """Returns the answer to a secret that was handed in."""
    return montar(codigo, [], valor=dict(conteudo))
