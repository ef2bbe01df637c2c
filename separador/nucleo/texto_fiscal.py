"""Text as the layouts take it: U+0020 to U+00FF, no blank at either end (type TString; fatos/cte.md 2, item 7)."""

import re

# What word processors put into a text, and what the schema takes instead.
_TIPOGRAFIA = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-", "€": "EUR", "\u00a0": " "}
)
_FORA_DO_LATIM = re.compile(r"[^ -~¡-ÿ]")


def limpar(texto: str) -> str:
    """Blanks collapsed and typographic signs replaced; what is still outside the layout stays for `estranho`."""
    return " ".join(texto.translate(_TIPOGRAFIA).split())


def estranho(limpo: str) -> str | None:
    """The first character of a cleaned text that SEFAZ does not take, if any."""
    achado = _FORA_DO_LATIM.search(limpo)
    return achado.group() if achado else None
