"""The page of the architecture shows the repository as it is: docs/desenvolvimento/arquitetura.md."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from separador.nucleo.capacidade import Capacidade

RAIZ = Path(__file__).resolve().parents[3]
PAGINA = RAIZ / "docs" / "desenvolvimento" / "arquitetura.md"
LINHAS = 400
MUDANCAS = (
    *("a rule of routes", "an event type", "the wait after 108", "a cStat", "a kind of occurrence"),
    *("a column of `cte listar`", "margins of the DACTE", "another way to notify", "a failure code", "a fiscal rule"),
    *("an order", "something that runs every hour"),
)
"""What the table "Onde mexer" answers."""


@cache
def _texto() -> str:
    return PAGINA.read_text(encoding="utf-8")


def _secao(titulo: str) -> str:
    achada = re.search(rf"^#+ (?:\d+\. )?{re.escape(titulo)}\n(.*?)(?=^#|\Z)", _texto(), re.DOTALL | re.MULTILINE)
    assert achada is not None, titulo
    return achada.group(1)


def _linhas_da_tabela(secao: str) -> list[list[str]]:
    """Returns the cells of every row of the first table of a section, without its head."""
    linhas = [linha for linha in secao.splitlines() if linha.startswith("|")]
    return [[celula.strip() for celula in linha.strip("|").split(" | ")] for linha in linhas[2:]]


def _arvore() -> Iterator[tuple[str, str]]:
    """Yields each folder of the tree with what is said of it. Two blanks are one level."""
    bloco = re.search(r"^```text\n(.*?)^```", _secao("The rooms"), re.DOTALL | re.MULTILINE)
    assert bloco is not None
    caminho: list[str] = []
    for linha in bloco.group(1).splitlines():
        achada = re.fullmatch(r"((?:  )*)([a-z_]+)/ +(\S.*)", linha)
        assert achada is not None, linha
        caminho[len(achada.group(1)) // 2 :] = [achada.group(2)]
        yield "/".join(caminho), achada.group(3)


def test_a_arvore_tem_as_pastas_que_ha() -> None:
    mostradas = [pasta for pasta, _ in _arvore()]
    assert len(mostradas) == len(set(mostradas))
    assert set(mostradas) == {str(f.parent.relative_to(RAIZ)) for f in (RAIZ / "separador").rglob("*.py")}


def test_cada_pasta_de_dentro_vem_depois_da_sua() -> None:
    vistas: set[str] = set()
    for pasta, _ in _arvore():
        assert "/" not in pasta or pasta.rpartition("/")[0] in vistas, pasta
        vistas.add(pasta)


def test_a_tabela_de_mudancas_tem_as_doze() -> None:
    assert [linha[0] for linha in _linhas_da_tabela(_secao("Onde mexer"))] == list(MUDANCAS)


@pytest.mark.parametrize("mudanca", MUDANCAS)
def test_uma_mudanca_pede_um_ou_dois_arquivos_que_existem(mudanca: str) -> None:
    celulas = next(linha for linha in _linhas_da_tabela(_secao("Onde mexer")) if linha[0] == mudanca)
    arquivos = re.findall(r"`([^`]+)`", celulas[1])
    assert 1 <= len(arquivos) <= 2
    for arquivo in arquivos:
        assert arquivo.startswith("separador/")
        assert (RAIZ / arquivo).is_file(), arquivo
    assert celulas[2]
    assert "separador/" not in celulas[2]


def test_cada_campo_de_uma_capacidade_esta_na_tabela() -> None:
    ditos = [linha[0].strip("`") for linha in _linhas_da_tabela(_secao("Where capabilities plug in"))]
    assert ditos == [f.name for f in fields(Capacidade)]


def test_os_arquivos_que_a_pagina_cita_existem() -> None:
    """The page leaves out `separador/`, `capacidades/` and `.py` where that is shorter."""
    bases = (RAIZ, RAIZ / "separador", RAIZ / "separador" / "capacidades")
    salas = "|".join(sorted({p.name for base in bases for p in base.iterdir() if p.is_dir() and p.name.isalpha()}))
    citados = re.findall(rf"`((?:{salas})/[\w/.]+)`", _texto())
    assert len(citados) > 40
    for citado in citados:
        assert any((base / f"{citado}{fim}").exists() for base in bases for fim in ("", ".py")), citado


@pytest.mark.parametrize("pagina", sorted(p.name for p in PAGINA.parent.glob("*.md")))
def test_os_caminhos_das_paginas_de_desenvolvimento_existem(pagina: str) -> None:
    texto = (PAGINA.parent / pagina).read_text(encoding="utf-8")
    for citado in re.findall(r"(?<![\w./-])((?:separador|tests)/[\w/.]*\w)", texto):
        assert (RAIZ / citado).exists(), citado


def test_a_pagina_e_curta() -> None:
    assert len(_texto().splitlines()) <= LINHAS
