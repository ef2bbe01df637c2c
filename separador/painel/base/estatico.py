"""Gives out the style, the scripts and the icon, under names that change with their content."""

import hashlib
from functools import cache
from pathlib import Path

PASTA = Path(__file__).parent.parent / "estatico"
TIPOS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def arquivos() -> dict[str, tuple[bytes, str]]:
    """Returns the content and media type of every static file, by its name with the digest."""
    lidos = {p: p.read_bytes() for p in sorted(PASTA.iterdir()) if p.suffix in TIPOS}
    return {_com_resumo(p, dados): (dados, TIPOS[p.suffix]) for p, dados in lidos.items()}


@cache
def endereco(nome: str) -> str:
    """Returns the path of a static file."""
    arquivo = PASTA / nome
    return f"/estatico/{_com_resumo(arquivo, arquivo.read_bytes())}"


def _com_resumo(arquivo: Path, dados: bytes) -> str:
    return f"{arquivo.stem}.{hashlib.sha256(dados).hexdigest()[:16]}{arquivo.suffix}"
