"""Finds every stable code SEP-… that the source can make: written out, or made of a prefix and a word.

The tables themselves (`falhas.py`) are not looked at.
"""

import ast
import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from separador import pastas
from separador.motor.entrada.falhas_da_origem import codigo_da_espera
from separador.nucleo.arquivo_completo import Motivo
from separador.pastas.erros import FalhaDePasta, codigo_da_falha

FONTE = Path(__file__).resolve().parents[2] / "separador"
_TABELAS = ("nucleo/falhas*.py", "acesso/falhas.py", "capacidades/*/falhas.py")
_CODIGO = re.compile(r"SEP(?:-[A-Z0-9]+)+")
_REQUISITO = re.compile(r"SEP-\d+")
_DE_PASTAS = ("Problema", "_sobre")
"""What takes the word of a folder's failure."""
_PROPRIAS = ("codigo_da_falha", "codigo_da_espera")
"""What makes the codes of folders and of waiting files; their words are known here."""


@functools.cache
def codigos_do_fonte() -> frozenset[str]:
    """Returns the codes. Raises LookupError for one that is made in a way that is not known here."""
    tabelas = {arquivo for padrao in _TABELAS for arquivo in FONTE.glob(padrao)}
    modulos = {a: ast.parse(a.read_text(encoding="utf-8")) for a in FONTE.rglob("*.py") if a not in tabelas}
    codigos = {codigo_da_espera(m) for m in Motivo}
    for pasta in pkgutil.walk_packages(pastas.__path__, f"{pastas.__name__}."):
        importlib.import_module(pasta.name)  # a subclass is known once its module is
    codigos |= {codigo_da_falha(f.codigo) for f in (FalhaDePasta, *FalhaDePasta.__subclasses__())}
    for modulo in modulos.values():
        codigos |= set(_escritos(modulo))
        codigos |= {codigo_da_falha(p) for nome in _DE_PASTAS for p in _palavras(modulo, nome)}
        for prefixo, nome, e_classe in _prefixos(modulo):
            lidos = list(modulos.values()) if e_classe else [modulo]  # other modules raise a class too
            codigos |= {prefixo + palavra for um in lidos for palavra in _palavras(um, nome)}
    return frozenset(codigos)


def _escritos(modulo: ast.Module) -> Iterator[str]:
    """Yields the codes that are written out. A beginning of codes, in `startswith`, is none."""
    inicios = {
        id(argumento)
        for no in ast.walk(modulo)
        if isinstance(no, ast.Call) and isinstance(no.func, ast.Attribute) and no.func.attr == "startswith"
        for argumento in no.args
    }
    textos = [no for no in ast.walk(modulo) if isinstance(no, ast.Constant) and isinstance(no.value, str)]
    for texto in (str(no.value) for no in textos if id(no) not in inicios):
        if _CODIGO.fullmatch(texto) and not _REQUISITO.fullmatch(texto):
            yield texto


def _prefixos(modulo: ast.Module) -> Iterator[tuple[str, str, bool]]:
    """Yields the prefix of each composed code, the name that is called with the word, and whether that is a class."""
    nos = list(ast.walk(modulo))
    donos = [(no.name, no, False) for no in nos if isinstance(no, ast.FunctionDef) and no.name != "__init__"]
    for classe in (no for no in nos if isinstance(no, ast.ClassDef)):
        donos += [
            (classe.name, f, True) for f in classe.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"
        ]
    for nome, corpo, e_classe in donos:
        for prefixo in filter(None, map(_prefixo, ast.walk(corpo))):
            if prefixo != "SEP-":
                yield prefixo, nome, e_classe
            elif nome not in _PROPRIAS:
                raise LookupError(f"um código SEP- é composto em {nome}")


def _prefixo(no: ast.AST) -> str:
    """Returns the beginning of an f-string that makes a code, else an empty text."""
    if not isinstance(no, ast.JoinedStr) or not isinstance(no.values[0], ast.Constant):
        return ""
    inicio = str(no.values[0].value)
    return inicio if re.fullmatch(r"SEP-(?:[A-Z0-9]+-)*", inicio) else ""


def _palavras(modulo: ast.Module, nome: str) -> Iterator[str]:
    """Yields the first argument of each call of a name, where it is a text."""
    chamadas = (no for no in ast.walk(modulo) if isinstance(no, ast.Call) and isinstance(no.func, ast.Name))
    primeiros = (c.args[0] for c in chamadas if isinstance(c.func, ast.Name) and c.func.id == nome and c.args)
    yield from (p.value for p in primeiros if isinstance(p, ast.Constant) and isinstance(p.value, str))
