"""Keeps what a load says, in one form: every simple value with its path, as compressed JSON, made piece by piece."""

import json
import zlib
from collections.abc import Generator, Iterable
from itertools import islice

Conteudo = bytes
"""What a load says. Two loads are equal when their values are, whatever files they came in."""
POR_VEZ = 10_000


def guardando(ditas: Iterable[tuple[str, str]]) -> Generator[None, None, Conteudo]:
    """Returns the content that has these values. Yields after each piece."""
    compressor = zlib.compressobj()
    feito = bytearray(compressor.compress(b"["))
    entre = b""
    resto = iter(ditas)
    while pedaco := list(islice(resto, POR_VEZ)):
        feito += compressor.compress(entre + json.dumps(pedaco, ensure_ascii=False).encode()[1:-1])
        entre = b", "
        yield None
    return bytes(feito + compressor.compress(b"]") + compressor.flush())


def guardado(ditas: Iterable[tuple[str, str]]) -> Conteudo:
    """Does the same at once."""
    partes = guardando(ditas)
    while True:
        try:
            next(partes)
        except StopIteration as fim:
            feito: Conteudo = fim.value
            return feito


def aberto(conteudo: Conteudo) -> dict[str, str]:
    """Returns path → value."""
    return {campo: valor for campo, valor in json.loads(zlib.decompress(conteudo))}  # noqa: C416 -- pairs are lists
