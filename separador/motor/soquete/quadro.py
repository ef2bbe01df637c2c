"""Makes and reads the frames of the service's socket: four bytes of length, one of the kind, the content. Both ends
use this module.

Every exchange has a deadline for the whole of it, so that a peer that is slow, or says half of what it began, costs one
thread for a few seconds and nothing else.
"""

import socket
import struct
import time
from enum import Enum

LIMITE = 2 * 1024 * 1024
"""Largest content in bytes, of a request and of an answer."""

_CABECALHO = struct.Struct(">Ic")


class Especie(Enum):
    """The kinds of frames: a command of somebody, a secret handed in, the answer to either."""

    COMANDO = b"C"
    ENTREGA = b"E"
    RESPOSTA = b"R"


class QuadroError(Exception):
    """Says that what came is no frame, or not a whole one. The text is for the operator."""


def montar(especie: Especie, conteudo: bytes) -> bytes:
    """Returns a whole frame. Raises QuadroError when the content is too large."""
    if len(conteudo) > LIMITE:
        raise QuadroError(f"passa de {LIMITE // 2**20} MiB")
    return _CABECALHO.pack(len(conteudo), especie.value) + conteudo


def enviar(ponta: socket.socket, especie: Especie, conteudo: bytes, prazo_s: float) -> None:
    """Sends a frame within the deadline. Raises QuadroError, OSError (TimeoutError)."""
    quadro = montar(especie, conteudo)
    ponta.settimeout(prazo_s)
    ponta.sendall(quadro)


def receber(ponta: socket.socket, prazo_s: float) -> tuple[Especie, bytes]:
    """Returns the kind and the content of one frame that came whole within the deadline.

    Raises QuadroError, OSError (TimeoutError). A length beyond the limit is refused before anything is read.
    """
    ate_s = time.monotonic() + prazo_s
    tamanho, letra = _CABECALHO.unpack(_exatos(ponta, _CABECALHO.size, ate_s))
    try:
        especie = Especie(letra)
    except ValueError:
        raise QuadroError("não é um pedido do separador") from None
    if tamanho > LIMITE:
        raise QuadroError(f"passa de {LIMITE // 2**20} MiB")
    return especie, _exatos(ponta, tamanho, ate_s)


def _exatos(ponta: socket.socket, quantos: int, ate_s: float) -> bytes:
    lidos = bytearray()
    while len(lidos) < quantos:
        resta_s = ate_s - time.monotonic()
        if resta_s <= 0:
            raise TimeoutError("o prazo acabou")
        ponta.settimeout(resta_s)
        pedaco = ponta.recv(min(quantos - len(lidos), 64 * 1024))
        if not pedaco:
            raise QuadroError("veio pela metade")
        lidos += pedaco
    return bytes(lidos)
