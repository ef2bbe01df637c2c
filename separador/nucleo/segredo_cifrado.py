"""Holds a secret as it is kept. The vault writes it and the database stores it; neither imports the other."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lacrado:
    """One row: number, name, and the encrypted content. `chave_id` names the master key that closed it."""

    id: int
    nome: str
    chave_id: str
    nonce: bytes = field(repr=False)
    cifra: bytes = field(repr=False)
