"""Builds a group of commands whose modules are imported only when a command is used."""

import importlib
import os
import select
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from separador.cli.base import chamada, portugues
from separador.cli.base.comum import ARGUMENTOS, DIREITO, NOMES_DA_AJUDA, Saida

LISTAR = "listar"
_INTEIRA = 10_000
"""More letters than any sentence has."""


class Grupo(click.Group):
    """A group whose commands are imported only when used, and whose failures are sentences, not tracebacks.

    `preguicosos`: name → "module:attribute". `caminho`: the words that lead here, without the program's name. The group
    above sets it, so that `autorizacao` knows every command by all its words.
    """

    caminho = ""

    def __init__(self, *args: Any, preguicosos: Mapping[str, str] | None = None, **opcoes: Any) -> None:
        opcoes.setdefault("options_metavar", "[OPÇÕES]")
        opcoes.setdefault("subcommand_metavar", "COMANDO [ARGUMENTOS]...")
        super().__init__(*args, **opcoes)
        self._preguicosos = dict(preguicosos or {})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses as click does. A group that lists something does so when no command is named."""
        sem_comando = not args or (args[0].startswith("-") and args[0] not in NOMES_DA_AJUDA)
        if sem_comando and self.lista_por_padrao:
            args = [LISTAR, *args]
        return super().parse_args(ctx, args)

    @property
    def lista_por_padrao(self) -> bool:
        """Says whether the group has a command `listar`, and none of its own."""
        return not self.invoke_without_command and (LISTAR in self._preguicosos or LISTAR in self.commands)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Returns all names, in the order of the table."""
        return [*self._preguicosos, *(n for n in self.commands if n not in self._preguicosos)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Returns the command, imported now if it was not yet, with the check before it."""
        comando = self._importar(cmd_name)
        caminho = f"{self.caminho} {cmd_name}".lstrip()
        if isinstance(comando, Grupo):
            comando.caminho = caminho
        if comando is not None and (not isinstance(comando, Grupo) or comando.invoke_without_command):
            from separador.cli.base import autorizacao  # noqa: PLC0415 -- it needs this module

            autorizacao.vigiar(comando, caminho)
        return comando

    def _importar(self, nome: str) -> click.Command | None:
        if nome in self._preguicosos and nome not in self.commands:
            modulo, atributo = self._preguicosos[nome].split(":")
            self.commands[nome] = getattr(importlib.import_module(modulo), atributo)
        return self.commands.get(nome)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands as click does, but each first sentence whole: it goes on in the next line."""
        achados = ((nome, self._importar(nome)) for nome in self.list_commands(ctx))
        linhas = [(nome, c.get_short_help_str(_INTEIRA)) for nome, c in achados if c is not None and not c.hidden]
        if linhas:
            with formatter.section(portugues.traduzir("Commands")):
                formatter.write_dl(linhas)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolves as click does. For an unknown name it shows the nearest one, in Portuguese with any click."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            nomes = self.list_commands(ctx)
            dica = _sugestao(args[0], nomes) or f"; os comandos são: {', '.join(nomes)}"
            ctx.fail(f'O comando "{args[0]}" não existe{dica}')
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Makes the context as click does. That of the program itself keeps the words that were typed."""
        ditos = tuple(args)
        ctx = super().make_context(info_name, args, parent, **extra)
        if parent is None:
            ctx.meta[ARGUMENTOS] = ditos
        return ctx

    def invoke(self, ctx: click.Context) -> Any:
        """Runs as click does. Whoever reads may leave (`| head`): a command that only reads has then done its work."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            if ctx.parent is not None or DIREITO in ctx.meta or not _leitor_saiu():
                raise
            # What is still held goes nowhere, in silence.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(Saida.FEITO)

    def main(self, *args: Any, **opcoes: Any) -> Any:
        """Runs as click does. An unexpected error becomes one line, with the details in a file of incidents."""
        try:
            return super().main(*args, **opcoes)
        except (Exception, RecursionError) as erro:
            if not opcoes.get("standalone_mode", True):
                raise
            click.echo(_explicar(erro), err=True)
            sys.exit(Saida.RECUSADO)


def _leitor_saiu() -> bool:
    """Says whether it is standard output that nobody reads any more, and not a pipe of the command's own."""
    vigia = select.poll()
    try:
        vigia.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False
    return bool(vigia.poll(0))


def _sugestao(dito: str, nomes: list[str]) -> str:
    """Returns the command that a word means, else the one that it is written like.

    A word with a meaning of its own is no slip of the fingers: `exportar` is not `estornar`.
    """
    from separador.configuracao.leitura import parecido  # noqa: PLC0415
    from separador.nucleo.texto.sinonimos import conhecida, pelo_sentido  # noqa: PLC0415

    achado = pelo_sentido(dito, nomes)
    if achado is not None:
        return f' (você quis dizer "{achado}"?)'
    return "" if conhecida(dito) else parecido(dito, nomes)


def _explicar(erro: BaseException) -> str:
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415

    if isinstance(erro, OSError) and erro.errno is not None:
        onde = f" ({os.fsdecode(erro.filename)})" if isinstance(erro.filename, str | bytes) else ""
        return f"Erro: {razao(erro)}{onde}"
    return f"Erro inesperado ({type(erro).__name__}); {_guardar(erro)}"


def _guardar(erro: BaseException) -> str:
    """Keeps the traceback and returns where it is, because an operator never sees one."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from separador.configuracao import Configuracao, carregar  # noqa: PLC0415
    from separador.configuracao.busca import localizar  # noqa: PLC0415
    from separador.motor.log.log import registrar_incidente  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    pedido = chamada.atual()
    lida = carregar(pedido.configuracao if pedido is not None else localizar(_opcao_dada(sys.argv), os.environ))
    if not isinstance(lida, Configuracao) or not lida.dados.is_dir():
        return "e não há pasta de dados onde guardar os detalhes"
    with em_nome_do_dono(lida.dados):
        numero = registrar_incidente(lida.dados, erro, {"comando": " ".join(sys.argv[1:3])}, datetime.now(UTC))
    return f"detalhes em {lida.dados}/incidentes (incidente {numero})"


def _opcao_dada(argumentos: Sequence[str]) -> Path | None:
    for i, argumento in enumerate(argumentos):
        if argumento.startswith("--config="):
            return Path(argumento.removeprefix("--config="))
        if argumento == "--config" and i + 1 < len(argumentos):
            return Path(argumentos[i + 1])
    return None
