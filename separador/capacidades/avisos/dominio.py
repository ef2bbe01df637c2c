"""Decides when to warn of something that expires. It is pure: it returns days and steps; others send the warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from separador.nucleo.fuso import dia
from separador.nucleo.texto.quantidade import quantos

DEPOIS = 0
"""The step after the expiry. The others are days before it."""


@dataclass(frozen=True, slots=True)
class Validade:
    """Something that expires. `assunto`: identity ("certificado:<id>"). `o_que`: its name in a sentence.

    `como_renovar`: what the person has to do, in Portuguese.
    """

    assunto: str
    o_que: str
    ate: datetime
    como_renovar: str


def degrau(ate: datetime, agora: datetime, dias: Sequence[int]) -> int | None:
    """Returns the step that has been reached: the smallest of `dias` not below what is left.

    Returns None while it is far away.
    """
    if agora >= ate:
        return DEPOIS
    restam = (ate - agora).total_seconds() / 86400
    return min((d for d in dias if restam <= d), default=None)


def frase(v: Validade, agora: datetime) -> str:
    """Returns the sentence of the warning, with the date and the time that is left."""
    if agora >= v.ate:
        return f"{v.o_que} venceu em {dia(v.ate)}."
    restam = (v.ate - agora).days
    quanto = f"vence em {quantos(restam, 'dia', 'dias')}" if restam else "vence em menos de um dia"
    return f"{v.o_que} {quanto} ({dia(v.ate)})."
