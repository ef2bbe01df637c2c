"""What the README shows of the program, produced by the program: `python -m tests.apoio.documentacao` writes it anew.

Each part stands between `<!-- começo: NOME -->` and `<!-- fim: NOME -->`. `tests/test_documentacao.py` compares.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from separador.nucleo.falha import TEXTOS
from separador.programa import grupo

RAIZ = Path(__file__).resolve().parents[2]
LEIAME = RAIZ / "README.md"
_SEM_MEDIDA = "Not measured here yet: `make bench`, then `make readme`."
_PASSOS = 12


def bloco(nome: str, texto: str) -> str:
    """What the README shows now under this name. Raises KeyError."""
    achado = re.search(_padrao(nome), texto, re.DOTALL)
    if achado is None:
        raise KeyError(nome)
    return achado.group(2)


def comandos() -> str:
    """Every command with the first sentence of its help."""
    linhas = "".join(f"| `{nome}` | {ajuda} |\n" for nome, ajuda in _comandos(grupo, ""))
    return "| command | |\n|---|---|\n" + linhas


def estados() -> str:
    """The output of `separador cte diagrama`."""
    return _cercado("mermaid", _separador("cte", "diagrama"))


def configuracao() -> str:
    """The shipped configuration without comments and blank lines."""
    texto = (RAIZ / "config" / "separador.yaml").read_text(encoding="utf-8")
    linhas = [linha for linha in texto.splitlines() if linha.strip() and not linha.lstrip().startswith("#")]
    return _cercado("yaml", "\n".join(linhas))


def codigos() -> str:
    """The codes of the failures view."""
    linhas = "".join(f"| `{c}` | {motivo} | {fazer} |\n" for c, (motivo, fazer) in TEXTOS.items())
    return "| código | motivo | o que fazer |\n|---|---|---|\n" + linhas


def bench() -> str:
    """The table of `bench.json`, if there is one."""
    arquivo = RAIZ / "bench.json"
    if not arquivo.is_file():
        return _SEM_MEDIDA + "\n"
    from tests.bench.relatorio import tabela

    return _cercado("text", tabela(json.loads(arquivo.read_bytes())))


def demo() -> str:
    """A performance, cut after its first steps up to the table."""
    with tempfile.TemporaryDirectory(prefix="separador-leiame-") as pasta:
        dito = _separador("demo", "--pasta", f"{pasta}/demo").replace(f"{pasta}/", "")
    linhas = dito.strip("\n").splitlines()
    primeiro = next(i for i, linha in enumerate(linhas) if linha.startswith("── O WMS"))
    tabela = next(i for i, linha in enumerate(linhas) if linha.startswith("── O que aconteceu"))
    fim = next(i for i, linha in enumerate(linhas) if linha.startswith("✓ Tudo"))
    return _cercado("text", "\n".join([*linhas[: primeiro + _PASSOS], "  […]", "", *linhas[tabela : fim + 1]]))


FIXOS: dict[str, Callable[[], str]] = {
    "comandos": comandos,
    "estados": estados,
    "configuracao": configuracao,
    "codigos": codigos,
}
"""Parts that are the same each time: the test compares them whole."""

MEDIDOS: dict[str, Callable[[], str]] = {"bench": bench, "demo": demo}
"""Parts that tell of one run."""


def reescrever(texto: str, nome: str, novo: str) -> str:
    """The README's text with one part replaced. Raises KeyError when it has no such part."""
    bloco(nome, texto)
    return re.sub(_padrao(nome), lambda m: m.group(1) + novo + m.group(3), texto, flags=re.DOTALL)


def _padrao(nome: str) -> str:
    return rf"(<!-- começo: {nome} -->\n)(.*?)(<!-- fim: {nome} -->)"


def _comandos(de: click.Group, prefixo: str) -> Iterator[tuple[str, str]]:
    contexto = click.Context(de)
    for nome in de.list_commands(contexto):
        comando = de.get_command(contexto, nome)
        if comando is None:
            raise LookupError(nome)
        yield prefixo + nome, _primeira_frase(comando.help or "")
        if isinstance(comando, click.Group):
            yield from _comandos(comando, f"{prefixo}{nome} ")


def _primeira_frase(ajuda: str) -> str:
    achada = re.match(r".*?\.(?=\s+[A-ZÀ-Ú]|\s*$)", " ".join(ajuda.split()))
    return (achada.group(0) if achada else ajuda).replace("|", "\\|")


def _separador(*argumentos: str) -> str:
    feito = subprocess.run(
        [sys.executable, "-m", "separador", *argumentos], capture_output=True, text=True, check=True, cwd=RAIZ
    )
    return feito.stdout


def _cercado(linguagem: str, texto: str) -> str:
    return f"```{linguagem}\n{texto.rstrip()}\n```\n"


def main() -> None:
    """Write every part anew."""
    texto = LEIAME.read_text(encoding="utf-8")
    for nome, produzir in (FIXOS | MEDIDOS).items():
        texto = reescrever(texto, nome, produzir())
    LEIAME.write_text(texto, encoding="utf-8")


if __name__ == "__main__":
    main()
