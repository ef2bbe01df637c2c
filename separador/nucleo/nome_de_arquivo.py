"""Handles file names: bytes on the disk, one safe line on a screen.

A name is the bytes that the other program wrote, UTF-8 or not. It is stored and used as bytes. Only `mostrar` turns it
into text.
"""

import re
import unicodedata
from collections.abc import Iterable

LIMITE = 255
"""The bytes that a name may have on every filesystem of interest (NAME_MAX)."""

PASTA_PROPRIA = b".separador"
"""The folder that the product keeps inside each origin and destination."""

_TEMPORARIO = re.compile(
    rb"(?:\..*|~\$.*|~syncthing~.*|.*~|.*\.(?:part|partial|filepart|tmp|temp|crdownload|download|opdownload|swp|swo|swx|!ut))\Z",
    re.IGNORECASE | re.DOTALL,
)
_METADADO = re.compile(
    rb"(?:\._.*|\.ds_store|\.separador|thumbs\.db(?::.*)?|ehthumbs(?:_vista)?\.db|desktop\.ini|@eadir|@recycle|#recycle|#snapshot"
    rb"|__macosx|\.appledouble|\.spotlight-v100|\.fseventsd|\.trash.*|\.directory|\.stfolder|\.stversions|\.stignore"
    rb"|\.nfs[0-9a-f]{8,}|\.fuse_hidden.*|\.smbdelete.*|\$recycle\.bin|system volume information|lost\+found)\Z",
    re.IGNORECASE | re.DOTALL,
)


def mostrar(nome: bytes) -> str:
    r"""Returns one printable line for a person.

    A byte that is not UTF-8 becomes `\x..`, a character that is not printable `\x..` or `\u....`. Two different names
    never look the same: the backslash itself is doubled.
    """
    texto = nome.decode("utf-8", "surrogateescape")
    if texto.isprintable() and "\\" not in texto:
        return texto
    return "".join(c if c.isprintable() and c != "\\" else _escapado(c) for c in texto)


def _escapado(c: str) -> str:
    ponto = ord(c)
    if c == "\\":
        return "\\\\"
    if 0xDC80 <= ponto <= 0xDCFF:  # a byte that surrogateescape carried
        return f"\\x{ponto - 0xDC00:02x}"
    if ponto < 0x80:
        return f"\\x{ponto:02x}"
    return f"\\u{ponto:04x}" if ponto <= 0xFFFF else f"\\U{ponto:08x}"


def comparavel(nome: bytes) -> str:
    """Returns a key that is the same for two spellings of a name: case folded, composed form (NFC).

    It is never used to open a file.
    """
    texto = nome.decode("utf-8", "surrogateescape")
    if texto.isascii():
        return texto.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", texto).casefold())


def temporario(nome: bytes) -> bool:
    """Says whether the name means that its writer has not finished."""
    return _TEMPORARIO.match(nome) is not None


def metadado(nome: bytes) -> bool:
    """Says whether the name is a by-product of an operating system or a NAS, never a document."""
    return _METADADO.match(nome) is not None


def ignorado(nome: bytes) -> str | None:
    """Returns why a file of this name is not taken, in Portuguese. Returns None when the name is no obstacle."""
    if metadado(nome):
        return "arquivo de sistema, não é documento"
    if temporario(nome):
        return "nome temporário: quem grava ainda não terminou"
    return None


def separar_sufixo(nome: bytes, sufixos: Iterable[str | bytes]) -> tuple[bytes, bytes]:
    """Cuts a name into base and suffix (as written in the name) at the longest suffix that matches.

    Without a match it cuts at the last dot; without a dot there is no suffix.
    """
    regras = (s.encode("utf-8") if isinstance(s, str) else s for s in sufixos)
    for regra in sorted(regras, key=len, reverse=True):
        corte = _corte(nome, regra)
        if corte is not None:
            return nome[:corte], nome[corte:]
    ponto = nome.rfind(b".")
    return (nome[:ponto], nome[ponto:]) if ponto > 0 else (nome, b"")


def _corte(nome: bytes, sufixo: bytes) -> int | None:
    """Returns where the suffix begins in the name, or None.

    Outside ASCII two equal spellings may differ in length, hence the search.
    """
    if not sufixo:
        return None
    if sufixo.isascii():
        return len(nome) - len(sufixo) if nome[-len(sufixo) :].lower() == sufixo.lower() else None
    alvo = comparavel(sufixo)
    return next((i for i in range(len(nome)) if nome[i] & 0xC0 != 0x80 and comparavel(nome[i:]) == alvo), None)


def compor(base: bytes, sufixo: bytes) -> bytes:
    """Returns `<base><suffix>`. The base is cut between characters where the whole would pass 255 bytes."""
    sobra = LIMITE - len(sufixo)
    if sobra <= 0:
        raise ValueError(f"sufixo com {len(sufixo)} bytes não cabe em um nome de arquivo")
    return _encurtado(base, sobra) + sufixo


def _encurtado(base: bytes, limite: int) -> bytes:
    if len(base) <= limite:
        return base
    fim = limite
    while fim > limite - 4 and base[fim] & 0xC0 == 0x80:  # never in the middle of a UTF-8 character
        fim -= 1
    return base[:fim]


def numerar(nome: bytes, n: int, sufixo: str | bytes = b"") -> bytes:
    """Puts the number before the compound suffix: `base~2-pro-rec.xml`. A number below 2 changes nothing."""
    base, fim = separar_sufixo(nome, (sufixo,) if sufixo else ())
    return compor(base, b"~%d" % n + fim) if n > 1 else nome
