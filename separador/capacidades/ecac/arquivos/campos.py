"""Reads one field of a guide as people and programs write it: a value, or the reason why not. Pure."""

import re
from datetime import date
from decimal import Decimal

from separador.capacidades.ecac.dominio.arrecadacao import TAMANHO_NUMERO, TipoDocumento, canonico, completo, so_digitos
from separador.capacidades.ecac.dominio.guia import Periodo, ler_periodo
from separador.nucleo.chave import cnpj_valido

TIPOS = {"DARF": TipoDocumento.DARF, "DAS": TipoDocumento.DAS}
_CIENTIFICA = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE)
_REAIS = re.compile(r"(?:R\$\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?")
_PONTO = re.compile(r"(?:R\$\s*)?(\d{1,3}(?:,\d{3})+|\d+)\.(\d{1,2})")
_DIA_BR = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+00:00(?::00)?)?")
_DIA_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
VALOR_MAXIMO = Decimal("999999999.99")
"""Largest value that SICALC takes."""


class CampoError(Exception):
    """The fault of a field and its remedy, in Portuguese."""

    def __init__(self, mensagem: str, o_que_fazer: str) -> None:
        super().__init__(mensagem)
        self.mensagem, self.o_que_fazer = mensagem, o_que_fazer


def ler_empresa(texto: str) -> str:
    """Returns the CNPJ without mask. One that a spreadsheet stripped of its leading zeros is completed when the digits
    agree."""
    limpo = re.sub(r"[\s./-]", "", texto).upper()
    for candidato in (limpo, limpo.zfill(14)):
        if cnpj_valido(candidato):
            return candidato
    if _CIENTIFICA.fullmatch(texto.strip()):
        raise _do_excel(texto, "CNPJ")
    raise CampoError(f'"{texto}" não é um CNPJ: os dígitos não conferem.', "Corrija o CNPJ da empresa.")


def _do_excel(texto: str, o_que: str) -> CampoError:
    return CampoError(
        f'"{texto}" está em notação científica: a planilha trocou os algarismos do {o_que}.',
        "Formate a coluna como texto na planilha e digite o número de novo.",
    )


def ler_tipo(texto: str) -> TipoDocumento:
    """Returns DARF or DAS."""
    tipo = TIPOS.get(texto.strip().upper())
    if tipo is None:
        raise CampoError(f'"{texto}" não é um tipo de guia.', "Escreva DARF ou DAS.")
    return tipo


def ler_numero(texto: str) -> str:
    """Returns the 17 digits, with the leading zero put back."""
    if _CIENTIFICA.fullmatch(texto.strip()):
        raise _do_excel(texto, "número")
    digitos = so_digitos(texto)
    if digitos is None or not canonico(digitos):
        raise CampoError(f'"{texto}" não é o número de um documento.', "Escreva os 17 algarismos do número da guia.")
    if len(canonico(digitos)) > TAMANHO_NUMERO:
        mensagem = f'"{texto}" tem {len(digitos)} algarismos; o número do documento tem {TAMANHO_NUMERO}.'
        raise CampoError(mensagem, "Confira: o código de barras e a linha digitável têm o seu próprio campo.")
    return completo(digitos)


def ler_valor(texto: str) -> Decimal:
    """Returns reais: `1.458,30`, `1458,30`, `1458.30`; two decimals at most, positive or zero."""
    limpo = texto.strip()
    m = _REAIS.fullmatch(limpo)
    if m is not None and not re.fullmatch(r"\d{1,3}\.\d{3}", limpo):
        valor = Decimal(m.group(1).replace(".", "") + "." + (m.group(2) or "0"))
    elif (p := _PONTO.fullmatch(limpo)) is not None:
        valor = Decimal(p.group(1).replace(",", "") + "." + p.group(2))
    elif m is not None:
        mensagem = f'"{texto}" tem dois sentidos: mil e tantos reais, ou um valor com três decimais.'
        raise CampoError(mensagem, "Escreva os centavos: 1.458,00.")
    else:
        raise CampoError(f'"{texto}" não é um valor em reais.', "Escreva como 1.458,30 ou 1458.30.")
    if valor > VALOR_MAXIMO:
        raise CampoError(f'"{texto}" é maior do que uma guia pode ter.', "Confira o valor.")
    return valor.quantize(Decimal("0.01"))


def ler_dia(texto: str) -> date:
    """Returns the date of `dd/mm/aaaa` or `aaaa-mm-dd`. Of a longer instant it takes the first ten characters, never
    converted."""
    limpo = texto.strip()
    try:
        if (m := _DIA_BR.fullmatch(limpo)) is not None:
            return date(int(m.group(3)), int(m.group(2)), int(m.group(1)))
        if (m := _DIA_ISO.fullmatch(limpo)) is not None:
            return date(int(m.group(1)), int(m.group(2)), int(m.group(3)))
    except ValueError:
        pass  # no such day: said below
    raise CampoError(f'"{texto}" não é uma data.', "Escreva como 31/12/2026 ou 2026-12-31.")


def ler_receita(texto: str) -> str:
    """Returns four digits. A spreadsheet drops the leading zero."""
    digitos = re.sub(r"[\s-]", "", texto)
    if not re.fullmatch(r"[0-9]{1,4}", digitos) or not digitos.strip("0"):
        raise CampoError(f'"{texto}" não é um código de receita.', "Escreva os 4 algarismos do código, como 0561.")
    return digitos.zfill(4)


def ler_competencia(texto: str) -> Periodo:
    """Returns the period: day, month, quarter or year."""
    periodo = ler_periodo(texto)
    if periodo is None:
        raise CampoError(f'"{texto}" não é um período.', "Escreva como 05/2026, 1T/2026 ou 31/05/2026.")
    return periodo
