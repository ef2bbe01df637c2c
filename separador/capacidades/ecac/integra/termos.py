"""Holds signed termos and their tokens, per author, in memory. The service keeps the termo itself."""

import threading
from collections import defaultdict
from datetime import datetime, timedelta

from separador.capacidades.ecac.integra.autorizacao import TokenTermo

_MARGEM = timedelta(seconds=60)


class Termos:
    """The termos and tokens. Thread-safe; `vez` lets one caller per author renew while the others wait."""

    def __init__(self) -> None:
        self._trava = threading.Lock()
        self._vezes: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._termos: dict[str, bytes] = {}
        self._tokens: dict[str, TokenTermo] = {}

    def vez(self, autor: str) -> threading.Lock:
        """Returns the author's lock."""
        with self._trava:
            return self._vezes[autor]

    def guardar(self, autor: str, termo: bytes) -> None:
        """Keeps a termo. A new one ends the token of the one before."""
        with self._trava:
            if self._termos.get(autor) != termo:
                self._tokens.pop(autor, None)
            self._termos[autor] = termo

    def termo(self, autor: str) -> bytes | None:
        """Returns the signed termo."""
        with self._trava:
            return self._termos.get(autor)

    def token(self, autor: str, agora: datetime) -> TokenTermo | None:
        """Returns the token, if it is good for another minute at least."""
        with self._trava:
            token = self._tokens.get(autor)
        return token if token is not None and agora + _MARGEM < token.expira_em else None

    def anotar(self, autor: str, token: TokenTermo | None) -> None:
        """Notes the token that the termo was answered with; None = there is none."""
        with self._trava:
            if token is None:
                self._tokens.pop(autor, None)
            else:
                self._tokens[autor] = token
