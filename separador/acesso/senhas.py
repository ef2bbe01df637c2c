"""Makes, hashes and compares passwords and one-time codes. Nothing here is ever logged or formatted.

Passwords are hashed by Argon2id. Codes have 160 random bits and session tokens 256: a plain sha256 of them is enough
for storage. Argon2 is imported when a password is there: the service makes codes, and never sees one.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from separador.acesso.dominio import normalizar_senha

_ALFABETO = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0, 1, because a code may be read aloud. 32 letters, 5 bits each."""
LETRAS_DO_CODIGO = 32


@dataclass(frozen=True, slots=True)
class Custo:
    """The work of one hash. The default is the second recommendation of RFC 9106; tests take less."""

    voltas: int = 3
    memoria_kib: int = 65536
    linhas: int = 4


class Senhas:
    """Hashes and compares passwords with one cost."""

    def __init__(self, custo: Custo | None = None) -> None:
        from argon2 import PasswordHasher  # noqa: PLC0415

        c = custo or Custo()
        self._argon = PasswordHasher(time_cost=c.voltas, memory_cost=c.memoria_kib, parallelism=c.linhas)
        self._isca: str | None = None

    def resumir(self, senha: str) -> str:
        """Returns what is stored: Argon2id with its parameters and a random salt."""
        return self._argon.hash(normalizar_senha(senha))

    def confere(self, resumo: str | None, senha: str) -> bool:
        """Says whether it is the password. Without `resumo` (no such user) does as much work and says no."""
        if resumo is None:
            self._isca = self._isca or self._argon.hash(os.urandom(16).hex())
            self._verificar(self._isca, senha)
            return False
        return self._verificar(resumo, senha)

    def _verificar(self, resumo: str, senha: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

        try:
            return self._argon.verify(resumo, normalizar_senha(senha))
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def desatualizado(self, resumo: str) -> bool:
        """Says whether the hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(resumo)


def novo_codigo(sortear: Callable[[int], bytes] = os.urandom) -> str:
    """Returns a one-time code for people: groups of four letters and digits, 160 bits."""
    letras = [_ALFABETO[b % 32] for b in sortear(LETRAS_DO_CODIGO)]
    return "-".join("".join(letras[i : i + 4]) for i in range(0, LETRAS_DO_CODIGO, 4))


def resumo_do_codigo(codigo: str) -> str:
    """Returns what is stored of a code, however it was typed (small letters, spaces, without hyphens)."""
    limpo = "".join(c for c in codigo.upper() if c.isalnum())
    return hashlib.sha256(b"separador/codigo/1\0" + limpo.encode()).hexdigest()
