"""Finds the same value written as the layout wants it, where that needs no guess."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from separador.nucleo.texto_fiscal import limpar

_DIA_BRASILEIRO = re.compile(r"(\d\d)[/.-](\d\d)[/.-](\d{4})(.*)", re.DOTALL)
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
    yield limpo.replace(".", "").replace(",", ".") if "," in limpo else limpo
    yield re.sub(r"[\s./()-]", "", limpo)
    yield re.sub(r"[\s./()-]", "", limpo).upper()
    iso = _DIA_BRASILEIRO.sub(r"\3-\2-\1\4", limpo)
    yield iso
    if m := _DIA_E_HORA.fullmatch(iso):
        yield f"{m[1]}T{m[2]}{m[3] or ':00'}{_fuso(m[4])}"
        yield m[1]


def _fuso(dito: str | None) -> str:
    if dito is None:
        return "-03:00"
    return "+00:00" if dito == "Z" else f"{dito[:3]}:{dito[-2:]}"
