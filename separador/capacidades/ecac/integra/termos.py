"""Signed termos and the tokens they gave, per author. In memory: the termo itself is the service's to keep."""

import threading
from collections import defaultdict
from datetime import datetime, timedelta

from separador.capacidades.ecac.integra.autorizacao import TokenTermo

_MARGEM = timedelta(seconds=60)


class Termos:
    """Thread-safe; `vez` lets one caller per author renew while the others wait."""

    def __init__(self) -> None:
        self._trava = threading.Lock()
        self._vezes: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._termos: dict[str, bytes] = {}
        self._tokens: dict[str, TokenTermo] = {}

    def vez(self, autor: str) -> threading.Lock:
        """The author's turn."""
        with self._trava:
            return self._vezes[autor]

    def guardar(self, autor: str, termo: bytes) -> None:
        """A termo; another one than before ends the token of the one before."""
        with self._trava:
            if self._termos.get(autor) != termo:
                self._tokens.pop(autor, None)
            self._termos[autor] = termo

    def termo(self, autor: str) -> bytes | None:
        """What was signed."""
        with self._trava:
            return self._termos.get(autor)

    def token(self, autor: str, agora: datetime) -> TokenTermo | None:
        """Still good for a minute at least."""
        with self._trava:
            token = self._tokens.get(autor)
        return token if token is not None and agora + _MARGEM < token.expira_em else None

    def anotar(self, autor: str, token: TokenTermo | None) -> None:
        """What the termo was answered with."""
        with self._trava:
            if token is None:
                self._tokens.pop(autor, None)
            else:
                self._tokens[autor] = token
