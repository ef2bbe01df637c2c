"""Tests that the documentation says what the program does."""

import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
import yaml

from separador.cli.base.comum import Saida
from separador.programa import grupo
from tests.apoio import documentacao
from tests.apoio.documentacao import DOCS, LEIAME, RAIZ, mostrado, paginas

LIMITE_DO_LEIAME = 12_288


@cache
def texto_de(pagina: Path) -> str:
    return pagina.read_text(encoding="utf-8")


def sem_codigo(texto: str) -> str:
    """Returns the page without its fenced blocks: what is in them is neither a heading nor a link."""
    return re.sub(r"^(```+).*?^\1\s*$", "", texto, flags=re.DOTALL | re.MULTILINE)


def nome_de(pagina: Path) -> str:
    return str(pagina.relative_to(RAIZ))


# --- generated parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nome", sorted(documentacao.FIXOS))
def test_a_pagina_mostra_o_que_o_programa_produz(nome: str) -> None:
    """When this fails: make docs."""
    assert mostrado(nome) == documentacao.FIXOS[nome].produzir()


def test_escrever_de_novo_nao_muda_nada() -> None:
    """When this fails: make docs."""
    for pagina, texto in documentacao.reescritas(documentacao.FIXOS).items():
        assert texto == texto_de(pagina), nome_de(pagina)


def test_cada_parte_marcada_tem_quem_a_escreva() -> None:
    marcadas = {(p, nome) for p in paginas() for nome in re.findall(r"<!-- começo: (.+?) -->", texto_de(p))}
    assert marcadas == {(p.pagina, nome) for nome, p in (documentacao.FIXOS | documentacao.MEDIDOS).items()}


@pytest.mark.parametrize("nome", sorted(documentacao.MEDIDOS))
def test_as_partes_medidas_estao_preenchidas(nome: str) -> None:
    assert mostrado(nome).strip()


def test_sem_medidas_novas_ficam_as_que_ha(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that never measured does not wipe the figures of the one that did."""
    monkeypatch.setattr(documentacao, "RAIZ", tmp_path)
    assert documentacao.reescritas({"bench": documentacao.MEDIDOS["bench"]}) == {}


def test_a_configuracao_mostrada_e_a_distribuida() -> None:
    mostrada = mostrado("configuracao").removeprefix("```yaml\n").removesuffix("```\n")
    distribuida = (RAIZ / "config" / "separador.yaml").read_text(encoding="utf-8")
    modelo = (RAIZ / "separador" / "configuracao" / "modelo.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(mostrada) == yaml.safe_load(distribuida) == yaml.safe_load(modelo)


def test_a_demonstracao_mostrada_deu_certo() -> None:
    mostrada = mostrado("demo")
    assert "✓ Tudo como se esperava" in mostrada
    assert "✗ " not in mostrada.partition("O que aconteceu")[2]


# --- whatever the program has is told --------------------------------------------------------------------------------


def test_os_codigos_de_saida() -> None:
    tabela = texto_de(DOCS / "comandos.md").partition("## Códigos de saída")[2].partition("\n## ")[0]
    assert [int(n) for n in re.findall(r"^\| \*\*(\d)\*\* \|", tabela, re.MULTILINE)] == [int(c) for c in Saida]


def test_cada_chave_da_configuracao_esta_explicada() -> None:
    prosa = sem_codigo(texto_de(DOCS / "configurar.md"))
    explicadas = {
        c for celula in re.findall(r"^\| (`[^|]+) \|", prosa, re.MULTILINE) for c in re.findall(r"`(\w+)`", celula)
    }
    assert documentacao.chaves() - explicadas == set()


def test_cada_situacao_esta_explicada() -> None:
    prosa = sem_codigo(texto_de(DOCS / "situacoes.md"))
    for situacao in re.findall(r'state "(.+?)" as', mostrado("estados")):
        assert f"| **{situacao}** |" in prosa


def test_os_comandos_citados_existem() -> None:
    """Each `separador X` in backquotes, and in the shell examples, is a command of the program, with options of its."""
    for pagina in paginas():
        texto = texto_de(pagina)
        citados = re.findall(r"`(?:sudo (?:-u separador )?)?separador ([a-z][^`]*)`", sem_codigo(texto))
        citados += re.findall(
            r"^(?:sudo (?:-u separador )?)?separador (?:--config \S+ )?([a-z].*)$", _exemplos(texto), re.MULTILINE
        )
        for citado in citados:
            assert _estranho(citado.partition(" #")[0].partition(" | ")[0]) is None, f"{nome_de(pagina)}: {citado}"
    assert any("`separador " in texto_de(p) for p in paginas())


def _exemplos(texto: str) -> str:
    return "\n".join(re.findall(r"^ *```sh\n(.*?)^ *```", texto, re.DOTALL | re.MULTILINE)).replace("\n   ", "\n")


def _estranho(citado: str) -> str | None:
    """Returns the first word of a command line that the program does not know."""
    comando: click.Command = grupo
    antes = True  # of the first option: after it a word may be its value
    for palavra in re.findall(r"\S+", citado):
        if palavra.startswith("--"):
            antes = False
            if palavra.rstrip(",.;") not in {n for o in comando.params for n in (*o.opts, *o.secondary_opts)}:
                return palavra
        elif antes and isinstance(comando, click.Group) and re.fullmatch(r"[a-z][a-z0-9-]*", palavra):
            achado = comando.get_command(click.Context(comando), palavra)
            if achado is None:
                return palavra
            comando = achado
    return None


def test_os_alvos_citados_existem_no_makefile() -> None:
    alvos = set(re.findall(r"^([a-z-]+):", (RAIZ / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for pagina in paginas():
        assert set(re.findall(r"`make ([a-z-]+)`", texto_de(pagina))) <= alvos, nome_de(pagina)


# --- the pages together ----------------------------------------------------------------------------------------------


def test_os_enlaces_levam_a_algum_lugar() -> None:
    """Every relative link of every page, with its anchor."""
    for pagina in paginas():
        for destino in _enlaces(sem_codigo(texto_de(pagina))):
            if re.match(r"[a-z]+:", destino):
                continue
            caminho, _, ancora = unquote(destino).partition("#")
            alvo = (pagina.parent / caminho).resolve() if caminho else pagina
            assert alvo.is_relative_to(RAIZ), f"{nome_de(pagina)}: {destino}"
            assert alvo.exists(), f"{nome_de(pagina)}: {destino}"
            assert not ancora or ancora in _ancoras(alvo), f"{nome_de(pagina)}: {destino}"


def _enlaces(texto: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", texto)


@cache
def _ancoras(pagina: Path) -> frozenset[str]:
    """Returns the anchors as GitHub makes them: of two equal headings the second gets -1."""
    achadas: list[str] = []
    for titulo in re.findall(r"^#+ (.+?)\s*$", sem_codigo(texto_de(pagina)), re.MULTILINE):
        ancora = re.sub(r"[^\w -]", "", titulo.lower()).replace(" ", "-")
        repetida = sum(a == ancora or re.fullmatch(rf"{re.escape(ancora)}-\d+", a) is not None for a in achadas)
        achadas.append(f"{ancora}-{repetida}" if repetida else ancora)
    return frozenset(achadas)


def test_o_leiame_e_curto_e_comeca_pelo_manual() -> None:
    assert LEIAME.stat().st_size <= LIMITE_DO_LEIAME
    assert "](docs/README.md)" in texto_de(LEIAME).splitlines()[0]


def test_o_indice_leva_a_cada_pagina() -> None:
    """The one of the manual to its pages and to the developers' index, and that one to its own."""
    for indice in sorted(DOCS.rglob("README.md")):
        enlaces = {(indice.parent / e.partition("#")[0]).resolve() for e in _enlaces(texto_de(indice))}
        daqui = {*indice.parent.glob("*.md"), *indice.parent.glob("*/README.md")} - {indice}
        assert daqui - enlaces == set(), nome_de(indice)
    assert {p.parent for p in DOCS.rglob("*.md")} == {p.parent for p in DOCS.rglob("README.md")}


def test_os_tres_comandos_estao_na_primeira_pagina() -> None:
    inicio = texto_de(DOCS / "README.md").partition("\n## ")[0]
    for comando in ("situacao", "falhas", "rastrear"):
        assert f"separador {comando}" in inicio


def test_as_paginas_nao_citam_maquinas_nem_indices() -> None:
    for pagina in paginas():
        achado = re.search(r"/(?:work|tmp/wt|root)/|pypi\.|/simple\b|files\.pythonhosted", texto_de(pagina))
        assert achado is None, f"{nome_de(pagina)}: {achado and achado.group(0)}"


# --- dependencies ----------------------------------------------------------------------------------------------------


def test_cada_dependencia_esta_na_tabela_e_presa_a_uma_versao() -> None:
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    presas = {_nome(linha) for linha in _linhas(RAIZ / "constraints.txt")}
    proprias = {_nome(d) for d in projeto["dependencies"]}
    assert proprias | {_nome(d) for d in projeto["optional-dependencies"]["dev"]} <= presas
    tabela = texto_de(DOCS / "desenvolvimento" / "partes.md").partition("## In the service")[2].partition("\n## ")[0]
    mostradas = {_nome(nome) for nome in re.findall(r"^\| ([\w.-]+) \|.*\b20\d\d-\d\d\b", tabela, re.MULTILINE)}
    assert proprias == mostradas


def test_as_versoes_presas_nao_trazem_enderecos() -> None:
    for linha in _linhas(RAIZ / "constraints.txt"):
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", linha), linha


def _linhas(arquivo: Path) -> list[str]:
    return [linha for linha in arquivo.read_text(encoding="utf-8").splitlines() if linha and not linha.startswith("#")]


def _nome(dependencia: str) -> str:
    return re.split(r"[=<>~! \[;]", dependencia.strip())[0].lower().replace("_", "-").replace(".", "-")
