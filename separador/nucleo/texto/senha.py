"""Reads the password out of a small text file, as people and their programs write one."""

import codecs

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def senha_do_texto(conteudo: bytes) -> bytes:
    """Returns the password in UTF-8, without BOM and without the final line break.

    The text may be UTF-8, UTF-16 (PowerShell and Notepad write it, with a BOM or without) or, when it is neither,
    Windows-1252. A password holds no NUL, which tells UTF-16 without BOM. Bytes that are no text stay as they are.
    """
    for codificacao, corpo in _leituras(conteudo):
        try:
            texto = corpo.decode(codificacao)
        except UnicodeDecodeError:
            continue
        return texto.removesuffix("\n").removesuffix("\r").encode()
    return conteudo.removesuffix(b"\n").removesuffix(b"\r")


def _leituras(conteudo: bytes) -> list[tuple[str, bytes]]:
    for bom, codificacao in _BOMS:
        if conteudo.startswith(bom):
            return [(codificacao, conteudo.removeprefix(bom))]
    if len(conteudo) >= 2 and len(conteudo) % 2 == 0 and b"\0" in conteudo:
        return [("utf-16-be" if conteudo[0] == 0 else "utf-16-le", conteudo)]
    return [("utf-8", conteudo), ("cp1252", conteudo)]
