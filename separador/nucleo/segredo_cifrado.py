"""A secret as it is kept: what the vault writes and the database stores, and neither reads for the other."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lacrado:
    """One row: number, name, and the encrypted content. `chave_id` names the master key that closed it."""

    id: int
    nome: str
    chave_id: str
    nonce: bytes = field(repr=False)
    cifra: bytes = field(repr=False)
