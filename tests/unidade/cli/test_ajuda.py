"""Tests that every command, and click's own sentences too, are explained in Portuguese."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from separador.cli.base import portugues
from separador.cli.base.grupo import Grupo
from separador.configuracao.busca import VARIAVEL
from separador.nucleo import capacidade
from separador.programa import grupo

INGLES = re.compile(
    r"\b(usage|options?|commands?|show|this|message|exit|error|missing|invalid|such|try|help for|text|integer|path|"
    r"default|required|file|directory)\b",
    re.IGNORECASE,
)
# Words of the program itself that are English too, and names of options.
PROPRIAS = re.compile(r"--[a-z-]+|systemd|config\b|init\b|log\b")


def comandos(grupo_atual: click.Group, caminho: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    contexto = click.Context(grupo_atual)
    for nome in grupo_atual.list_commands(contexto):
        comando = grupo_atual.get_command(contexto, nome)
        yield (*caminho, nome)
        if isinstance(comando, click.Group):
            yield from comandos(comando, (*caminho, nome))


TODOS = [(), *comandos(grupo)]


@pytest.fixture(autouse=True)
def _instalacao_propria(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the commands away from the installation in the working folder: some write in its audit trail."""
    monkeypatch.setenv(VARIAVEL, str(tmp_path / "config" / "separador.yaml"))


def achar(caminho: tuple[str, ...]) -> click.Command:
    comando: click.Command = grupo
    for nome in caminho:
        assert isinstance(comando, click.Group)
        achado = comando.get_command(click.Context(comando), nome)
        assert achado is not None
        comando = achado
    return comando


@pytest.mark.parametrize("caminho", TODOS, ids=lambda c: " ".join(c) or "separador")
def test_todo_comando_e_toda_opcao_tem_ajuda_em_portugues(caminho: tuple[str, ...]) -> None:
    comando = achar(caminho)
    assert comando.help
    for parametro in comando.params:
        if isinstance(parametro, click.Option):
            assert parametro.help, parametro.name
    saida = CliRunner().invoke(grupo, [*caminho, "--ajuda"])
    assert saida.exit_code == 0
    assert saida.output.startswith("Uso: ")
    assert not INGLES.findall(PROPRIAS.sub("", saida.output))


def test_a_tabela_tem_todas_as_frases_do_click_instalado() -> None:
    texto = r"((?:\"(?:[^\"\\]|\\.)*\"\s*)+)"
    frases: set[str] = set()
    for nome in ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types"):
        fonte = (Path(click.__file__).parent / f"{nome}.py").read_text(encoding="utf-8")
        for achado in re.finditer(rf"\b_\(\s*{texto}\s*\)|ngettext\(\s*{texto},\s*{texto}", fonte):
            for grupo_de_frases in filter(None, achado.groups()):
                partes = re.findall(r"\"((?:[^\"\\]|\\.)*)\"", grupo_de_frases)
                frases.add("".join(partes).replace("\\n", "\n").replace("\\t", "\t"))
    # Only a programmer who wrote a wrong or a deprecated command would ever see these.
    de_programador = re.compile(r"Deprecat|defined twice|cannot use the|declarations|declaration|declare|Unknown color")
    assert {f for f in frases if not de_programador.search(f)} <= set(portugues.TEXTOS)


@pytest.mark.parametrize(
    ("argumentos", "trecho"),
    [
        (["situaca"], 'você quis dizer "situacao"?'),
        (["cte", "envia"], 'você quis dizer "enviar"?'),
        (["cte", "ver", "123"], "não é uma chave de acesso"),
        (["cte", "listar", "--situacao", "X"], "não é um destes: NÃO ENVIADO, "),
        (["falhas", "dispensar", "1"], "Falta a opção '--motivo'"),
        (["confg"], 'você quis dizer "config"?'),
        (["rotas", "lista"], 'você quis dizer "listar"?'),
        (["xyz"], "os comandos são: init"),
        (["--xyz"], "A opção '--xyz' não existe."),
        (["rotas", "ativar"], "Falta o argumento 'ID'."),
        (["rotas", "ativar", "a"], "Valor inválido em 'ID'"),
        (["rotas", "incluir", "--regra"], "A opção '--regra' pede um valor."),
        (["rotas", "ativar", "1", "2"], "Argumento a mais (2)"),
        (["log", "-n", "-1"], "não vale aqui: é um número de 0 a 1.000.000.000."),
        (["init", "--destino", "x"], "só vale com --systemd"),
    ],
)
def test_erro_de_uso_em_portugues_com_sugestao_e_codigo_2(argumentos: list[str], trecho: str) -> None:
    saida = CliRunner().invoke(grupo, argumentos)
    assert saida.exit_code == 2
    assert trecho in saida.stderr
    assert "Erro: " in saida.stderr
    assert not INGLES.findall(PROPRIAS.sub("", saida.stderr))


@pytest.mark.parametrize(
    "argumentos",
    [
        *(["rotas", "listar"], ["config", "conferir"], ["log"], ["--ajuda"], ["parar"], ["situacao"], ["falhas"]),
        *(["situacao", "--json"], ["cte", "listar"], ["cte", "diagrama"], ["cte", "--ajuda"]),
    ],
)
def test_comando_leve_nao_carrega_o_que_pesa(argumentos: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("dados: var\n", encoding="utf-8")
    programa = (
        "import sys\nfrom separador.programa import main\n"
        f"sys.argv = ['separador', '--config', {str(tmp_path / 'a.yaml')!r}, *{argumentos!r}]\n"
        "try:\n    main()\nexcept SystemExit as fim:\n    assert fim.code == 0, fim.code\n"
        "pesados = {'lxml', 'structlog', 'sqlite_utils', 'ruamel', 'cryptography', 'signxml', 'watchdog'}\n"
        "assert not pesados & set(sys.modules), pesados & set(sys.modules)\n"
    )
    feito = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True)
    assert feito.returncode == 0, feito.stderr


def test_versao() -> None:
    """That of the source, also right after an upgrade: what pip noted of an older one is not asked."""
    saida = CliRunner().invoke(grupo, ["--versao"])
    projeto = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert saida.output == f"separador, versão {projeto['project']['version']}\n"


GRAVAM_ARQUIVO = {"cte exportar", "cte dacte", "cte evento imprimir", "cadastro exportar"}
"""Commands of the right to read that write what they read to a file: they have nothing to show."""
PEDEM_MAIS = {"banco voltar"}
"""Asks for an administrator by itself: of a database that this program must not open nobody can ask who is one."""


@pytest.mark.requisito("USO-09")
def test_todo_comando_que_le_responde_em_json() -> None:
    leem = [tuple(dito.split()) for c in capacidade.todas() for dito in c.direitos.get("ler", ())]
    ditos = [(*c[:-1], *fim) for c in leem if c[-1] == "*" for fim in comandos(_grupo(c[:-1]))]
    ditos += [c for c in leem if c[-1] != "*"]
    sem = {" ".join(c) for c in ditos if not any("--json" in p.opts for p in achar(c).params)}
    assert len(ditos) > 40
    assert sem == GRAVAM_ARQUIVO | PEDEM_MAIS


def _grupo(caminho: tuple[str, ...]) -> click.Group:
    achado = achar(caminho)
    assert isinstance(achado, click.Group)
    return achado


def test_sem_comando_mostra_a_ajuda() -> None:
    assert "Comandos:" in CliRunner().invoke(grupo, []).output


@pytest.mark.parametrize("erro", [RuntimeError("segredo"), RecursionError(), OSError(28, "x", "/a/b"), KeyError("k")])
def test_nunca_um_rastro_para_o_operador(erro: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "separador.yaml").write_text("raiz: ..\n", encoding="utf-8")
    (tmp_path / "var").mkdir()

    @click.command(help="Falha.")
    def falhar() -> None:
        raise erro

    saida = CliRunner().invoke(Grupo(name="g", commands={"falhar": falhar}), ["falhar"])
    assert saida.exit_code == 1
    assert "Traceback" not in saida.output
    assert len(saida.output.strip().splitlines()) == 1
    if not isinstance(erro, OSError):
        guardados = list((tmp_path / "var" / "incidentes").iterdir())
        assert len(guardados) == 1
        assert "Traceback" in guardados[0].read_text(encoding="utf-8")
