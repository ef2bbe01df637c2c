"""Signs by a token in a process of its own, for the service: the token that signs documents all day stays as it is.

In one process a token is opened once: a second login would be refused without looking at the PIN, and the maker's
library may not be loaded anew while the first one is at work.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock

from cryptography import x509

from separador.capacidades.certificados.leitura import processo_do_token
from separador.capacidades.certificados.leitura.token import Referencia, TokenError
from separador.fiscal.certificado import identificar
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao

PRAZO_S = 60.0
"""Less than who asks by the socket waits."""
LEMBRADO_S = 600.0


class TokenAParte:
    """Signs with SHA-256 by a token; it is entered for each signature. `travas`: the vault's folder."""

    def __init__(self, referencia: Referencia, der: bytes, pin: str, travas: Path | None = None) -> None:
        self.referencia, self.der = referencia, der
        self.identidade = identificar(x509.load_der_x509_certificate(der))
        self._pin, self._travas = pin, travas

    def __repr__(self) -> str:
        """Shows nothing of the PIN."""
        return f"TokenAParte({self.referencia.rotulo!r})"

    def assinar_sha256(self, texto: bytes) -> bytes:
        """Signs by RSA PKCS#1 v1.5 with SHA-256. Raises TokenError."""
        with _RECUSADOS.trava:
            _RECUSADOS.conferir(self.referencia, self._pin)
            try:
                return self._assinar(texto)
            except TokenError as erro:
                if erro.codigo == "SEP-TOKEN-PIN":
                    _RECUSADOS.lembrar(self.referencia, self._pin)
                raise

    def _assinar(self, texto: bytes) -> bytes:
        dado = {
            "referencia": self.referencia.json(), "der": _em_texto(self.der), "pin": self._pin,
            "travas": str(self._travas) if self._travas is not None else None, "texto": _em_texto(texto),
        }  # fmt: skip
        caminho = os.pathsep.join(os.path.abspath(p) for p in sys.path if not p.endswith(".zip"))
        try:
            feito = subprocess.run(  # noqa: S603 - fixed arguments
                [sys.executable, "-P", "-m", processo_do_token.__name__],
                input=json.dumps(dado).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
                env=os.environ | {"PYTHONPATH": caminho}, start_new_session=True, timeout=PRAZO_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _calado(f"não respondeu em {PRAZO_S:.0f} s") from None
        except OSError as erro:
            raise _calado(f"não pôde ser usado ({razao(erro)})") from None
        try:
            lido = json.loads(feito.stdout)
        except ValueError:
            raise _calado("derrubou o processo que o usava") from None
        if "erro" in lido:
            codigo, mensagem, o_que_fazer = lido["erro"]
            raise TokenError(str(codigo).removeprefix("SEP-TOKEN-"), mensagem, o_que_fazer)
        return base64.b64decode(lido["assinatura"])


class _Recusados:
    """Remembers which PINs a token refused just now, so that a form that is sent twice does not spend a try.

    It keeps no PIN: only what tells whether it is the same one, by a key of this run.
    """

    def __init__(self) -> None:
        self.trava = Lock()
        self._chave = secrets.token_bytes(32)
        self._ate: dict[bytes, float] = {}

    def conferir(self, ref: Referencia, pin: str) -> None:
        """Raises TokenError for a PIN that is not tried again."""
        agora = time.monotonic()
        self._ate = {marca: ate for marca, ate in self._ate.items() if ate > agora}
        if self._marca(ref, pin) in self._ate:
            raise TokenError(
                "PIN",
                f"O token {ref.rotulo} acabou de recusar este mesmo PIN; ele não foi tentado de novo.",
                "Confira o PIN. Este é tentado outra vez só depois de"
                f" {quantos(int(LEMBRADO_S // 60), 'minuto', 'minutos')}: errar mais vezes bloqueia o token.",
            )

    def lembrar(self, ref: Referencia, pin: str) -> None:
        """Notes that the token refused it."""
        self._ate[self._marca(ref, pin)] = time.monotonic() + LEMBRADO_S

    def _marca(self, ref: Referencia, pin: str) -> bytes:
        return hmac.digest(self._chave, f"{ref.token}\0{pin}".encode(), hashlib.sha256)


_RECUSADOS = _Recusados()
"""One for the process: whoever asks, the token is the same."""


def _em_texto(dados: bytes) -> str:
    return base64.b64encode(dados).decode("ascii")


def _calado(como: str) -> TokenError:
    return TokenError("AUSENTE", f"O token {como}.", "Tire o token, ligue-o de novo e repita.")
