"""The page of the requirements lists what the tests name: docs/desenvolvimento/requisitos.md."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[3]
PAGINA = RAIZ / "docs" / "desenvolvimento" / "requisitos.md"
LARGURA = 120
"""Characters that what an id means may take."""

_LINHA = re.compile(r"^\| ([A-Z]+-\d\d) \| (.+) \|$", re.MULTILINE)


def marcados(raiz: Path) -> Iterator[tuple[str, Path, int]]:
    """Every id in a marker `requisito`, with its file and line. Raises TypeError for one that is not written out."""
    for arquivo in sorted(raiz.rglob("*.py")):
        for no in ast.walk(ast.parse(arquivo.read_text(encoding="utf-8"))):
            if not isinstance(no, ast.Call) or not isinstance(no.func, ast.Attribute) or no.func.attr != "requisito":
                continue
            for argumento in no.args:
                if not isinstance(argumento, ast.Constant) or not isinstance(argumento.value, str):
                    raise TypeError(f"{arquivo}:{no.lineno}: o id do requisito deve estar escrito no marcador")
                yield argumento.value, arquivo, no.lineno


def listados() -> list[tuple[str, str]]:
    """Id and meaning, in the order of the page."""
    return _LINHA.findall(PAGINA.read_text(encoding="utf-8"))


def test_cada_id_que_um_teste_cita_esta_na_pagina() -> None:
    conhecidos = {id_ for id_, _ in listados()}
    citados = list(marcados(RAIZ / "tests"))
    assert citados
    faltam = [f"{a.relative_to(RAIZ)}:{n}: {id_}" for id_, a, n in citados if id_ not in conhecidos]
    assert faltam == []


def test_cada_id_esta_uma_vez_na_tabela_do_seu_prefixo() -> None:
    ids = [id_ for id_, _ in listados()]
    assert [id_ for id_, vezes in Counter(ids).items() if vezes > 1] == []
    assert len({id_.partition("-")[0] for id_ in ids}) == len(
        re.findall("^## ", PAGINA.read_text("utf-8"), re.MULTILINE)
    )
    for secao in re.split(r"^## ", PAGINA.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        da_secao = [id_ for id_, _ in _LINHA.findall(secao)]
        assert {id_.partition("-")[0] for id_ in da_secao} == {secao.split()[0]}
        assert da_secao == sorted(da_secao)


def test_cada_significado_cabe_em_uma_linha() -> None:
    assert [(id_, len(texto)) for id_, texto in listados() if len(texto) > LARGURA] == []
