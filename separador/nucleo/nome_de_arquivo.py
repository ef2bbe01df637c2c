"""File names: bytes on the disk, one safe line on a screen (confiabilidade.md A9, B7, F1, F2, F4, F6).

A name is whatever bytes the other program wrote. It is stored and used as bytes; `mostrar` is the only way to text.
"""

import re
import unicodedata
from collections.abc import Iterable

LIMITE = 255
"""Bytes that a name may have on every filesystem of interest (NAME_MAX)."""

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
    r"""One printable line for a person: what is not UTF-8 or not printable becomes `\x..` or `\u....` (F1).

    Two different names never look the same: the backslash itself is doubled.
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
    """Key under which two spellings of a name are the same: case folded, composed form (F2). Never used to open a
    file."""
    texto = nome.decode("utf-8", "surrogateescape")
    if texto.isascii():
        return texto.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", texto).casefold())


def nome_valido(nome: bytes) -> bool:
    """Whether the name stays inside its folder: no separator, no NUL, not `.` nor `..`, 1 to 255 bytes (F6)."""
    return 0 < len(nome) <= LIMITE and b"/" not in nome and b"\0" not in nome and nome not in (b".", b"..")


def temporario(nome: bytes) -> bool:
    """Whether the name says that its writer has not finished (A9)."""
    return _TEMPORARIO.match(nome) is not None


def metadado(nome: bytes) -> bool:
    """Whether the name is a by-product of an operating system or a NAS, never a document (F4)."""
    return _METADADO.match(nome) is not None


def ignorado(nome: bytes) -> str | None:
    """Why a file of this name is not taken, in Portuguese, or None when the name is no obstacle (A9, F4)."""
    if metadado(nome):
        return "arquivo de sistema, não é documento"
    if temporario(nome):
        return "nome temporário: quem grava ainda não terminou"
    return None


def casa_sufixo(nome: bytes, regra: str) -> bool:
    """Whether the name ends in the compound suffix, whatever the case (SEP-06, B7)."""
    return _corte(nome, regra.encode("utf-8")) is not None


def separar_sufixo(nome: bytes, sufixos: Iterable[str | bytes]) -> tuple[bytes, bytes]:
    """Cut (base, suffix as written in the name) at the longest suffix that matches; else at the last dot; else no
    suffix."""
    regras = (s.encode("utf-8") if isinstance(s, str) else s for s in sufixos)
    for regra in sorted(regras, key=len, reverse=True):
        corte = _corte(nome, regra)
        if corte is not None:
            return nome[:corte], nome[corte:]
    ponto = nome.rfind(b".")
    return (nome[:ponto], nome[ponto:]) if ponto > 0 else (nome, b"")


def _corte(nome: bytes, sufixo: bytes) -> int | None:
    """Where the suffix begins in the name. Outside ASCII the lengths of two equal spellings may differ, hence the
    search."""
    if not sufixo:
        return None
    if sufixo.isascii():
        return len(nome) - len(sufixo) if nome[-len(sufixo) :].lower() == sufixo.lower() else None
    alvo = comparavel(sufixo)
    return next((i for i in range(len(nome)) if nome[i] & 0xC0 != 0x80 and comparavel(nome[i:]) == alvo), None)


def compor(base: bytes, sufixo: bytes) -> bytes:
    """`<base><suffix>`, the base cut between characters where the whole would pass 255 bytes."""
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
    """`base~2-pro-rec.xml`: the number goes before the compound suffix (contratos.md, File names). `n` is 2 or more."""
    base, fim = separar_sufixo(nome, (sufixo,) if sufixo else ())
    return compor(base, b"~%d" % n + fim) if n > 1 else nome
