"""Reads the IBGE table of municipalities."""

from pathlib import Path

from separador.fiscal.regras.ufs import CODIGO_UF, EXTERIOR

MUNICIPIO_EXTERIOR = "9999999"


def _ler() -> dict[str, str]:
    texto = (Path(__file__).parent / "dados" / "municipios.csv").read_text("utf-8")
    return {linha[:7]: linha[8:] for linha in texto.split("\n") if linha and not linha.startswith("#")}


MUNICIPIOS = _ler()
"""Code → name."""
_PREFIXO = {**CODIGO_UF, EXTERIOR: MUNICIPIO_EXTERIOR[:2]}


def municipio_existe(codigo: str) -> bool:
    """Says whether the code is in the table, or is the code of "abroad"."""
    return codigo in MUNICIPIOS or codigo == MUNICIPIO_EXTERIOR


def municipio_da_uf(codigo: str, uf: str) -> bool:
    """Says whether the first two digits of the code are of that state. 99 is abroad (EX)."""
    return codigo[:2] == _PREFIXO.get(uf)
