"""Brings text to the form of the layouts: U+0020 to U+00FF, no blank at either end (schema type TString)."""

import re

# The signs that word processors put into a text, and what the schema takes instead.
_TIPOGRAFIA = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-", "€": "EUR", "\u00a0": " "}
)
_FORA_DO_LATIM = re.compile(r"[^ -~¡-ÿ]")


def limpar(texto: str) -> str:
    """Collapses blanks and replaces typographic signs. `estranho` finds what is still outside the layout."""
    return " ".join(texto.translate(_TIPOGRAFIA).split())


def estranho(limpo: str) -> str | None:
    """Returns the first character of a cleaned text that SEFAZ does not take, or None."""
    achado = _FORA_DO_LATIM.search(limpo)
    return achado.group() if achado else None
