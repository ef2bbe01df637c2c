"""Names one character as people call it, and shows the part of a text around it."""

import unicodedata
from typing import NamedTuple

AO_REDOR = 18
"""Characters shown on each side of a fault."""

_INICIO_DO_LATIM_1, _FIM_DO_LATIM_1 = 0x20, 0xFF


class _Letra(NamedTuple):
    nome: str
    conselho: str


_HIFEN = "troque por hífen (-)"
_ASPAS = 'troque por aspas retas (")'
_APOSTROFO = "troque por apóstrofo (')"
_ESPACO = "troque por um espaço comum"
_INVISIVEL = "apague esta letra, que não se vê"
_LINHA = "troque por um espaço: o campo é uma linha só"

_ESPECIAIS = {
    "\t": _Letra("tabulação", _ESPACO),
    "\n": _Letra("quebra de linha", _LINHA),
    "\r": _Letra("quebra de linha", _LINHA),
    "\u0085": _Letra("quebra de linha", _LINHA),
    "\u2028": _Letra("quebra de linha", _LINHA),
    "\u2029": _Letra("quebra de parágrafo", _LINHA),
    "\u00a0": _Letra("espaço inseparável", _ESPACO),
    "\u00ad": _Letra("hífen invisível", _INVISIVEL),
    "\u200b": _Letra("espaço sem largura", _INVISIVEL),
    "\u200c": _Letra("separador sem largura", _INVISIVEL),
    "\u200d": _Letra("ligação sem largura", _INVISIVEL),
    "\ufeff": _Letra("marca de ordem de bytes (BOM)", _INVISIVEL),
    "\ufffd": _Letra("letra perdida em conversão", "digite de novo a letra que se perdeu, e grave o texto em UTF-8"),
    "\u2010": _Letra("hífen tipográfico", _HIFEN),
    "\u2011": _Letra("hífen inseparável", _HIFEN),
    "\u2012": _Letra("traço de algarismo", _HIFEN),
    "\u2013": _Letra("meia-risca", _HIFEN),
    "\u2014": _Letra("travessão", _HIFEN),
    "\u2015": _Letra("barra horizontal", _HIFEN),
    "\u2212": _Letra("sinal de menos", _HIFEN),
    "\u2018": _Letra("aspa simples de abertura", _APOSTROFO),
    "\u2019": _Letra("aspa simples de fechamento", _APOSTROFO),
    "\u2032": _Letra("sinal de minuto", _APOSTROFO),
    "\u201c": _Letra("aspas curvas de abertura", _ASPAS),
    "\u201d": _Letra("aspas curvas de fechamento", _ASPAS),
    "\u201e": _Letra("aspas baixas", _ASPAS),
    "\u2026": _Letra("reticências", "troque por três pontos (...)"),
    "\u2022": _Letra("marcador", _HIFEN),
    "\u20ac": _Letra("sinal de euro", "troque por EUR"),
    "\u2122": _Letra("sinal de marca registrada", "apague o sinal"),
    "\u2116": _Letra("sinal de número", "troque por No. ou Nº"),
}
_ACENTOS = {
    "\u0300": "acento grave",
    "\u0301": "acento agudo",
    "\u0302": "circunflexo",
    "\u0303": "til",
    "\u0308": "trema",
    "\u030a": "anel",
    "\u0327": "cedilha",
}
_SINAIS = {
    " ": "um espaço",
    ",": "uma vírgula",
    ".": "um ponto",
    "-": "um hífen",
    "/": "uma barra",
    ":": "dois-pontos",
    ";": "ponto e vírgula",
    "+": "um sinal de mais",
    "(": "um parêntese",
    ")": "um parêntese",
    "_": "um sublinhado",
    "@": "uma arroba",
    "&": "um E comercial",
    "%": "um sinal de por cento",
    "#": "uma cerquilha",
    "*": "um asterisco",
    "'": "um apóstrofo",
    '"': "aspas",
}
_POR_CATEGORIA = (
    ("Mn", "acento solto"),
    ("Me", "acento solto"),
    ("Cc", "caractere de controle"),
    ("Cf", "caractere invisível"),
    ("Co", "caractere de uso particular"),
    ("Zs", "espaço tipográfico"),
    ("S", "símbolo"),
    ("L", "letra de fora do alfabeto latino da SEFAZ"),
    ("N", "algarismo de fora do alfabeto latino"),
    ("P", "sinal tipográfico"),
)


def latina(letra: str) -> bool:
    """Says whether the schema's free text (TString) takes a character."""
    return _INICIO_DO_LATIM_1 <= ord(letra) <= _FIM_DO_LATIM_1


def solto(letra: str) -> bool:
    """Says whether a character is an accent without its letter, as in a decomposed text (NFD)."""
    return unicodedata.combining(letra) != 0


def nomear(letra: str) -> str:
    """Returns what a character is called; one that a keyboard does not give comes with its code."""
    codigo = f"U+{ord(letra):04X}"
    if letra in _ESPECIAIS:
        nome = _ESPECIAIS[letra].nome
        return f"{nome} {letra} {codigo}" if _visivel(letra) else f"{nome} ({codigo})"
    if solto(letra):
        return f"acento solto ({_ACENTOS.get(letra, 'sinal')} {codigo})"
    if letra in _SINAIS:
        return f"{_SINAIS[letra]} ({letra})" if letra != " " else "um espaço"
    if letra.isascii() and letra.isalnum():
        return f"o algarismo {letra}" if letra.isdigit() else f"a letra {_caixa(letra)}{letra}"
    if letra.isascii() and letra.isprintable():
        return f"o sinal {letra}"
    if latina(letra) and letra.isalpha():
        return f"a letra {_caixa(letra)}com acento {letra}"
    categoria = unicodedata.category(letra)
    nome = next((n for prefixo, n in _POR_CATEGORIA if categoria.startswith(prefixo)), "caractere")
    return f"{nome} {letra} {codigo}" if _visivel(letra) else f"{nome} ({codigo})"


def aconselhar(letra: str, texto: str) -> str:
    """Returns what to do about a character that a text must not have."""
    if letra in _ESPECIAIS:
        return _ESPECIAIS[letra].conselho
    if solto(letra):
        junto = unicodedata.normalize("NFC", texto)
        return (
            "grave o texto em NFC" if all(map(latina, junto)) else "grave o texto em NFC e apague o acento que sobrar"
        )
    if unicodedata.category(letra).startswith(("C", "Zs")) and letra != " ":
        return _INVISIVEL
    return "troque por letra, algarismo ou sinal comum do teclado, ou apague"


def trecho(texto: str, posicao: int) -> str:
    """Returns the part of a text around a place (counted from 0), between «», with blanks and controls made visible."""
    inicio, fim = max(0, posicao - AO_REDOR), min(len(texto), posicao + AO_REDOR + 1)
    while inicio and solto(texto[inicio]):
        inicio -= 1
    antes, depois = "…" if inicio else "", "…" if fim < len(texto) else ""
    return f"«{antes}{mostrar(texto[inicio:fim])}{depois}»"


def mostrar(texto: str) -> str:
    """Returns a text in one line, with signs in the place of what cannot be seen."""
    return "".join(_sinal(letra) for letra in texto)


def _sinal(letra: str) -> str:
    if letra in "\n\u0085\u2028\u2029":
        return "↵"
    if letra == "\t":
        return "⇥"
    if letra == "\r":
        return "␍"
    return letra if _visivel(letra) or letra == " " or solto(letra) else f"‹U+{ord(letra):04X}›"


def _visivel(letra: str) -> bool:
    return letra.isprintable() and not letra.isspace() and not solto(letra)


def _caixa(letra: str) -> str:
    return "minúscula " if letra.islower() else ""
