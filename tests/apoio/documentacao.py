"""Produces the parts of the documentation that show the program.

`python -m tests.apoio.documentacao` (make docs) writes anew what is the same each time; with the word `medidas`
(make docs-medidas) what tells of one run. Each part stands between `<!-- começo: NOME -->` and `<!-- fim: NOME -->` in
the page that `FIXOS` or `MEDIDOS` names. `tests/test_documentacao.py` compares.
"""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from separador import configuracao as pacote_da_configuracao
from separador.capacidades.ecac.dominio.ocorrencia import NOMES, O_QUE_FAZER
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.carga import CARGA
from separador.fiscal.emissao.formato.esquema import linhas_da_tabela
from separador.fiscal.emissao.formato.tipos import Grupo, Lista, Mapeado, Tipo
from separador.nucleo import capacidade
from separador.nucleo.falhas import TEXTOS
from separador.pedidos.acoes import direito_de
from separador.programa import grupo

RAIZ = Path(__file__).resolve().parents[2]
LEIAME = RAIZ / "README.md"
DOCS = RAIZ / "docs"
_PASSOS = 12
_COMUNS = ("--usuario", "--senha-stdin", "--json")
"""Options that many commands have; the page explains them once."""
_NIVEIS = {
    "livre": "qualquer conta da máquina",
    "ler": "quem pode ler a pasta de dados",
    "operar": "operador ou administrador",
    "administrar": "administrador",
}
_TITULOS = {
    "nucleo": "Pastas, arquivos, ordens e cofre",
    "cli": "Usuários",
    "avisos": "Vencimentos e avisos",
    "movimento": "Estatísticas",
    "certificados": "Certificados e tokens",
    "sefaz": "Chamadas à SEFAZ",
    "dacte": "DACTE",
    "cte": "Documentos",
    "emissao": "Cargas e cadastros de emissão",
    "procuracoes": "Procurações",
    "distribuicao": "Documentos de terceiros",
    "ecac": "e-CAC",
}
"""Headings of the tables of codes, where they are not the capability's name."""


class Parte(NamedTuple):
    """A part of a page. `produzir` returns None when there is nothing new to write."""

    pagina: Path
    produzir: Callable[[], str | None]


def bloco(nome: str, texto: str) -> str:
    """Returns what a page shows now under this name. Raises KeyError."""
    achado = re.search(_padrao(nome), texto, re.DOTALL)
    if achado is None:
        raise KeyError(nome)
    return achado.group(2)


def mostrado(nome: str) -> str:
    """Returns what the documentation shows now under this name. Raises KeyError."""
    return bloco(nome, (FIXOS | MEDIDOS)[nome].pagina.read_text(encoding="utf-8"))


def paginas() -> list[Path]:
    """Returns README.md and every page of docs/."""
    return [LEIAME, *sorted(DOCS.rglob("*.md"))]


# --- the same each time --------------------------------------------------------------------------------------------


def comandos() -> str:
    """Returns every command with the first sentence of its help."""
    linhas = "".join(f"| {_enlace(c.nome)} | {_primeira_frase(c.ajuda)} |\n" for c in todos_os_comandos())
    return "| comando | |\n|---|---|\n" + linhas


def ajudas() -> str:
    """Returns the whole help of every command."""
    return "\n".join(_ajuda(c) for c in todos_os_comandos())


def estados() -> str:
    """Returns the output of `separador cte diagrama`."""
    return _cercado("mermaid", _separador("cte", "diagrama"))


def configuracao() -> str:
    """Returns the shipped configuration, with its comments."""
    return _cercado("yaml", (RAIZ / "config" / "separador.yaml").read_text(encoding="utf-8"))


def codigos() -> str:
    """Every code of the program, by the table that has it."""
    proprias = [(c.nome, capacidade.resolver(c.falhas)) for c in capacidade.todas() if c.falhas is not None]
    return "\n".join(_tabela_de_codigos(nome, textos) for nome, textos in [("nucleo", TEXTOS), *proprias])


def _tabela_de_codigos(nome: str, textos: Mapping[str, tuple[str, str]]) -> str:
    linhas = "".join(f"| `{c}` | {_celula(motivo)} | {_celula(fazer)} |\n" for c, (motivo, fazer) in textos.items())
    return f"### {_TITULOS.get(nome, nome.capitalize())}\n\n| código | motivo | o que fazer |\n|---|---|---|\n{linhas}"


def cargas() -> str:
    """Returns the fields of a load, from the description that the reader itself uses."""
    return _campos({"a carga": CARGA})


def cadastros() -> str:
    """Returns the fields of the registries, from the description that the reader itself uses."""
    return _campos({f"`{arquivo}.yaml`, {c}": g for arquivo, chaves in ARQUIVOS.items() for c, g in chaves.items()})


def _campos(raizes: Mapping[str, Grupo]) -> str:
    """Returns one table for each group of fields; one that stands in several places is shown once."""
    titulos: dict[int, list[str]] = {}
    grupos: dict[int, Grupo] = {}
    fila = list(raizes.items())
    while fila:
        titulo, grupo_ = fila.pop(0)
        conhecido = id(grupo_) in grupos
        grupos[id(grupo_)] = grupo_
        if titulo not in titulos.setdefault(id(grupo_), []):
            titulos[id(grupo_)].append(titulo)
        if not conhecido:
            dentro = ((c.nome, _grupo_de(c.tipo)) for c in grupo_.campos)
            fila += [(f"`{nome}`", g) for nome, g in dentro if g is not None]
    return "\n".join(_tabela_de_campos(", ".join(titulos[i]), g) for i, g in grupos.items())


def _grupo_de(tipo: Tipo) -> Grupo | None:
    if isinstance(tipo, Lista | Mapeado):
        return _grupo_de(tipo.item)
    return tipo if isinstance(tipo, Grupo) else None


def _tabela_de_campos(titulo: str, grupo_: Grupo) -> str:
    linhas = "".join(f"| `{n}` | {_celula(tipo)} | {_celula(o)} |\n" for n, tipo, o in linhas_da_tabela(grupo_))
    return f"#### {titulo[0].upper()}{titulo[1:]}\n\n| campo | valor | |\n|---|---|---|\n{linhas}"


def ocorrencias() -> str:
    """Returns the irregularities of the settlement of guides."""
    linhas = "".join(f"| `{e}` | {nome} | {O_QUE_FAZER[e]} |\n" for e, nome in NOMES.items())
    return "| espécie | ocorrência | o que fazer |\n|---|---|---|\n" + linhas


def eventos() -> str:
    """Returns the events that a command registers, with author, deadline and models."""
    prefixo = "cte evento "
    feitos = [c for c in todos_os_comandos() if c.nome.startswith(prefixo) and "do documento CHAVE" in c.ajuda]
    linhas = "".join(
        f"| `{c.nome.removeprefix(prefixo)}` | {_texto(c.ajuda.replace(' do documento CHAVE', '', 1))} |\n"
        for c in feitos
    )
    return "| evento | |\n|---|---|\n" + linhas


# --- of one run ------------------------------------------------------------------------------------------------------


def bench() -> str | None:
    """Returns the table of `bench.json`. None: there is none, and the figures of the former run stay."""
    arquivo = RAIZ / "bench.json"
    if not arquivo.is_file():
        return None
    from tests.bench.relatorio import tabela

    return _cercado("text", tabela(json.loads(arquivo.read_bytes())))


def demo() -> str:
    """Returns the output of one demonstration, cut after its first steps up to the table."""
    return _cercado("text", _cortada(_apresentacao()))


def _apresentacao() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="separador-leiame-") as pasta:
        dito = _separador("demo", "--pasta", f"{pasta}/demo").replace(f"{pasta}/", "")
    return dito.strip("\n").splitlines()


def _cortada(linhas: list[str]) -> str:
    primeiro = next(i for i, linha in enumerate(linhas) if linha.startswith("── O WMS"))
    tabela = next(i for i, linha in enumerate(linhas) if linha.startswith("── O que aconteceu"))
    fim = next(i for i, linha in enumerate(linhas) if linha.startswith("✓ Tudo"))
    return "\n".join([*linhas[: primeiro + _PASSOS], "  […]", "", *linhas[tabela : fim + 1]])


FIXOS: dict[str, Parte] = {
    "comandos": Parte(DOCS / "comandos.md", comandos),
    "ajudas": Parte(DOCS / "comandos.md", ajudas),
    "estados": Parte(DOCS / "situacoes.md", estados),
    "configuracao": Parte(DOCS / "configurar.md", configuracao),
    "codigos": Parte(DOCS / "falhas.md", codigos),
    "eventos": Parte(DOCS / "sefaz.md", eventos),
    "ocorrencias": Parte(DOCS / "ecac.md", ocorrencias),
    "cargas": Parte(DOCS / "cargas.md", cargas),
    "cadastros": Parte(DOCS / "cargas.md", cadastros),
}
"""Parts that are the same each time: the test compares them whole."""

MEDIDOS: dict[str, Parte] = {
    "bench": Parte(DOCS / "medidas.md", bench),
    "demo": Parte(LEIAME, demo),
}
"""Parts that tell of one run."""


def reescrever(texto: str, nome: str, novo: str) -> str:
    """Returns the text of a page with one part replaced. Raises KeyError when it has no such part."""
    bloco(nome, texto)
    return re.sub(_padrao(nome), lambda m: m.group(1) + novo + m.group(3), texto, flags=re.DOTALL)


def reescritas(partes: Mapping[str, Parte]) -> dict[Path, str]:
    """Returns page → its text with these parts written anew. It writes nothing to the disk."""
    textos: dict[Path, str] = {}
    for nome, (pagina, produzir) in partes.items():
        novo = produzir()
        if novo is None:
            print(f"{nome}: nada novo a escrever; {pagina.name} fica como está.", file=sys.stderr)
            continue
        textos[pagina] = reescrever(textos.get(pagina) or pagina.read_text(encoding="utf-8"), nome, novo)
    return textos


# --- what the program has, for whoever checks that it is documented --------------------------------------------------


class Comando(NamedTuple):
    """A command by its words, without the program's name."""

    nome: str
    comando: click.Command

    @property
    def ajuda(self) -> str:
        """Returns its help in one line of text."""
        return " ".join((self.comando.help or "").split())


def todos_os_comandos(de: click.Group = grupo, prefixo: str = "") -> Iterator[Comando]:
    """Yields every command and group, in the order in which the program lists them."""
    contexto = click.Context(de)
    for nome in de.list_commands(contexto):
        comando = de.get_command(contexto, nome)
        if comando is None:
            raise LookupError(nome)
        yield Comando(prefixo + nome, comando)
        if isinstance(comando, click.Group):
            yield from todos_os_comandos(comando, f"{prefixo}{nome} ")


def chaves() -> set[str]:
    """Returns every key of the configuration, of every level."""
    modulos = [
        importlib.import_module(f"{pacote_da_configuracao.__name__}.{m.name}")
        for m in pkgutil.iter_modules(pacote_da_configuracao.__path__)
    ]
    listas = [v for m in modulos for n, v in vars(m).items() if n.lstrip("_").startswith("CHAVES")]
    return {chave for lista in listas for chave in lista}


# --- how it is written -----------------------------------------------------------------------------------------------


def _padrao(nome: str) -> str:
    return rf"(<!-- começo: {nome} -->\n)(.*?)(<!-- fim: {nome} -->)"


def _enlace(nome: str) -> str:
    return f"[`{nome}`](#separador-{nome.replace(' ', '-')})"


def _primeira_frase(ajuda: str) -> str:
    achada = re.match(r".*?\.(?=\s+[A-ZÀ-Ú]|\s*$)", ajuda)
    return (achada.group(0) if achada else ajuda).replace("|", "\\|")


def _ajuda(c: Comando) -> str:
    # As the program makes it: click keeps each command's help option as the first context names it.
    contexto = click.Context(c.comando, info_name=f"separador {c.nome}", **grupo.context_settings)
    uso = " ".join(["separador", c.nome, *c.comando.collect_usage_pieces(contexto)])
    partes = [f"### separador {c.nome}\n", f"```text\n{uso}\n```\n", f"{_texto(c.ajuda)}\n"]
    opcoes = [o for o in c.comando.params if isinstance(o, click.Option)]
    registros = [o.get_help_record(contexto) for o in opcoes if not set(o.opts) & set(_COMUNS)]
    if registros:
        partes.append("".join(f"- `{r[0]}`: {_texto(r[1])}\n" for r in registros if r is not None))
    comuns = [f"`{n}`" for n in _COMUNS if any(n in o.opts for o in opcoes)]
    fim = [f"Quem pode: {quem}." for quem in [_quem_pode(c)] if quem]
    fim += [f"Opções comuns: {', '.join(comuns)}."] if comuns else []
    return "\n".join([*partes, " ".join(fim) + "\n"] if fim else partes)


def _quem_pode(c: Comando) -> str:
    """Says who may give the command. A group only reads, and only where it does something by itself."""
    if isinstance(c.comando, click.Group):
        return _NIVEIS["ler"] if c.comando.invoke_without_command else ""
    return _NIVEIS[direito_de(c.nome)]


def _texto(texto: str) -> str:
    """Returns help as text of a page, with the characters of Markdown escaped."""
    return re.sub(r"([<>*_\\|])", r"\\\1", " ".join(texto.split()))


def _celula(texto: str) -> str:
    """A text of the program in a cell of a table."""
    return re.sub(r"([<>|])", r"\\\1", texto)


def _separador(*argumentos: str) -> str:
    feito = subprocess.run(
        [sys.executable, "-m", "separador", *argumentos], capture_output=True, text=True, check=True, cwd=RAIZ
    )
    return feito.stdout


def _cercado(linguagem: str, texto: str) -> str:
    return f"```{linguagem}\n{texto.rstrip()}\n```\n"


def main(argumentos: list[str]) -> None:
    """Writes every part of one kind anew."""
    for pagina, texto in reescritas(MEDIDOS if "medidas" in argumentos else FIXOS).items():
        pagina.write_text(texto, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
