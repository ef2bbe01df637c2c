"""Defines the refusal of an order, and what supports a further reversal."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Negativa:
    """The refusal of an order: a stable code, and the sentence for the person."""

    codigo: str
    mensagem: str


class Aval(StrEnum):
    """The support of a further reversal (`estorno`) of one document: only a confirmed one is carried out."""

    ARQUIVO = "arquivo"
    SEM_USUARIOS = "sem usuários"
    FALTA_SENHA = "falta a senha"
    CONFIRMADO = "confirmado"
