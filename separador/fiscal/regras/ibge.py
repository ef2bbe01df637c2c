"""Reads the IBGE table of municipalities."""

from pathlib import Path

from separador.fiscal.regras.ufs import CODIGO_UF, EXTERIOR

MUNICIPIO_EXTERIOR = "9999999"


def _ler() -> dict[str, str]:
    texto = (Path(__file__).parent / "dados" / "municipios.csv").read_text("utf-8")
    return {linha[:7]: linha[8:] for linha in texto.split("\n") if linha and not linha.startswith("#")}


MUNICIPIOS = _ler()
"""Code → name."""
_CAPITAIS = dict(
    item.split(":")
    for item in (
        "RO:1100205 AC:1200401 AM:1302603 RR:1400100 PA:1501402 AP:1600303 TO:1721000 MA:2111300 PI:2211001 "
        "CE:2304400 RN:2408102 PB:2507507 PE:2611606 AL:2704302 SE:2800308 BA:2927408 MG:3106200 ES:3205309 "
        "RJ:3304557 SP:3550308 PR:4106902 SC:4205407 RS:4314902 MS:5002704 MT:5103403 GO:5208707 DF:5300108"
    ).split()
)
_PREFIXO = {**CODIGO_UF, EXTERIOR: MUNICIPIO_EXTERIOR[:2]}


def municipio_existe(codigo: str) -> bool:
    """Says whether the code is in the table, or is the code of "abroad"."""
    return codigo in MUNICIPIOS or codigo == MUNICIPIO_EXTERIOR


def municipio_de_exemplo(uf: str) -> str:
    """Returns the code of the capital of a state. It is "" for none."""
    return MUNICIPIO_EXTERIOR if uf == EXTERIOR else _CAPITAIS.get(uf, "")


def municipio_da_uf(codigo: str, uf: str) -> bool:
    """Says whether the first two digits of the code are of that state. 99 is abroad (EX)."""
    return codigo[:2] == _PREFIXO.get(uf)
