"""Reads JSON that somebody else wrote, and refuses text that no file, database or screen could take.

JSON can name half of a surrogate pair (an escape like backslash-u-d83d alone: what JavaScript and Java write when a
text is cut inside an emoji). Python reads it, and every later attempt to encode it fails. So it is refused at the door.
"""

import json
import re
from collections.abc import Callable
from typing import Any

_TALVEZ_PARTIDO = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_PARTIDO = re.compile("[\ud800-\udfff]")


class JsonInvalidoError(ValueError):
    """The bytes are no JSON. `linha`: 1-based, where that is known."""

    def __init__(self, mensagem: str, linha: int | None = None) -> None:
        super().__init__(mensagem)
        self.linha = linha


class TextoPartidoError(JsonInvalidoError):
    """A name or a value of the JSON holds half of a character."""


def ler_json(
    dados: bytes | str,
    *,
    parse_float: Callable[[str], Any] | None = None,
    parse_int: Callable[[str], Any] | None = None,
    parse_constant: Callable[[str], Any] | None = None,
) -> Any:
    """Returns the value, from UTF-8, UTF-16 or UTF-32, with or without BOM. Raises JsonInvalidoError.

    The callables are those of `json.loads`.
    """
    try:
        texto = decodificar(dados) if isinstance(dados, bytes) else dados
        lido = json.loads(texto, parse_float=parse_float, parse_int=parse_int, parse_constant=parse_constant)
    except (ValueError, RecursionError) as erro:
        raise JsonInvalidoError("não é JSON válido em UTF-8", getattr(erro, "lineno", None)) from erro
    partido = _partido(lido) if _TALVEZ_PARTIDO.search(texto) else None
    if partido is not None:
        raise TextoPartidoError(f"tem um texto cortado no meio de um caractere (\\u{ord(partido):04x})")
    return lido


def decodificar(dados: bytes) -> str:
    """Returns the text of JSON bytes without BOM. Raises UnicodeDecodeError."""
    return dados.decode(json.detect_encoding(dados)).removeprefix("\ufeff")


def _partido(valor: Any) -> str | None:
    """Returns a half character found in any name or value, or None. It does not recurse."""
    pilha = [valor]
    while pilha:
        atual = pilha.pop()
        if isinstance(atual, str):
            achado = _PARTIDO.search(atual)
            if achado is not None:
                return achado.group()
        elif isinstance(atual, dict):
            pilha += atual
            pilha += atual.values()
        elif isinstance(atual, list):
            pilha += atual
    return None
