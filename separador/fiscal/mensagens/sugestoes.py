"""Finds the same value written as the layout wants it, where that needs no guess."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from separador.nucleo.texto_fiscal import limpar

_DIA_BRASILEIRO = re.compile(r"(\d\d)[/.-](\d\d)[/.-](\d{4})(.*)", re.DOTALL)
_NUMERO = re.compile(r"[+-]?\d*[.,]?\d+|[+-]?\d+[.,]")
_DECIMAL = re.compile(r"(\d+)\.(\d*)")
_CASAS = (2, 3, 4)
_DIA_E_HORA = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")


def sugerir(valor: str, serve: Callable[[str], bool]) -> str | None:
    """Returns the first other form of a value that fits, or None."""
    return next((s for s in _formas(valor) if s != valor and s and serve(s)), None)


def _formas(valor: str) -> Iterator[str]:
    limpo = limpar(unicodedata.normalize("NFC", valor))
    yield valor.strip()
    yield limpo
    yield limpo.upper()
    yield limpo.lstrip("0")
    com_ponto = _com_ponto(limpo)
    yield com_ponto
    if m := _DECIMAL.fullmatch(com_ponto):
        yield from (f"{m[1]}.{m[2]:0<{casas}}" for casas in _CASAS)
    if not _NUMERO.fullmatch(limpo):  # without its point or its sign, -1.5 would be another number
        yield re.sub(r"[\s./()-]", "", limpo)
        yield re.sub(r"[\s./()-]", "", limpo).upper()
    iso = _DIA_BRASILEIRO.sub(r"\3-\2-\1\4", limpo)
    yield iso
    if m := _DIA_E_HORA.fullmatch(iso):
        yield f"{m[1]}T{m[2]}{m[3] or ':00'}{_fuso(m[4])}"
        yield m[1]


def _com_ponto(limpo: str) -> str:
    """Returns a number as Brazil writes it (1.234,50) with the point of the layout; any other text as it is."""
    inteiro, virgula, casas = limpo.rpartition(",")
    return f"{inteiro.replace('.', '')}.{casas}" if virgula and "." not in casas and "," not in inteiro else limpo


def _fuso(dito: str | None) -> str:
    if dito is None:
        return "-03:00"
    return "+00:00" if dito == "Z" else f"{dito[:3]}:{dito[-2:]}"
