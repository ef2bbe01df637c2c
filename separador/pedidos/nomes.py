"""Turns a text that a person types into the bytes of a name: the inverse of `nucleo.nome_de_arquivo.mostrar`."""

import os
import re

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def ler_mostrado(texto: str) -> bytes:
    r"""Returns the name that `mostrar` shows as `texto`: `\xe7` is a byte, `\\` a backslash."""
    partes, fim = [], 0
    for achado in _ESCAPE.finditer(texto):
        partes += [os.fsencode(texto[fim : achado.start()]), _valor(achado)]
        fim = achado.end()
    return b"".join([*partes, os.fsencode(texto[fim:])])


def _valor(achado: re.Match[str]) -> bytes:
    byte, curto, longo = achado.groups()
    if byte is not None:
        return bytes([int(byte, 16)])
    ponto = int(curto or longo or "5c", 16)
    return chr(ponto).encode("utf-8", "surrogatepass") if ponto <= 0x10FFFF else achado[0].encode()


def nomes_possiveis(texto: str) -> list[bytes]:
    """Returns the names that a text may stand for: as typed, without its folder, and as the program shows names."""
    ultimo = texto.rstrip("/").rpartition("/")[2]
    return list(dict.fromkeys((os.fsencode(texto), os.fsencode(ultimo), ler_mostrado(ultimo))))
