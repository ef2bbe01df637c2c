"""What every command shares: the configuration, exit codes, tables, `--json`, errors without traceback."""

import importlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from separador.cli import portugues

if TYPE_CHECKING:
    from separador.configuracao import Configuracao, Invalida
    from separador.servico.acesso import Autor

portugues.instalar()
F = TypeVar("F", bound=Callable[..., Any])
PROGRAMA = "separador"
NOMES_DA_AJUDA = ["--ajuda", "-h", "--help"]


class Saida(IntEnum):
    """Exit codes (contratos.md, Command line)."""

    FEITO = 0
    RECUSADO = 1
    USO = 2
    SEM_SERVICO = 3
    OCUPADO = 4


@dataclass(slots=True)
class Contexto:
    """What the options before the command say. `autor`: who acts, once a command that changes something asked."""

    opcao: Path | None = None
    autor: "Autor | None" = None

    @property
    def arquivo(self) -> Path:
        """The configuration file; it may not exist."""
        from separador.configuracao.busca import localizar  # noqa: PLC0415 -- PyYAML only where it is needed

        return localizar(self.opcao, os.environ)

    def configuracao(self) -> "Configuracao":
        """The configuration, or exit 2 with one message per error."""
        from separador.configuracao import Invalida, carregar  # noqa: PLC0415

        lida = carregar(self.arquivo)
        if isinstance(lida, Invalida):
            mostrar_erros(lida)
            sair(Saida.USO)
        return lida


passar_contexto = click.make_pass_decorator(Contexto, ensure=True)


def opcao_json(comando: F) -> F:
    """`--json` of every reading command: everything, one document on stdout."""
    return click.option("--json", "em_json", is_flag=True, help="Mostra tudo em JSON, para programas.")(comando)


def sair(codigo: Saida | int, mensagem: str | None = None) -> NoReturn:
    """End the command; a message of success goes to stdout, any other to stderr."""
    if mensagem is not None:
        click.echo(mensagem, err=int(codigo) != Saida.FEITO)
    raise click.exceptions.Exit(int(codigo))


def mostrar_erros(invalida: "Invalida") -> None:
    """One line per error, each with file and line."""
    for erro in invalida.erros:
        click.echo(f"{invalida.arquivo}: {erro}" if erro.linha else str(erro), err=True)


def mostrar_json(valor: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(valor, ensure_ascii=False, indent=2, default=str))


def mostrar_tabela(cabecalho: Sequence[str], linhas: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their widest value."""
    todas = [list(cabecalho), *[["" if v is None else str(v) for v in linha] for linha in linhas]]
    larguras = [max(len(linha[i]) for linha in todas) for i in range(len(cabecalho))]
    for linha in todas:
        click.echo("  ".join(v.ljust(n) for v, n in zip(linha, larguras, strict=True)).rstrip())


def ids_conhecidos(dados: Path) -> dict[int, str]:
    """Ids of routes that the service ever used → signature; empty before the first start. The database is only read."""
    banco = dados / "separador.db"
    if not banco.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{_para_uri(banco)}?mode=ro", uri=True, timeout=5)) as conexao:
            return {int(i): str(a) for i, a in conexao.execute("SELECT id, assinatura FROM rota")}
    except sqlite3.Error as erro:
        sair(Saida.RECUSADO, f"Não consegui ler {banco} ({erro}); confira com: separador verificar")


def _para_uri(caminho: Path) -> str:
    return str(caminho).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class Grupo(click.Group):
    """A group whose commands are imported only when used, and whose failures are sentences, not tracebacks.

    `preguicosos`: name → "module:attribute". `caminho`: the words that lead here, without the program's name; set by
    the group above, so that every command is known to the guard by all its words.
    """

    caminho = ""

    def __init__(self, *args: Any, preguicosos: Mapping[str, str] | None = None, **opcoes: Any) -> None:
        opcoes.setdefault("options_metavar", "[OPÇÕES]")
        opcoes.setdefault("subcommand_metavar", "COMANDO [ARGUMENTOS]...")
        super().__init__(*args, **opcoes)
        self._preguicosos = dict(preguicosos or {})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """All names, in the order of the table."""
        return [*self._preguicosos, *(n for n in self.commands if n not in self._preguicosos)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now if it was not yet."""
        if cmd_name in self._preguicosos and cmd_name not in self.commands:
            modulo, atributo = self._preguicosos[cmd_name].split(":")
            self.commands[cmd_name] = getattr(importlib.import_module(modulo), atributo)
        comando = super().get_command(ctx, cmd_name)
        caminho = f"{self.caminho} {cmd_name}".lstrip()
        if isinstance(comando, Grupo):
            comando.caminho = caminho
        elif comando is not None:
            from separador.cli import guarda  # noqa: PLC0415 -- it needs this module

            guarda.vigiar(comando, caminho)
        return comando

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, with the nearest name in Portuguese whatever click's version."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from separador.configuracao.leitura import parecido  # noqa: PLC0415

            nomes = self.list_commands(ctx)
            dica = parecido(args[0], nomes) or f"; os comandos são: {', '.join(nomes)}"
            ctx.fail(f'O comando "{args[0]}" não existe{dica}')
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **opcoes: Any) -> Any:
        """As click; what nobody foresaw becomes one line, with the details in a file of incidents."""
        try:
            return super().main(*args, **opcoes)
        except (Exception, RecursionError) as erro:
            if not opcoes.get("standalone_mode", True):
                raise
            click.echo(_explicar(erro), err=True)
            sys.exit(Saida.RECUSADO)


def _explicar(erro: BaseException) -> str:
    from separador.configuracao.motivo import motivo  # noqa: PLC0415

    if isinstance(erro, OSError) and erro.errno is not None:
        onde = f" ({os.fsdecode(erro.filename)})" if isinstance(erro.filename, str | bytes) else ""
        return f"Erro: {motivo(erro)}{onde}"
    return f"Erro inesperado ({type(erro).__name__}); {_guardar(erro)}"


def _guardar(erro: BaseException) -> str:
    """Where the traceback went: an operator never sees one."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from separador.configuracao import Configuracao, carregar  # noqa: PLC0415
    from separador.configuracao.busca import localizar  # noqa: PLC0415
    from separador.servico.log import registrar_incidente  # noqa: PLC0415

    lida = carregar(localizar(_opcao_dada(sys.argv), os.environ))
    if not isinstance(lida, Configuracao) or not lida.dados.is_dir():
        return "e não há pasta de dados onde guardar os detalhes"
    numero = registrar_incidente(lida.dados, erro, {"comando": " ".join(sys.argv[1:3])}, datetime.now(UTC))
    return f"detalhes em {lida.dados}/incidentes (incidente {numero})"


def _opcao_dada(argumentos: Sequence[str]) -> Path | None:
    for i, argumento in enumerate(argumentos):
        if argumento.startswith("--config="):
            return Path(argumento.removeprefix("--config="))
        if argumento == "--config" and i + 1 < len(argumentos):
            return Path(argumentos[i + 1])
    return None
