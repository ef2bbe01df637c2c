"""Finds every SQL statement in the source of the program, with the values that the code itself passes with it.

A statement is a text that begins with its first word in capitals. Pieces that stand beside each other are one text, and
the names in an f-string are looked up in its module. Where a name is a local one, the caller gives its values. Values
count: SQLite takes a partial index for `estado = ?` only when the value bound is that of the index.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

_COMECO = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\s")
_FORA = ("simulador", "migracoes", "versoes")
"""Folders left out: the simulators have databases of their own; migrations, and going back from one, run once."""
_SEM_VALOR = ""
Locais = Mapping[str, Sequence[Mapping[str, object]]]
"""Place → the values that the local names of its statement may have."""


@dataclass(frozen=True, slots=True)
class Instrucao:
    """One statement. `onde`: module and function. `sql` None: a local name in it has no known value."""

    onde: str
    sql: str | None
    valores: tuple[object, ...] = ()


def instrucoes(raiz: Path, locais: Locais) -> list[Instrucao]:
    """Returns the statements of a package, in the order of its files."""
    arquivos = sorted(p for p in raiz.rglob("*.py") if not set(_FORA) & set(p.relative_to(raiz).parts))
    return [i for arquivo in arquivos for i in _do_arquivo(raiz, arquivo, locais)]


def _do_arquivo(raiz: Path, arquivo: Path, locais: Locais) -> Iterator[Instrucao]:
    arvore = ast.parse(arquivo.read_text(encoding="utf-8"))
    nos = list(ast.walk(arvore))
    if not any(_COMECO.match(_comeco_de(no, {})) for no in nos):
        return
    pais = {filho: pai for pai in nos for filho in ast.iter_child_nodes(pai)}
    modulo = ".".join(arquivo.relative_to(raiz.parent).with_suffix("").parts)
    nomes = vars(import_module(modulo))
    inicios = {no.values[0].value.id for no in nos if _comeca_por_nome(no)}  # type: ignore[attr-defined]
    for no in nos:
        if isinstance(pais.get(no), ast.JoinedStr) or not _COMECO.match(_comeco_de(no, nomes)):
            continue
        onde = f"{modulo}:{_funcao(no, pais)}"
        if onde.rpartition(":")[2] in inicios:
            continue  # only a beginning: the statements that are made of it come by themselves
        valores = tuple(_valor(a, nomes) for a in _argumentos(no, pais, arvore))
        for dados in locais.get(onde, ({},)):
            yield Instrucao(onde, _texto(no, nomes, dados), valores)


def _comeca_por_nome(no: ast.AST) -> bool:
    """Says whether a text begins with another one that has a name."""
    primeiro = no.values[0] if isinstance(no, ast.JoinedStr) and no.values else None
    return isinstance(primeiro, ast.FormattedValue) and isinstance(primeiro.value, ast.Name)


def _comeco_de(no: ast.AST, nomes: Mapping[str, Any]) -> str:
    if _comeca_por_nome(no):
        dito = nomes.get(no.values[0].value.id)  # type: ignore[attr-defined]
        return dito if isinstance(dito, str) else ""
    if isinstance(no, ast.JoinedStr) and no.values:
        no = no.values[0]
    return no.value if isinstance(no, ast.Constant) and isinstance(no.value, str) else ""


def _funcao(no: ast.AST, pais: Mapping[ast.AST, ast.AST]) -> str:
    """Returns the function that holds a text, or the name that a module gives it."""
    while no in pais:
        pai = pais[no]
        if isinstance(pai, ast.FunctionDef):
            return pai.name
        if isinstance(pai, ast.Assign) and isinstance(pais.get(pai), ast.Module):
            return ast.unparse(pai.targets[0])
        no = pai
    return ""


def _texto(no: ast.AST, nomes: Mapping[str, Any], locais: Mapping[str, object]) -> str | None:
    try:
        return str(_avaliado(no, {**nomes, **locais}))
    except NameError:
        return None


def _avaliado(no: ast.AST, nomes: Mapping[str, Any]) -> object:
    assert isinstance(no, ast.expr)
    return eval(compile(ast.Expression(no), "<sql>", "eval"), dict(nomes))


def _argumentos(no: ast.AST, pais: Mapping[ast.AST, ast.AST], arvore: ast.Module) -> list[ast.expr]:
    """Returns what stands after the statement in the call that runs it."""
    pai = pais.get(no)
    while isinstance(pai, ast.IfExp | ast.BinOp | ast.Starred):
        no, pai = pai, pais.get(pai)
    if isinstance(pai, ast.Assign) and isinstance(pai.targets[0], ast.Name):
        escopo: ast.AST = pai
        while not isinstance(escopo, ast.FunctionDef | ast.Module):
            escopo = pais[escopo]
        nome = pai.targets[0].id
        chamadas = [c for c in ast.walk(escopo) if isinstance(c, ast.Call)]
        usos = ((c, a) for c in chamadas for a in c.args if isinstance(a, ast.Name) and a.id == nome)
        chamada, no = next(usos, (None, no))
    else:
        chamada = pai if isinstance(pai, ast.Call) else None
    if chamada is None or no not in chamada.args:
        return []
    return [e for a in chamada.args[chamada.args.index(no) + 1 :] for e in _soltos(a)]  # type: ignore[arg-type]


def _soltos(no: ast.expr) -> list[ast.expr]:
    """Returns the values of one argument: a tuple is many, also behind a star, and in a list of rows."""
    if isinstance(no, ast.Starred | ast.Tuple | ast.List):
        dentro = [no.value] if isinstance(no, ast.Starred) else no.elts
        return [e for d in dentro for e in (_soltos(d) if isinstance(d, ast.Tuple | ast.Starred) else [d])]
    return _soltos(no.elt) if isinstance(no, ast.ListComp) and isinstance(no.elt, ast.Tuple) else [no]


def _valor(no: ast.expr, nomes: Mapping[str, Any]) -> object:
    """Returns the value of a constant; of anything else, one that stands for any."""
    if not isinstance(no, ast.Constant | ast.Name | ast.Attribute):
        return _SEM_VALOR
    try:
        valor = _avaliado(no, nomes)
    except (NameError, AttributeError):
        return _SEM_VALOR
    return valor if isinstance(valor, str | int | float | bytes | None) else _SEM_VALOR
