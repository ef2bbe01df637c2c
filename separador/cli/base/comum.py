"""Holds what every command shares: the configuration, exit codes, tables, `--json`, errors without traceback."""

import json
import os
import shutil
import sqlite3
import sys
import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from separador.cli.base import chamada, portugues
from separador.nucleo.texto.razao import razao
from separador.pedidos.saida import Saida as Saida  # noqa: PLC0414 -- commands import it from here

if TYPE_CHECKING:
    from separador.acesso.servico.autorizacao import Autor
    from separador.configuracao import Configuracao, Invalida

portugues.instalar()
F = TypeVar("F", bound=Callable[..., Any])
PROGRAMA = "separador"
ARGUMENTOS = "separador.argumentos"
"""Place in the context of the words that were typed."""
DIREITO = "separador.direito"
"""Place in the context of the right that a command which changes something asked for."""
NOMES_DA_AJUDA = ["--ajuda", "-h", "--help"]


@dataclass(slots=True)
class Opcoes:
    """The options before the command. `autor`: the person who acts, once a command that changes something asked."""

    opcao: Path | None = None
    autor: "Autor | None" = None

    @property
    def arquivo(self) -> Path:
        """Returns the configuration file, which may not exist."""
        from separador.configuracao.busca import localizar  # noqa: PLC0415 -- PyYAML only where it is needed

        pedido = chamada.atual()
        if pedido is not None:
            return pedido.configuracao
        return localizar(self.opcao, os.environ)

    def configuracao(self) -> "Configuracao":
        """Returns the configuration (`em_vigor`), or ends the command (2) with one message per error."""
        from separador.cli.base.em_vigor import em_vigor  # noqa: PLC0415
        from separador.configuracao import Invalida  # noqa: PLC0415

        lida = em_vigor(self.arquivo)
        if isinstance(lida, Invalida):
            mostrar_erros(lida)
            sair(Saida.USO)
        return lida

    def dados_de_agora(self) -> Path | None:
        """Returns the data folder; None without a configuration to work with, which the command itself reports."""
        from separador.cli.base.em_vigor import em_vigor  # noqa: PLC0415
        from separador.configuracao import Invalida  # noqa: PLC0415

        lida = em_vigor(self.arquivo)
        return None if isinstance(lida, Invalida) else lida.dados


passar_opcoes = click.make_pass_decorator(Opcoes, ensure=True)


def opcao_json(comando: F) -> F:
    """Adds `--json`, which shows everything as one document on stdout."""
    return click.option("--json", "em_json", is_flag=True, help="Mostra tudo em JSON, para programas.")(comando)


def sair(codigo: Saida | int, mensagem: str | None = None) -> NoReturn:
    """Ends the command. A message of success goes to stdout, any other to stderr."""
    if mensagem is not None:
        click.echo(mensagem, err=int(codigo) != Saida.FEITO)
    raise click.exceptions.Exit(int(codigo))


def mostrar_erros(invalida: "Invalida") -> None:
    """Shows one line per error on stderr, each with file and line."""
    for erro in invalida.erros:
        click.echo(f"{invalida.arquivo}: {erro}" if erro.linha else str(erro), err=True)


def mostrar_json(valor: object) -> None:
    """Writes one JSON document to stdout."""
    click.echo(json.dumps(valor, ensure_ascii=False, indent=2, default=str))


def mostrar_tabela(
    cabecalho: Sequence[str], linhas: Iterable[Sequence[object]], em_vermelho: Collection[int] = ()
) -> None:
    """Writes a table to stdout. Each column is as wide as its widest value. `em_vermelho`: lines, counted from 0.

    On a terminal that is too narrow for it, each line becomes a paragraph.
    """
    todas = [list(cabecalho), *[["" if v is None else str(v) for v in linha] for linha in linhas]]
    larguras = [max(len(linha[i]) for linha in todas) for i in range(len(cabecalho))]
    colunas = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if colunas is not None and sum(larguras) + 2 * (len(larguras) - 1) > colunas:
        for i, linha in enumerate(todas[1:]):
            _mostrar_linha(_paragrafo(cabecalho, linha, colunas), vermelha=i in em_vermelho)
        return
    for i, linha in enumerate(todas, -1):
        texto = "  ".join(v.ljust(n) for v, n in zip(linha, larguras, strict=True)).rstrip()
        _mostrar_linha(texto, vermelha=i in em_vermelho)


def _mostrar_linha(texto: str, *, vermelha: bool) -> None:
    click.echo(click.style(texto, fg="red") if vermelha else texto)  # a style of nothing would still be ended


def _paragrafo(cabecalho: Sequence[str], linha: Sequence[str], colunas: int) -> str:
    """Returns a line of a table as text: its first value, then the others, each with the name of its column. No word is
    cut, so that a chave can be copied from a terminal narrower than it is."""
    resto = " · ".join(f"{nome} {valor}" for nome, valor in zip(cabecalho[1:], linha[1:], strict=True) if valor)
    dobra = textwrap.TextWrapper(
        max(colunas, 20), initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join((linha[0], *dobra.wrap(resto)))


def ids_conhecidos(dados: Path) -> dict[int, str]:
    """Returns id → signature of every route that the service ever used; empty before the first start. It only reads."""
    from separador.banco.versoes import marca  # noqa: PLC0415 -- not every command asks
    from separador.pedidos.rotas import assinaturas  # noqa: PLC0415

    banco = dados / "separador.db"
    if not banco.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{_para_uri(banco)}?mode=ro", uri=True, timeout=5)) as conexao:
            marca.exigir(marca.ler(conexao))
            return assinaturas(conexao)
    except marca.BancoRecusadoError as erro:
        sair(Saida.USO, str(erro))
    except sqlite3.Error as erro:
        sair(Saida.RECUSADO, f"Não consegui ler {banco} ({razao(erro)}); confira com: separador verificar")


def _para_uri(caminho: Path) -> str:
    return str(caminho).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
