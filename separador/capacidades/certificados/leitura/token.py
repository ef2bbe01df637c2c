"""Lists the content of A3 tokens by PKCS#11, and signs with a key that never leaves the token.

python-pkcs11 (extra `a3`) is loaded only here and only when a token is used. The PIN is a parameter: it is in no URL,
no argument and no message. A refused PIN is never tried again from here. There is one operation at a time per token, in
this process and among processes.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from separador.fiscal.certificado import Identidade, identificar
from separador.fiscal.perfil_de_assinatura import HASH_DO_PERFIL
from separador.nucleo.falha import descrever

# DigestInfo of SHA-1 (RFC 8017, section 9.2, note 1). With it CKM_RSA_PKCS, which every token has, signs as the layout
# demands.
_DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
_DIGEST_INFO_256 = bytes.fromhex("3031300d060960864801650304020105000420")
_TRAVAS: dict[str, threading.RLock] = {}
_ABERTAS: set[int] = set()


class TokenError(Exception):
    """The token cannot do it now. `codigo` (SEP-TOKEN-…), `mensagem` and `o_que_fazer` are for the operator."""

    def __init__(self, codigo: str, mensagem: str, o_que_fazer: str) -> None:
        super().__init__(mensagem)
        self.codigo, self.mensagem, self.o_que_fazer = f"SEP-TOKEN-{codigo}", mensagem, o_que_fazer

    @property
    def do_pin(self) -> bool:
        """Says whether the PIN was the cause: then a person must give another."""
        return self.codigo in ("SEP-TOKEN-PIN", "SEP-TOKEN-BLOQUEADO", "SEP-TOKEN-ULTIMA", "SEP-TOKEN-SEM-PIN")

    @property
    def recusou(self) -> bool:
        """Says whether the token itself refused a PIN: then a stored PIN is not tried again."""
        return self.do_pin and self.codigo != "SEP-TOKEN-SEM-PIN"


@dataclass(frozen=True, slots=True)
class Referencia:
    """Names one key of one token: library of the maker, serial number and label of the token, id of the key (hex)."""

    modulo: str
    serie: str
    rotulo: str
    chave: str

    def json(self) -> str:
        """Returns the text that is stored; `de_json` is its inverse."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def de_json(cls, texto: str) -> "Referencia":
        return cls(**json.loads(texto))

    @property
    def token(self) -> str:
        """Returns a word for the token. Locks and PINs are kept by it."""
        return hashlib.sha256(f"{self.modulo}\0{self.serie}\0{self.rotulo}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class NoToken:
    """A certificate found in a token, with the place of its key."""

    referencia: Referencia
    der: bytes
    identidade: Identidade


_NUVEM = (
    "Ligue o token e repita. Num servidor em nuvem não há onde ligá-lo: use um certificado A1, ou rode o separador na "
    "máquina em que o token está."
)


def _biblioteca(modulo: str) -> Any:
    try:
        import pkcs11  # noqa: PLC0415 - the extra a3
    except ImportError:
        raise TokenError("SEM-SUPORTE", *descrever("SEP-TOKEN-SEM-SUPORTE")) from None
    if not Path(modulo).is_file():
        raise TokenError(
            "MODULO",
            f"A biblioteca PKCS#11 {modulo} não existe nesta máquina.",
            "Instale o programa do fabricante do token e informe o caminho da biblioteca (.so). " + _NUVEM,
        )
    try:
        biblioteca = pkcs11.lib(modulo)
        if not _ABERTAS:
            biblioteca.reinitialize()  # sees tokens plugged in since the last look; it would close open sessions
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as erro:
        raise TokenError(
            "MODULO",
            f"A biblioteca PKCS#11 {modulo} não pôde ser carregada ({type(erro).__name__}).",
            "Confira se é a biblioteca do fabricante para este sistema.",
        ) from None
    return biblioteca


def _tokens(modulo: str) -> list[Any]:
    import pkcs11  # noqa: PLC0415

    try:
        slots = _biblioteca(modulo).get_slots(token_present=True)
        return [t for s in slots if (t := s.get_token()) and pkcs11.TokenFlag.TOKEN_INITIALIZED in t.flags]
    except pkcs11.exceptions.PKCS11Error as erro:
        raise TokenError("AUSENTE", f"O leitor do token não responde ({type(erro).__name__}).", _NUVEM) from None


def _serie(token: Any) -> str:
    bruta = token.serial
    return (bruta.decode("ascii", "replace") if isinstance(bruta, bytes) else str(bruta)).strip()


def _achar_token(ref: Referencia) -> Any:
    achados = [t for t in _tokens(ref.modulo) if _serie(t) == ref.serie]
    if not achados:
        quais = f"{ref.rotulo} (série {ref.serie})"
        raise TokenError("AUSENTE", f"O token {quais} não está nesta máquina.", _NUVEM)
    return achados[0]


def procurar(modulo: str) -> list[NoToken]:
    """Returns every certificate that the tokens of this machine show without PIN.

    Raises TokenError when there is no token.
    """
    import pkcs11  # noqa: PLC0415

    tokens = _tokens(modulo)
    if not tokens:
        raise TokenError("AUSENTE", "Nenhum token A3 nesta máquina.", _NUVEM)
    achados = []
    for token in tokens:
        with _um_por_vez(f"{modulo}{_serie(token)}", None), token.open() as sessao:
            for objeto in sessao.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
                achado = _certificado(modulo, token, objeto)
                if achado is not None:
                    achados.append(achado)
    return achados


def _certificado(modulo: str, token: Any, objeto: Any) -> NoToken | None:
    import pkcs11  # noqa: PLC0415

    der, id_ = bytes(objeto[pkcs11.Attribute.VALUE]), bytes(objeto[pkcs11.Attribute.ID])
    try:
        identidade = identificar(x509.load_der_x509_certificate(der))
    except ValueError:
        return None  # an authority's odd certificate that somebody put there
    return NoToken(Referencia(modulo, _serie(token), str(token.label).strip(), id_.hex()), der, identidade)


@contextlib.contextmanager
def _um_por_vez(qual: str, trava: Path | None) -> Generator[None, None, None]:
    """Lets one operation at a time use a token.

    Threads wait per token. Processes wait for each other by a lock on the vault's folder (`trava`), whatever the token;
    with None they do not wait. The folder itself is locked: a file made by a command under sudo could not be opened by
    the service.
    """
    with _TRAVAS.setdefault(qual, threading.RLock()):
        if trava is None or not trava.is_dir():
            yield
            return
        fd = os.open(trava, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


class AssinanteDoToken:
    """Signs with a key in a token. The session stays open, so that the PIN is needed once per run.

    `falha`: the reason why the last signature failed; None after one that succeeded.
    """

    def __init__(self, referencia: Referencia, der: bytes, pin: str, travas: Path | None = None) -> None:
        """Finds the token, enters the PIN once, finds the key, and proves it by a signature. Raises TokenError."""
        self.referencia, self.der = referencia, der
        self.identidade = identificar(x509.load_der_x509_certificate(der))
        self.falha: TokenError | None = None
        self._trava = travas
        with _um_por_vez(referencia.token, self._trava):
            self._sessao = _entrar(_achar_token(referencia), pin)
            _ABERTAS.add(id(self))
            try:
                self._chave = self._achar_chave()
                self._provar()
            except BaseException:
                self.fechar()
                raise

    def assinar(self, texto: bytes) -> bytes:
        """Signs as `Certificado.assinar` does, by the token. Raises TokenError."""
        with _um_por_vez(self.referencia.token, self._trava):
            return self._assinar(texto)

    def assinar_sha256(self, texto: bytes) -> bytes:
        """Signs by RSA PKCS#1 v1.5 with SHA-256, for the e-CAC's termo. Raises TokenError."""
        with _um_por_vez(self.referencia.token, self._trava):
            return self._assinar_resumo(_DIGEST_INFO_256 + hashlib.sha256(texto).digest())

    def _assinar(self, texto: bytes) -> bytes:
        """Signs while the caller holds the lock of the token."""
        return self._assinar_resumo(_DIGEST_INFO + hashlib.sha1(texto, usedforsecurity=False).digest())

    def _assinar_resumo(self, dados: bytes) -> bytes:
        import pkcs11  # noqa: PLC0415

        try:
            assinatura = bytes(self._chave.sign(dados, mechanism=pkcs11.Mechanism.RSA_PKCS))
        except pkcs11.exceptions.PKCS11Error as erro:
            mensagem = f"O token {self.referencia.rotulo} parou de responder ({type(erro).__name__})."
            self.falha = TokenError("AUSENTE", mensagem, _NUVEM)
            raise self.falha from None
        self.falha = None
        return assinatura

    def fechar(self) -> None:
        """Leaves the token. A token that was pulled out has closed the session itself."""
        import pkcs11  # noqa: PLC0415

        _ABERTAS.discard(id(self))
        with contextlib.suppress(pkcs11.exceptions.PKCS11Error):
            self._sessao.close()

    def _achar_chave(self) -> Any:
        import pkcs11  # noqa: PLC0415

        procura = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
            pkcs11.Attribute.ID: bytes.fromhex(self.referencia.chave),
        }
        try:
            achadas = list(self._sessao.get_objects(procura))
        except pkcs11.exceptions.PKCS11Error as erro:
            raise TokenError("AUSENTE", f"O token não mostrou as chaves ({type(erro).__name__}).", _NUVEM) from None
        if not achadas:
            raise TokenError(
                "SEM-CHAVE",
                f"O token {self.referencia.rotulo} não tem mais a chave deste certificado.",
                "Veja o que há nele: separador certificado token --modulo CAMINHO; instale o certificado de novo.",
            )
        return achadas[0]

    def _provar(self) -> None:
        publica = x509.load_der_x509_certificate(self.der).public_key()
        prova = b"separador/prova"
        try:
            if isinstance(publica, RSAPublicKey):
                publica.verify(self._assinar(prova), prova, PKCS1v15(), HASH_DO_PERFIL)
                return
        except InvalidSignature:
            pass
        raise TokenError(
            "OUTRA-CHAVE",
            f"A chave que está no token {self.referencia.rotulo} não é a do certificado, ou não é RSA.",
            "Instale de novo o certificado que está no token: separador certificado instalar --a3.",
        )


def _entrar(token: Any, pin: str) -> Any:
    """Logs in, once. Asks the token's own counters before, so that a program never spends the last try."""
    import pkcs11  # noqa: PLC0415

    if pkcs11.TokenFlag.USER_PIN_LOCKED in token.flags:
        raise _bloqueado(token)
    if pkcs11.TokenFlag.USER_PIN_FINAL_TRY in token.flags:
        raise TokenError(
            "ULTIMA",
            f"Resta uma só tentativa de PIN no token {str(token.label).strip()}; ela não é gasta por programa.",
            "Digite o PIN certo no programa do fabricante (isto zera a contagem) e repita.",
        )
    try:
        return token.open(user_pin=pin)
    except pkcs11.exceptions.PinLocked:
        raise _bloqueado(token) from None
    except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange):
        raise TokenError(
            "PIN",
            f"O token {str(token.label).strip()} recusou o PIN; ele não será tentado de novo.",
            "Confira o PIN e informe-o: separador certificado pin APELIDO. Errar mais vezes bloqueia o token.",
        ) from None
    except pkcs11.exceptions.PKCS11Error as erro:
        raise TokenError("AUSENTE", f"O token não abriu ({type(erro).__name__}).", _NUVEM) from None


def _bloqueado(token: Any) -> TokenError:
    return TokenError(
        "BLOQUEADO",
        f"O PIN do token {str(token.label).strip()} está bloqueado.",
        "Desbloqueie com o PUK, no programa do fabricante, e informe o PIN: separador certificado pin APELIDO.",
    )
