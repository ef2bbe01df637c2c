"""Defines how an order is allowed or refused."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Negativa:
    """Why an order is refused: stable code, and the sentence for the person."""

    codigo: str
    mensagem: str


class Aval(StrEnum):
    """What stands behind a further reversal (CTE-09)."""

    ARQUIVO = "arquivo"
    SEM_USUARIOS = "sem usuários"
    FALTA_SENHA = "falta a senha"
    CONFIRMADO = "confirmado"
