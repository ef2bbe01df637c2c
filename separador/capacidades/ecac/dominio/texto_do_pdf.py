"""Reads the text of a receipt or of a guide. It is pure: text in, values out.

Extractors scramble lines, so nothing here relies on their order more than it must. Where the text can be read in two
ways, the answer is None with the reason, never a guess: a wrong number would fetch somebody else's receipt.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, canonico, completo, dv_confere
from separador.capacidades.ecac.dominio.codigo_barras import Barra, da_linha, ler
from separador.capacidades.ecac.dominio.guia import Periodo, ler_periodo
from separador.nucleo.chave import cnpj_valido, cpf_valido

_MASCARA = re.compile(r"(?<![\d.])\d{2}\.\d{2}\.\d{5}\.\d{7}-\d(?![\d.])")
_DEZESSETE = re.compile(r"(?<![\d.,/-])\d{17}(?![\d,/-])")
_CNPJ = re.compile(r"(?<![\w.])[A-Z0-9]{2}\.[A-Z0-9]{3}\.[A-Z0-9]{3}/[A-Z0-9]{4}-\d{2}(?!\d)")
_CPF = re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_DATA = re.compile(r"(?<![\d/])(\d{2})/(\d{2})/(\d{4})(?![\d/])")
_COMPETENCIA = re.compile(r"(?<![\d/])(\d{2}/\d{4})(?![\d/])")
_VALOR = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d{2}(?![\d,])")
_CABECALHO = re.compile(r"Comprovante\s+de\s+Arrecada[çc][ãa]o", re.IGNORECASE)
_DE_QUE = re.compile(r"registro\s+de\s+arrecada[çc][ãa]o\s+de\s+(DARF\s+SIMPLES|DARF|DAS|DAE|DJE)\b", re.IGNORECASE)
_ROTULO_PAGO = re.compile(r"Data\s+(?:de|da)\s+Arrecada[çc][ãa]o", re.IGNORECASE)
_EMITIDO = re.compile(r"emitido\s+[àa]s\s+[\d:]+\s+de\s+(\d{2})/(\d{2})/(\d{4})", re.IGNORECASE)
_PAGO_NO_BANCO = re.compile(r"(?<![\d/])(\d{2})/(\d{2})/(\d{4})\s+\d{3}\s*-\s*[^\W\d]")
_TOTAIS = re.compile(r"\bTota(?:is|l)\b[^\d\n]*((?:(?:\d[\d.]*,\d{2}|-)[ \t]*)+)", re.IGNORECASE)
_BARRA_44 = re.compile(r"(?<!\d)8\d{43}(?!\d)")
_LINHA_48 = re.compile(r"(?<!\d)8\d{10}[ .-]*\d(?:\s*\d{11}[ .-]*\d){3}(?!\d)")
_TIPOS = {
    "DARF SIMPLES": TipoDocumento.DARF_SIMPLES,
    "DARF": TipoDocumento.DARF,
    "DAS": TipoDocumento.DAS,
    "DAE": TipoDocumento.DAE,
    "DJE": TipoDocumento.DJE,
}
_DO_ORGAO = {"DARF": TipoDocumento.DARF, "DAS": TipoDocumento.DAS}


@dataclass(frozen=True, slots=True)
class TextoComprovante:
    """The content of a receipt. `periodo`: the day it prints, or the first day of the month of a DAS."""

    contribuinte: str
    tipo: TipoDocumento
    numero: str
    arrecadacao: date
    total: Decimal | None
    periodo: date | None
    vencimento: date | None


@dataclass(frozen=True, slots=True)
class TextoGuia:
    """The content of a guide. `motivos`: why a field is None, in Portuguese. `limite`: last day accepted (barcode)."""

    contribuinte: str | None
    tipo: TipoDocumento | None
    numero: str | None
    valor: Decimal | None
    vencimento: date | None
    periodo: Periodo | None
    limite: date | None
    motivos: tuple[str, ...] = ()


def contribuintes(texto: str) -> set[str]:
    """Returns every CNPJ and CPF that has its mask and right check digits."""
    cnpjs = {re.sub(r"[./-]", "", n) for n in _CNPJ.findall(texto)}
    cpfs = {re.sub(r"[.-]", "", n) for n in _CPF.findall(texto)}
    return {n for n in cnpjs if cnpj_valido(n)} | {n for n in cpfs if cpf_valido(n)}


def numeros(texto: str) -> set[str]:
    """Returns every document number, with or without mask, as 17 digits."""
    return {completo(n) for n in (*_MASCARA.findall(texto), *_DEZESSETE.findall(texto)) if canonico(n)}


def e_comprovante(texto: str) -> bool:
    """Says whether the text calls itself a receipt."""
    return _CABECALHO.search(texto) is not None


# --- receipts --------------------------------------------------------------------------------------------------------


def ler_comprovante(texto: str) -> TextoComprovante | str:
    """Reads a receipt. Else returns why it is none that can be filed (Portuguese, without final stop)."""
    if not e_comprovante(texto):
        return "não é um comprovante de arrecadação"
    tipo = _DE_QUE.search(texto)
    dono, numero = _um_dono(texto), _um_numero(texto)
    if tipo is None:
        return "o comprovante não diz de que documento é (DARF, DAS…)"
    if dono is None:
        return "o comprovante não traz um CNPJ ou CPF, ou traz mais de um"
    if numero is None:
        return "o comprovante não traz o número do documento, ou traz mais de um"
    pago = _arrecadacao(texto, numero)
    if pago is None:
        return "o comprovante não traz a data de arrecadação"
    periodo, vencimento = _periodo_e_vencimento(texto, numero)
    nome = " ".join(tipo.group(1).upper().split())
    return TextoComprovante(dono, _TIPOS[nome], numero, pago, _total(texto), periodo, vencimento)


def _um_dono(texto: str) -> str | None:
    achados = contribuintes(texto)
    return next(iter(achados)) if len(achados) == 1 else None


def _um_numero(texto: str) -> str | None:
    """Returns the only number; among several, the only one with the right check digit."""
    achados = numeros(texto)
    if len(achados) > 1:
        achados = {n for n in achados if dv_confere(n)}
    return next(iter(achados)) if len(achados) == 1 else None


def _arrecadacao(texto: str, numero: str) -> date | None:
    """Returns the date beside the bank's number, else the first date after its label.

    It is never the date of emission, nor a later one. The line of the document's number is skipped, wherever the
    extractor put it: it holds period and due date.
    """
    rotulo = _ROTULO_PAGO.search(texto)
    if rotulo is None:
        return None
    emitido = next((d for m in _EMITIDO.finditer(texto) if (d := _dia(m)) is not None), date.max)
    do_banco = {d for m in _PAGO_NO_BANCO.finditer(texto) if (d := _dia(m)) is not None}
    depois = _sem_outras_datas(texto[rotulo.end() :], numero)
    pago = do_banco.pop() if len(do_banco) == 1 else next(_datas(depois), None)
    return pago if pago is not None and pago <= emitido else None


def _sem_outras_datas(texto: str, numero: str) -> str:
    linhas = _EMITIDO.sub(" ", texto).splitlines()
    return "\n".join(x for x in linhas if numero not in numeros(x))


def _datas(texto: str) -> Iterator[date]:
    return (d for m in _DATA.finditer(texto) if (d := _dia(m)) is not None)


def _total(texto: str) -> Decimal | None:
    """Returns the largest value of the line of totals: the order of the columns is not the same everywhere."""
    linha = next((m for m in _TOTAIS.finditer(texto) if _VALOR.search(m.group(1))), None)
    return max(_reais(v) for v in _VALOR.findall(linha.group(1))) if linha else None


def _periodo_e_vencimento(texto: str, numero: str) -> tuple[date | None, date | None]:
    """Returns period and due date, which stand on the number's line.

    A date of that line that does not exist makes the others uncertain.
    """
    linha = next((x for x in texto.splitlines() if numero in numeros(x)), "")
    lidas = [_dia(m) for m in _DATA.finditer(linha)]
    datas = [] if None in lidas else [d for d in lidas if d is not None]
    meses = [p for m in _COMPETENCIA.findall(linha) if (p := ler_periodo(m)) is not None]
    if len(datas) == 2:
        return datas[0], datas[1]
    if len(datas) == 1 and meses:
        return meses[0].inicio, datas[0]
    return (None, datas[0]) if len(datas) == 1 else (None, None)


# --- guides ----------------------------------------------------------------------------------------------------------


def ler_guia(texto: str) -> TextoGuia:
    """Reads number, value and due date. What is not certain is None, with the reason.

    The number is accepted only when all masked occurrences agree and the barcode holds the same digits.
    """
    motivos: list[str] = []
    barra = _barra(texto, motivos)
    numero = _numero_aceito(texto, barra, motivos)
    donos = contribuintes(texto)
    if len(donos) != 1:
        motivos.append("o PDF não traz um CNPJ ou CPF, ou traz mais de um")
    return TextoGuia(
        contribuinte=next(iter(donos)) if len(donos) == 1 else None,
        tipo=_DO_ORGAO.get(barra.tipo or "") if barra else None,
        numero=numero,
        valor=_valor_aceito(texto, barra, motivos),
        vencimento=_vencimento_aceito(texto, barra, motivos),
        periodo=_periodo(texto),
        limite=barra.limite if barra else None,
        motivos=tuple(motivos),
    )


def _barra(texto: str, motivos: list[str]) -> Barra | None:
    """Returns the only barcode, as 44 digits or as a typed line, with all its check digits right."""
    codigos = {c for c in _BARRA_44.findall(texto) if ler(c)}
    codigos |= {c for m in _LINHA_48.findall(texto) if (c := da_linha(m)) is not None and ler(c)}
    if len(codigos) == 1:
        return ler(codigos.pop())
    motivos.append("o PDF traz mais de um código de barras" if codigos else "o PDF não traz um código de barras válido")
    return None


def _numero_aceito(texto: str, barra: Barra | None, motivos: list[str]) -> str | None:
    """Returns the number when all masked occurrences agree and the barcode holds the same digits."""
    mascarados = {completo(n) for n in _MASCARA.findall(texto)}
    if not mascarados:
        motivos.append("o PDF não traz o número do documento")
    elif len(mascarados) > 1:
        motivos.append("os números de documento no PDF não são todos o mesmo")
    elif barra is not None and barra.numero not in mascarados:
        motivos.append("o número do documento não é o do código de barras")
    elif barra is not None:
        return barra.numero
    return None


def _valor_aceito(texto: str, barra: Barra | None, motivos: list[str]) -> Decimal | None:
    """Returns the barcode's value, when the same amount is printed."""
    if barra is None:
        return None
    if barra.valor > 0 and barra.valor in {_reais(v) for v in _VALOR.findall(texto)}:
        return barra.valor
    motivos.append("o valor do código de barras não está escrito no PDF")
    return None


_APOS_ROTULO = re.compile(r"Vencimento\s*:?\s*(\d{2})/(\d{2})/(\d{4})(?![\d/])", re.IGNORECASE)


def _vencimento_aceito(texto: str, barra: Barra | None, motivos: list[str]) -> date | None:
    """Returns the date right after its label, else the last date before the number on its line.

    A date after the last day accepted is refused.
    """
    achadas = {d for m in _APOS_ROTULO.finditer(texto) if (d := _dia(m)) is not None}
    achadas = achadas or {d for x in texto.splitlines() if (d := _data_antes_do_numero(x)) is not None}
    if len(achadas) != 1:
        motivos.append("o PDF não traz a data de vencimento, ou traz mais de uma")
        return None
    vencimento = achadas.pop()
    if barra is not None and barra.limite is not None and vencimento > barra.limite:
        motivos.append("a data de vencimento é posterior à do código de barras")
        return None
    return vencimento


def _data_antes_do_numero(linha: str) -> date | None:
    numero = _MASCARA.search(linha)
    if numero is None:
        return None
    antes = list(_DATA.finditer(linha, 0, numero.start()))
    return _dia(antes[-1]) if antes else None


_ROTULO_PA = re.compile(r"Per[íi]odo\s+(?:de\s+)?Apura[çc][ãa]o", re.IGNORECASE)
_PERIODO = re.compile(r"(\d{2}/\d{2}/\d{4}|[A-Za-zç]{4,9}\s*/\s*\d{4}|\d{2}/\d{4})")


def _periodo(texto: str) -> Periodo | None:
    """Returns the first period after its label."""
    rotulo = _ROTULO_PA.search(texto)
    if rotulo is None:
        return None
    lidos = (ler_periodo(m.group(1)) for m in _PERIODO.finditer(texto, rotulo.end()))
    return next((p for p in lidos if p is not None), None)


def _dia(m: re.Match[str]) -> date | None:
    try:
        return date(int(m.group(3)), int(m.group(2)), int(m.group(1)))
    except ValueError:
        return None


def _reais(texto: str) -> Decimal:
    return Decimal(texto.replace(".", "").replace(",", "."))
