"""Holds a sentence and an example for every pattern of the official schemas.

A test compares these tables with the schemas of the installed package: none is missing, and every example is accepted.
"""

from typing import NamedTuple

from separador.nucleo.texto.quantidade import quantos


class Padrao(NamedTuple):
    """What a pattern asks for, in words, and a value that it takes."""

    frase: str
    exemplo: str


TEXTO = "[!-ÿ]{1}[ -ÿ]{0,}[!-ÿ]{1}|[!-ÿ]{1}"
"""Free text (TString): U+0020 to U+00FF, with no blank at either end."""

_DIA = (
    "(((20(([02468][048])|([13579][26]))-02-29))|(20[0-9][0-9])-((((0[1-9])|(1[0-2]))-((0[1-9])|(1\\d)|(2[0-8])))|"
    "((((0[13578])|(1[02]))-31)|(((0[1,3-9])|(1[0-2]))-(29|30)))))"
)
_HORA = "T(20|21|22|23|[0-1]\\d):[0-5]\\d:[0-5]\\d"
_FUSO = "([\\-,\\+](0[0-9]|10|11):00|([\\+](12):00))"
CHAVE = "[0-9]{6}[A-Z0-9]{12}[0-9]{26}"
_CHAVE_EXEMPLO = "35261111222333000181570010000001041173658628"
_QR = f"((HTTPS?|https?)://.*\\?chCTe={CHAVE}&tpAmb=[1-2](&sign={TEXTO})?)"
_QR_EXEMPLO = f"https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode?chCTe={_CHAVE_EXEMPLO}&tpAmb=1"


def _algarismos(numero: int, exemplo: str) -> Padrao:
    return Padrao(quantos(numero, "algarismo", "algarismos"), exemplo)


def _de_a(de: int, ate: int, exemplo: str) -> Padrao:
    return Padrao(f"de {de} a {ate} algarismos", exemplo)


def _inteiro(de: str, ate: str, exemplo: str) -> Padrao:
    return Padrao(f"número inteiro de {de} a {ate}, sem zeros à esquerda", exemplo)


def _decimal(inteiros: int, casas: int, *, zero: bool = True) -> Padrao:
    frase = (
        f"número com ponto (não vírgula) antes de {casas} casas decimais, até {inteiros} algarismos antes do ponto, "
        "sem ponto de milhar e sem zeros à esquerda"
    )
    return Padrao(frase if zero else f"{frase}, maior que zero", f"{'1000'[:inteiros]}.{'5'.ljust(casas, '0')}")


PADROES: dict[str, Padrao] = {
    TEXTO: Padrao(
        "texto em uma linha, só com letras, algarismos e sinais do alfabeto latino, sem espaço no início ou no fim",
        "RUA DAS FLORES",
    ),
    # numbers of fixed length
    "[0-9]{1}": _algarismos(1, "5"),
    "[0-9]{2}": _algarismos(2, "01"),
    "\\d{2}": _algarismos(2, "01"),
    "[0-9]{3}": _algarismos(3, "001"),
    "\\d{3}": _algarismos(3, "000"),
    "[0-9]{6}": _algarismos(6, "110111"),
    "\\d{6}": _algarismos(6, "000001"),
    "[0-9]{7}": _algarismos(7, "3550308"),
    "[0-9]{8}": _algarismos(8, "01001000"),
    "[0-9]{9}": _algarismos(9, "123456789"),
    "[0-9]{11}": _algarismos(11, "12345678909"),
    "[0-9]{12}": _algarismos(12, "123456789012"),
    "[0-9]{15}": _algarismos(15, "135260000000001"),
    "[0-9]{25}": _algarismos(25, "1234567890123456789012345"),
    # numbers of varying length
    "[0-9]{1,3}": _de_a(1, 3, "1"),
    "[0-9]{1,4}": _de_a(1, 4, "1058"),
    "[0-9]{1,5}": _de_a(1, 5, "80"),
    "[0-9]{1,15}": _de_a(1, 15, "1"),
    "[0-9]{1,44}": _de_a(1, 44, "12345"),
    "[0-9]{2,14}": _de_a(2, 14, "110042490114"),
    "[0-9]{3,4}": _de_a(3, 4, "100"),
    "[0-9]{3,11}": _de_a(3, 11, "12345678909"),
    "[0-9]{6,14}": _de_a(6, 14, "1133334444"),
    "[0-9]{7,12}": _de_a(7, 12, "1133334444"),
    "[0-9]{8,9}": _de_a(8, 9, "12345678"),
    "[1-9]{1}[0-9]{1,8}": _inteiro("10", "999999999", "12345678"),
    "[1-9]{1}[0-9]{0,3}": _inteiro("1", "9999", "1"),
    "[1-9]{1}[0-9]{0,5}": _inteiro("1", "999999", "1"),
    "[1-9]{1}[0-9]{0,8}": _inteiro("1", "999999999", "104"),
    "[1-9]{1}[0-9]{0,9}": _inteiro("1", "9999999999", "1"),
    "0|[1-9]{1}[0-9]{0,2}": _inteiro("0", "999", "1"),
    "[1-9]{1}[0-9]{0,1}|[1-8]{1}[0-9]{2}|[9]{1}[0-8]{1}[0-9]{1}|[9]{1}[9]{1}[0]{1}": _inteiro("1", "990", "1"),
    "[1-9][0-9]|0?[1-9]": Padrao("número inteiro de 1 a 99", "1"),
    # amounts
    "0|0\\.[0-9]{2}|[1-9]{1}[0-9]{0,2}(\\.[0-9]{2})?": _decimal(3, 2),
    "0|0\\.[0-9]{3}|[1-9]{1}[0-9]{0,2}(\\.[0-9]{3})?": _decimal(3, 3),
    "0|0\\.[0-9]{2,4}|[1-9]{1}[0-9]{0,2}(\\.[0-9]{2,4})?": Padrao(
        "número com ponto (não vírgula) antes de 2 a 4 casas decimais, até 3 algarismos antes do ponto, "
        "sem zeros à esquerda",
        "12.00",
    ),
    "[0-9]{1,3}(\\.[0-9]{2,3})?": Padrao(
        "número com ponto (não vírgula) antes de 2 ou 3 casas decimais, até 3 algarismos antes do ponto", "12.00"
    ),
    "0\\.[0-9]{1}[1-9]{1}|0\\.[1-9]{1}[0-9]{1}|[1-9]{1}[0-9]{0,2}(\\.[0-9]{2})?": _decimal(3, 2, zero=False),
    "0|0\\.[0-9]{3}|[1-9]{1}[0-9]{0,7}(\\.[0-9]{3})?": _decimal(8, 3),
    "0\\.[1-9]{1}[0-9]{2}|0\\.[0-9]{2}[1-9]{1}|0\\.[0-9]{1}[1-9]{1}[0-9]{1}|[1-9]{1}[0-9]{0,7}(\\.[0-9]{3})?": (
        _decimal(8, 3, zero=False)
    ),
    "0|0\\.[0-9]{4}|[1-9]{1}[0-9]{0,7}(\\.[0-9]{4})?": _decimal(8, 4),
    "0\\.[1-9]{1}[0-9]{3}|0\\.[0-9]{3}[1-9]{1}|0\\.[0-9]{2}[1-9]{1}[0-9]{1}|0\\.[0-9]{1}[1-9]{1}[0-9]{2}|"
    "[1-9]{1}[0-9]{0,7}(\\.[0-9]{4})?": _decimal(8, 4, zero=False),
    "0\\.[1-9]{1}[0-9]{5}|0\\.[0-9]{1}[1-9]{1}[0-9]{4}|0\\.[0-9]{2}[1-9]{1}[0-9]{3}|0\\.[0-9]{3}[1-9]{1}[0-9]{2}|"
    "0\\.[0-9]{4}[1-9]{1}[0-9]{1}|0\\.[0-9]{5}[1-9]{1}|[1-9]{1}[0-9]{0,8}(\\.[0-9]{6})?": _decimal(9, 6, zero=False),
    "0|0\\.[0-9]{4}|[1-9]{1}[0-9]{0,10}(\\.[0-9]{4})?": _decimal(11, 4),
    "0\\.[1-9]{1}[0-9]{3}|0\\.[0-9]{3}[1-9]{1}|0\\.[0-9]{2}[1-9]{1}[0-9]{1}|0\\.[0-9]{1}[1-9]{1}[0-9]{2}|"
    "[1-9]{1}[0-9]{0,10}(\\.[0-9]{4})?": _decimal(11, 4, zero=False),
    "0|0\\.[0-9]{3}|[1-9]{1}[0-9]{0,11}(\\.[0-9]{3})?": _decimal(12, 3),
    "0\\.[1-9]{1}[0-9]{2}|0\\.[0-9]{2}[1-9]{1}|0\\.[0-9]{1}[1-9]{1}[0-9]{1}|[1-9]{1}[0-9]{0,11}(\\.[0-9]{3})?": (
        _decimal(12, 3, zero=False)
    ),
    "0|0\\.[0-9]{4}|[1-9]{1}[0-9]{0,11}(\\.[0-9]{4})?": _decimal(12, 4),
    "0\\.[1-9]{1}[0-9]{3}|0\\.[0-9]{3}[1-9]{1}|0\\.[0-9]{2}[1-9]{1}[0-9]{1}|0\\.[0-9]{1}[1-9]{1}[0-9]{2}|"
    "[1-9]{1}[0-9]{0,11}(\\.[0-9]{4})?": _decimal(12, 4, zero=False),
    "0|0\\.[0-9]{2}|[1-9]{1}[0-9]{0,12}(\\.[0-9]{2})?": _decimal(13, 2),
    "0\\.[0-9]{1}[1-9]{1}|0\\.[1-9]{1}[0-9]{1}|[1-9]{1}[0-9]{0,12}(\\.[0-9]{2})?": _decimal(13, 2, zero=False),
    # time
    _DIA: Padrao("data que existe, na forma ano-mês-dia (AAAA-MM-DD)", "2026-12-02"),
    _DIA + _HORA + _FUSO: Padrao(
        "data e hora que existem, com T entre as duas e o fuso no fim (AAAA-MM-DDThh:mm:ss-03:00)",
        "2026-11-29T13:38:24-03:00",
    ),
    "(([0-1][0-9])|([2][0-3])):([0-5][0-9]):([0-5][0-9])": Padrao("hora na forma hh:mm:ss, até 23:59:59", "08:30:00"),
    # who and what
    "[A-Z0-9]{12}[0-9]{2}": Padrao(
        "CNPJ de 14 posições sem pontos, barra ou hífen: 12 algarismos ou letras maiúsculas e 2 algarismos",
        "11222333000181",
    ),
    "[0-9]{0}|[A-Z0-9]{12}[0-9]{2}": Padrao(
        "CNPJ de 14 posições sem pontos, barra ou hífen (12 algarismos ou letras maiúsculas e 2 algarismos), ou vazio",
        "11222333000181",
    ),
    "[A-Z0-9]{8}": Padrao("raiz do CNPJ: 8 algarismos ou letras maiúsculas", "11222333"),
    "[0-9]{0,14}|ISENTO": Padrao("até 14 algarismos sem pontos ou hífen, ou a palavra ISENTO", "388108598269"),
    "[0-9]{8}|ISENTO": Padrao("8 algarismos, ou a palavra ISENTO", "12345678"),
    "[A-Z]{2,3}[0-9]{4}|[A-Z]{3,4}[0-9]{3}|[A-Z0-9]{7}": Padrao(
        "placa sem hífen, com letras maiúsculas e algarismos", "ABC1D23"
    ),
    "[A-Z0-9]+": Padrao("letras maiúsculas e algarismos, sem espaços ou sinais", "9BWZZZ377VT004251"),
    "[!-ÿ]{8}|[!-ÿ]{10}": Padrao("8 ou 10 caracteres do alfabeto latino, sem espaços", "SP000001"),
    "[^@]+@[^\\.]+\\..+": Padrao("um endereço de e-mail: nome, arroba e domínio com ponto", "contato@exemplo.com.br"),
    "[123567][0-9]([0-9][1-9]|[1-9][0-9])": Padrao(
        "CFOP de 4 algarismos, que começa com 1, 2, 3, 5, 6 ou 7 e não acaba em 00", "6353"
    ),
    "[0-9]{4}|ND": Padrao("4 algarismos, ou as letras ND", "1203"),
    "E": Padrao("a letra E", "E"),
    "G": Padrao("a letra G", "G"),
    "M": Padrao("a letra M", "M"),
    # places
    "[0-9]\\.[0-9]{6}|[1-8][0-9]\\.[0-9]{6}|90\\.[0-9]{6}|-[0-9]\\.[0-9]{6}|-[1-8][0-9]\\.[0-9]{6}|-90\\.[0-9]{6}": (
        Padrao("latitude em graus de -90 a 90, com ponto e 6 casas decimais", "-23.550520")
    ),
    "[0-9]\\.[0-9]{6}|[1-9][0-9]\\.[0-9]{6}|1[0-7][0-9]\\.[0-9]{6}|180\\.[0-9]{6}|-[0-9]\\.[0-9]{6}|"
    "-[1-9][0-9]\\.[0-9]{6}|-1[0-7][0-9]\\.[0-9]{6}|-180\\.[0-9]{6}": Padrao(
        "longitude em graus de -180 a 180, com ponto e 6 casas decimais", "-46.633308"
    ),
    "(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])": (
        Padrao("endereço IP: 4 números de 0 a 255, com pontos entre eles", "192.0.2.10")
    ),
    # keys
    CHAVE: Padrao(
        "chave de acesso de 44 posições sem espaços: 6 algarismos, 12 algarismos ou letras maiúsculas, 26 algarismos",
        _CHAVE_EXEMPLO,
    ),
    f"CTe{CHAVE}": Padrao("as letras CTe e a chave de acesso de 44 posições, sem espaços", f"CTe{_CHAVE_EXEMPLO}"),
    "ID[0-9]{12}[A-Z0-9]{12}[0-9]{29}": Padrao(
        "as letras ID, o tipo do evento (6), a chave de acesso (44) e a sequência do evento (3), sem espaços",
        f"ID110111{_CHAVE_EXEMPLO}001",
    ),
    "ID[0-9]{15}": Padrao("as letras ID e o número do protocolo, de 15 algarismos", "ID135260000000001"),
    _QR: Padrao(
        "o endereço de consulta da SEFAZ com a chave e o ambiente (chCTe e tpAmb), e a assinatura (sign) só em "
        "contingência",
        _QR_EXEMPLO,
    ),
    # versions
    "4\\.00": Padrao("4.00", "4.00"),
    "4\\.(0[0-9]|[1-9][0-9])": Padrao("a versão 4.00", "4.00"),
}

DOS_PEDIDOS: dict[str, Padrao] = {
    "[0-9]{2,14}|ISENTO": Padrao("de 2 a 14 algarismos sem pontos ou hífen, ou a palavra ISENTO", "110042490114"),
}
"""Patterns that only fields of orders have."""


class Base(NamedTuple):
    """What a type without pattern asks for."""

    frase: str
    exemplo: str


BASES: dict[str, Base] = {
    "string": Base("texto", "TEXTO"),
    "ID": Base("um nome sem espaços, que só aparece uma vez no arquivo", "CTe1"),
    "IDREF": Base("um nome que existe no arquivo", "CTe1"),
    "anyURI": Base("um endereço", "#CTe1"),
    "base64Binary": Base("texto em base64: letras, algarismos, + e /, com = no fim quando sobra", "Q1RlIA=="),
    "integer": Base("número inteiro", "1"),
    "positiveInteger": Base("número inteiro maior que zero", "1"),
    "nonNegativeInteger": Base("número inteiro, zero ou maior", "0"),
    "decimal": Base("número com ponto antes das casas decimais", "1.00"),
    "gYearMonth": Base("ano e mês (AAAA-MM)", "2026-11"),
    "gYear": Base("ano (AAAA)", "2026"),
    "date": Base("data na forma ano-mês-dia (AAAA-MM-DD)", "2026-12-02"),
    "dateTime": Base("data e hora com T entre as duas (AAAA-MM-DDThh:mm:ss-03:00)", "2026-11-29T13:38:24-03:00"),
    "boolean": Base("true ou false", "true"),
}
TEXTOS = (
    "RUA DAS FLORES",
    "A",
    "UN",
    "SP1",
    "SALA",
    "PALETES",
    "CARGA SECA",
    "ENTREGA COM AGENDAMENTO PREVIO NA CENTRAL",
    "SAO PAULO SP",
)
"""Examples of free text: the first of a length that the field takes is shown."""
