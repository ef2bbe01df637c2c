"""Encodes a text as CODE-128: set C for digits, set B for letters of an alphanumeric CNPJ (Anexo II, 2.17 and 7)."""

_PADROES = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222"
    " 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321"
    " 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121"
    " 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224"
    " 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111"
    " 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113"
    " 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split()
"""Widths of bar, space, bar…, by value (section 7; its second "61" is 71)."""

_PARA_C, _PARA_B = 99, 100
_INICIO_B, _INICIO_C = 104, 105
_FIM = 106
_PAR_QUE_VALE = 4
"""So many digits in a row are worth a change to set C, in the middle of a text."""


def larguras(texto: str) -> list[int]:
    """Returns the widths of the bars and spaces in turn, the first a bar, in modules; without the quiet zones."""
    valores = _valores(texto)
    soma = valores[0] + sum(i * v for i, v in enumerate(valores))
    return [int(d) for v in (*valores, soma % 103, _FIM) for d in _PADROES[v]]


def _valores(texto: str) -> list[int]:
    em_c = _digitos(texto, 0) >= min(_PAR_QUE_VALE, len(texto))
    valores = [_INICIO_C if em_c else _INICIO_B]
    i = 0
    while i < len(texto):
        seguidos = _digitos(texto, i)
        if em_c and seguidos >= 2:
            valores.append(int(texto[i : i + 2]))
            i += 2
        elif em_c:
            em_c = False
            valores.append(_PARA_B)
        elif seguidos >= _PAR_QUE_VALE and seguidos % 2 == 0:
            em_c = True
            valores.append(_PARA_C)
        else:
            valores.append(ord(texto[i]) - 32)
            i += 1
    return valores


def _digitos(texto: str, inicio: int) -> int:
    fim = inicio
    while fim < len(texto) and texto[fim] in "0123456789":
        fim += 1
    return fim - inicio
