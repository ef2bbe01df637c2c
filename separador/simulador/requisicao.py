"""Reads and writes HTTP/1.1 as far as a SOAP or JSON service needs it: whole requests in, answers out."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus

LIMITE_CABECALHO_BYTES = 64 * 1024
LIMITE_CORPO_BYTES = 24 * 1024 * 1024

_TAMANHO = re.compile(rb"[0-9]{1,9}")
_PEDACO = re.compile(rb"[0-9A-Fa-f]{1,7}")


@dataclass(frozen=True, slots=True)
class Pedido:
    """One request. `cabecalhos` by lower-case name. `certificado` is the caller's (DER)."""

    metodo: str
    caminho: str
    consulta: str
    cabecalhos: dict[str, str]
    corpo: bytes = field(repr=False)
    certificado: bytes = field(default=b"", repr=False)


class Entrega(Enum):
    """The fate of an answer on its way."""

    INTEIRA = auto()
    NENHUMA = auto()  # the connection is reset instead
    METADE = auto()  # half of the body, then the connection is reset
    LENTA = auto()  # in small pieces


@dataclass(frozen=True, slots=True)
class Resposta:
    """One answer. It leaves `atraso_s` after the request was whole, however long it took to make."""

    estado: int
    corpo: bytes = field(repr=False)
    tipo: str
    atraso_s: float = 0.0
    entrega: Entrega = Entrega.INTEIRA
    fechar: bool = False
    cabecalhos: tuple[tuple[str, str], ...] = ()

    def bytes_(self) -> bytes:
        """Returns the bytes that go over the wire."""
        linhas = [f"HTTP/1.1 {self.estado} {_frase(self.estado)}", f"Content-Type: {self.tipo}"]
        linhas += [f"Content-Length: {len(self.corpo)}", *(f"{n}: {v}" for n, v in self.cabecalhos)]
        linhas += ["Connection: close"] if self.fechar else []
        return "\r\n".join((*linhas, "", "")).encode("latin-1") + self.corpo


def _frase(estado: int) -> str:
    try:
        return HTTPStatus(estado).phrase
    except ValueError:
        return "Unknown"


class MalFeitoError(ValueError):
    """The bytes are no request that this server understands; `estado` is the HTTP answer."""

    def __init__(self, estado: int, motivo: str) -> None:
        super().__init__(motivo)
        self.estado = estado


@dataclass(slots=True)
class _Cabeca:
    metodo: str
    alvo: str
    cabecalhos: dict[str, str]
    tamanho: int | None  # None: in chunks


class Leitor:
    """Reads the requests of one connection, in order."""

    def __init__(self) -> None:
        self._bruto = bytearray()
        self._cabeca: _Cabeca | None = None
        self._corpo = bytearray()

    def alimentar(self, dados: bytes) -> None:
        """Takes more bytes."""
        self._bruto += dados

    @property
    def espera_continue(self) -> bool:
        """Says whether the caller waits for `100 Continue` before sending the body."""
        cabeca = self._cabeca
        return cabeca is not None and not self._bruto and cabeca.cabecalhos.get("expect", "").lower() == "100-continue"

    def cabeca(self) -> Pedido | None:
        """Returns the request that is being received, body empty, as soon as its headers are whole."""
        if self._cabeca is None:
            self._cabeca = self._ler_cabeca()
        return _pedido(self._cabeca, b"") if self._cabeca else None

    def proximo(self) -> Pedido | None:
        """Returns the next whole request, or None while it is not whole.

        Raises MalFeitoError; the connection is then of no use.
        """
        if self.cabeca() is None or self._cabeca is None:
            return None
        if not self._ler_corpo(self._cabeca.tamanho):
            return None
        feito = _pedido(self._cabeca, bytes(self._corpo))
        self._cabeca, self._corpo = None, bytearray()
        return feito

    def _ler_cabeca(self) -> _Cabeca | None:
        fim = self._bruto.find(b"\r\n\r\n")
        if fim < 0:
            if len(self._bruto) > LIMITE_CABECALHO_BYTES:
                raise MalFeitoError(431, "cabeçalho grande demais")
            return None
        linhas = bytes(self._bruto[:fim]).decode("latin-1").lstrip("\r\n").split("\r\n")
        del self._bruto[: fim + 4]
        primeira = linhas[0].split(" ")
        if len(primeira) != 3 or not primeira[2].startswith("HTTP/1."):
            raise MalFeitoError(400, "a primeira linha não é de HTTP/1.1")
        cabecalhos = {n.strip().lower(): v.strip() for n, sep, v in (x.partition(":") for x in linhas[1:]) if sep}
        return _Cabeca(primeira[0], primeira[1], cabecalhos, _tamanho(cabecalhos))

    def _ler_corpo(self, tamanho: int | None) -> bool:
        if tamanho is None:
            return self._ler_pedacos()
        if len(self._bruto) < tamanho:
            return False
        self._corpo += self._bruto[:tamanho]
        del self._bruto[:tamanho]
        return True

    def _ler_pedacos(self) -> bool:
        while (fim := self._bruto.find(b"\r\n")) >= 0:
            texto = bytes(self._bruto[:fim]).partition(b";")[0].strip()
            if not _PEDACO.fullmatch(texto):
                raise MalFeitoError(400, "pedaço sem tamanho")
            n = int(texto, 16)
            if len(self._corpo) + n > LIMITE_CORPO_BYTES:
                raise MalFeitoError(413, "corpo grande demais")
            if len(self._bruto) < fim + 2 + n + 2:
                return False
            self._corpo += self._bruto[fim + 2 : fim + 2 + n]
            del self._bruto[: fim + 2 + n + 2]
            if n == 0:
                return True
        return False


def _tamanho(cabecalhos: dict[str, str]) -> int | None:
    if cabecalhos.get("transfer-encoding", "").lower() == "chunked":
        return None
    texto = cabecalhos.get("content-length", "0").encode("latin-1")
    if not _TAMANHO.fullmatch(texto):
        raise MalFeitoError(400, "Content-Length inválido")
    if int(texto) > LIMITE_CORPO_BYTES:
        raise MalFeitoError(413, "corpo grande demais")
    return int(texto)


def _pedido(cabeca: _Cabeca, corpo: bytes) -> Pedido:
    caminho, _, consulta = cabeca.alvo.partition("?")
    return Pedido(cabeca.metodo, caminho, consulta, cabeca.cabecalhos, corpo)
