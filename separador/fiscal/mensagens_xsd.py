"""Translates what libxml2 says about a document into plain Portuguese.

It says which tag, which value, what was expected, what to do.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from separador.nucleo.erro import Erro

MAIOR_VALOR_MOSTRADO = 60
_CORRIJA = "Corrija o valor no sistema emissor e gere o arquivo de novo."


class Achado(Protocol):
    """An entry of lxml's error log."""

    @property
    def line(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def type_name(self) -> str: ...


_CABECA = re.compile(
    r"Element '(?:\{[^}]*\})?([^']+)'(?:, attribute '(?:\{[^}]*\})?([^']+)')?: (?:\[facet '\w+'\] )?(.*)", re.DOTALL
)
_NOME = re.compile(r"(?:\{[^}]*\})?([\w.*-]+)")
_ESPERADO = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_VALOR = re.compile(r"[Vv]alue '(.*?)' (?:is not|has|of)", re.DOTALL)
_PADRAO = re.compile(r"accepted by the pattern '(.*)'\.?$", re.DOTALL)
_CONJUNTO = re.compile(r"element of the set \{(.*)\}", re.DOTALL)
_COMPRIMENTO = re.compile(r"length of '(\d+)'.*length of '(\d+)'")
_LIMITE = re.compile(r"'([^']*)'\)?\.?$")

# These patterns of the official schema have a name that people know. Others are shown as they are.
_PADROES = {
    "[!-ÿ]{1}[ -ÿ]{0,}[!-ÿ]{1}|[!-ÿ]{1}": (
        "texto sem espaço no início ou no fim e só com caracteres latinos (sem travessão, aspas curvas, € ou emoji)"
    ),
    r"4\.00": "4.00",
    "[0-9]{15}": "15 algarismos",
    "[0-9]{8}": "8 algarismos",
    "[0-9]{7}": "7 algarismos",
    "[0-9]{44}": "44 algarismos",
    "[0-9]{6}[A-Z0-9]{12}[0-9]{26}": "chave de acesso de 44 posições",
    "[A-Z0-9]{12}[0-9]{2}": "CNPJ de 14 posições",
    "[0-9]{11}": "CPF de 11 algarismos",
    "0|[1-9]{1}[0-9]{0,2}": "número de 0 a 999, sem zeros à esquerda",
    "[1-9]{1}[0-9]{0,8}": "número de 1 a 999999999, sem zeros à esquerda",
    r"0|0\.[0-9]{2}|[1-9]{1}[0-9]{0,12}(\.[0-9]{2})?": "valor com ponto e 2 casas decimais (ex.: 1000.00)",
    "CTe[0-9]{6}[A-Z0-9]{12}[0-9]{26}": "CTe seguido da chave de 44 posições",
}


def traduzir(achados: Iterable[Achado], codigo: str, regra: str) -> Iterator[Erro]:
    """Yields one Erro per finding. What libxml2 repeats about the same value in the same place is left out."""
    vistos: set[tuple[int, str]] = set()
    for achado in achados:
        m = _CABECA.match(achado.message)
        if m is None or achado.type_name == "SCHEMAV_CVC_IDC":
            continue
        tag, atributo, resto = m.groups()
        lugar = (achado.line, f"{tag}@{atributo}" if atributo else tag)
        seguimento = achado.type_name.startswith(("SCHEMAV_CVC_DATATYPE", "SCHEMAV_CVC_PATTERN"))
        if seguimento and lugar in vistos and _valor(resto) in ("", None):
            continue
        vistos.add(lugar)
        yield _erro(achado, tag, atributo, resto, codigo, regra)


def _erro(achado: Achado, tag: str, atributo: str | None, resto: str, codigo: str, regra: str) -> Erro:
    if codigo == "215" and (atributo or "") == "versao":
        codigo = "239"
    quem = f"O atributo {atributo} da tag {tag}" if atributo else f"A tag {tag}"
    mensagem, o_que_fazer = _texto(achado.type_name, quem, tag, resto)
    return Erro(codigo, regra, mensagem, o_que_fazer, achado.line or None, atributo or tag)


def _texto(tipo: str, quem: str, tag: str, resto: str) -> tuple[str, str]:
    if tipo == "SCHEMAV_ELEMENT_CONTENT":
        return _ordem(tag, resto)
    if tipo == "SCHEMAV_CVC_COMPLEX_TYPE_4":
        nome = (_LIMITE.search(resto.replace(" is required but missing", "")) or [None, "?"])[1]
        return f"Falta o atributo {nome} na tag {tag}.", "Inclua o atributo no sistema emissor."
    if tipo.startswith("SCHEMAV_CVC_COMPLEX_TYPE_3"):
        return f"{quem} não existe no leiaute.", "Retire o atributo."
    if tipo == "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
        return f"A tag {tag} tem texto solto entre as tags de dentro.", "Retire o texto solto."
    if tipo == "SCHEMAV_CVC_TYPE_3_1_2":
        return f"A tag {tag} só aceita um valor, não outras tags dentro.", "Retire as tags de dentro."
    if tipo == "SCHEMAV_CVC_ELT_1":
        return f"A tag {tag} não é conhecida neste lugar.", "Confira o leiaute 4.00 no sistema emissor."
    return _facetas(tipo, quem, resto)


def _ordem(tag: str, resto: str) -> tuple[str, str]:
    nomes = _esperados(resto)
    lista = f"<{nomes[0]}>" if len(nomes) == 1 else "uma destas: " + ", ".join(f"<{n}>" for n in nomes)
    if resto.startswith("Missing child"):
        return f"Na tag {tag} falta {lista}.", "Preencha o que falta no sistema emissor."
    if not nomes:
        return f"A tag {tag} não pode estar neste lugar.", "Retire a tag, ou confira a ordem das tags no leiaute 4.00."
    return (
        f"A tag {tag} não pode estar neste lugar: aqui era esperada {lista}.",
        "Inclua a tag esperada antes desta, ou corrija a ordem ou o nome.",
    )


def _esperados(resto: str) -> list[str]:
    m = _ESPERADO.search(resto)
    return [n.group(1) for n in _NOME.finditer(m.group(1))] if m else []


def _facetas(tipo: str, quem: str, resto: str) -> tuple[str, str]:
    valor = _valor(resto)
    dito = f" com o valor {_curto(valor)!r}" if valor is not None else ""
    if m := _COMPRIMENTO.search(resto):
        relacao = {"MAX": "o máximo é", "MIN": "o mínimo é"}.get(tipo.removeprefix("SCHEMAV_CVC_")[:3], "o certo é")
        return f"{quem} tem {m[1]} caracteres; {relacao} {m[2]}.", _CORRIJA
    if m := _PADRAO.search(resto):
        return f"{quem} está{dito}, fora do formato: {_PADROES.get(m[1], m[1])}.", _CORRIJA
    if m := _CONJUNTO.search(resto):
        return f"{quem} está{dito}; os valores aceitos são: {m[1].replace(chr(39), '')}.", _CORRIJA
    if "nclusive" in resto or "xclusive" in resto or "facet" in resto or "exceeds" in resto or "less than" in resto:
        return f"{quem} está{dito}, fora dos limites do leiaute.", _CORRIJA
    return f"{quem} está{dito}, que não é um valor válido.", _CORRIJA


def _valor(resto: str) -> str | None:
    m = _VALOR.search(resto) or re.match(r"'(.*?)' is not a valid value", resto, re.DOTALL)
    return m.group(1) if m else None


def _curto(valor: str) -> str:
    return valor if len(valor) <= MAIOR_VALOR_MOSTRADO else valor[:MAIOR_VALOR_MOSTRADO] + "…"
