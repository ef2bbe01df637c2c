"""What the README says is what the program does."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from separador.cli.base.comum import Saida
from tests.apoio import documentacao
from tests.apoio.documentacao import RAIZ

LEIAME = documentacao.LEIAME.read_text(encoding="utf-8")


@pytest.mark.parametrize("nome", sorted(documentacao.FIXOS))
def test_o_leiame_mostra_o_que_o_programa_produz(nome: str) -> None:
    """When this fails: make readme."""
    assert documentacao.bloco(nome, LEIAME) == documentacao.FIXOS[nome]()


@pytest.mark.parametrize("nome", sorted(documentacao.MEDIDOS))
def test_as_partes_medidas_estao_preenchidas(nome: str) -> None:
    assert documentacao.bloco(nome, LEIAME).strip()


def test_a_configuracao_mostrada_e_a_distribuida() -> None:
    mostrada = documentacao.bloco("configuracao", LEIAME).removeprefix("```yaml\n").removesuffix("```\n")
    distribuida = (RAIZ / "config" / "separador.yaml").read_text(encoding="utf-8")
    modelo = (RAIZ / "separador" / "configuracao" / "modelo.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(mostrada) == yaml.safe_load(distribuida) == yaml.safe_load(modelo)


def test_a_demonstracao_mostrada_deu_certo() -> None:
    mostrada = documentacao.bloco("demo", LEIAME)
    assert "✓ Tudo como se esperava" in mostrada
    assert "✗ " not in mostrada.partition("O que aconteceu")[2]


def test_os_codigos_de_saida() -> None:
    ditos = re.search(r"Exit codes: (.*?)\n\n", LEIAME, re.DOTALL)
    assert ditos is not None
    assert [int(n) for n in re.findall(r"\*\*(\d)\*\*", ditos.group(1))] == [int(c) for c in Saida]


def test_os_comandos_citados_existem() -> None:
    """Each `separador X` in backquotes, and in the shell examples, is a command of the list."""
    existem = {linha.split("`")[1] for linha in documentacao.comandos().splitlines() if linha.startswith("| `")}
    citados = re.findall(r"`separador ((?:[a-z-]+ ?)+)", LEIAME)
    assert citados
    for citado in citados:
        palavras = citado.split()
        assert {palavras[0], " ".join(palavras[:2])} & existem, citado


def test_os_alvos_citados_existem_no_makefile() -> None:
    alvos = set(re.findall(r"^([a-z]+):", (RAIZ / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", LEIAME)) <= alvos


def test_os_enlaces_levam_a_algum_lugar() -> None:
    titulos = {_ancora(t) for t in re.findall(r"^#+ (.+)$", LEIAME, re.MULTILINE)}
    for destino in re.findall(r"\]\(([^)]+)\)", LEIAME):
        assert destino[1:] in titulos if destino.startswith("#") else (RAIZ / destino).exists(), destino


def _ancora(titulo: str) -> str:
    return re.sub(r"[^\w -]", "", titulo.lower()).replace(" ", "-")


def test_cada_dependencia_esta_na_tabela_e_presa_a_uma_versao() -> None:
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    presas = {_nome(linha) for linha in _linhas(RAIZ / "constraints.txt")}
    proprias = {_nome(d) for d in projeto["dependencies"]}
    assert proprias | {_nome(d) for d in projeto["optional-dependencies"]["dev"]} <= presas
    mostradas = {
        _nome(linha.split("|")[1])
        for linha in LEIAME.splitlines()
        if re.match(r"\| [\w.-]+ \|.*\| 20|\| [\w.-]+ \| .*, 20\d\d-", linha)
    }
    assert proprias == mostradas


def test_as_versoes_presas_nao_trazem_enderecos() -> None:
    for linha in _linhas(RAIZ / "constraints.txt"):
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", linha), linha


def _linhas(arquivo: Path) -> list[str]:
    return [linha for linha in arquivo.read_text(encoding="utf-8").splitlines() if linha and not linha.startswith("#")]


def _nome(dependencia: str) -> str:
    return re.split(r"[=<>~! \[;]", dependencia.strip())[0].lower().replace("_", "-").replace(".", "-")
