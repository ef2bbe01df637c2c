"""Shows the service's log in Portuguese, and goes on showing new lines if asked (`separador log`)."""

import os
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from separador.banco import leitura as leitura_do_banco
from separador.cli.base import chamada
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.motor.log.arquivo import NOME, PASTA, antigos, e_nosso
from separador.motor.log.texto import humano_de_json

_PASSO_S = 0.2


@click.command(options_metavar="[OPÇÕES]", help="Mostra o log do serviço. Ctrl+C encerra.")
@click.option("-f", "--seguir", is_flag=True, help="Continua mostrando o que chegar.")
@click.option(
    "-n",
    "quantas",
    type=click.IntRange(0, 10**9),
    default=50,
    metavar="LINHAS",
    show_default=True,
    help="Quantas das últimas linhas mostrar.",
)
@click.option("--json", "em_json", is_flag=True, help="Mostra as linhas em JSON, como estão no arquivo.")
@passar_opcoes
def log(opcoes: Opcoes, seguir: bool, quantas: int, em_json: bool) -> None:
    """Shows lines of `dados/log`, from as many rotated files as needed."""
    if seguir and chamada.atual() is not None:
        sair(Saida.USO, "Pelo serviço o log não pode ser seguido (-f): peça as últimas linhas, com -n.")
    dados = opcoes.configuracao().dados
    _dizer_o_que_houve(dados)
    pasta = dados / PASTA
    cores = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    if not seguir and not (pasta / NOME).exists() and not antigos(pasta):
        sair(Saida.FEITO, f"Ainda não há log em {pasta}.")
    try:
        for linha in ultimas_e_novas(pasta, quantas) if seguir else ultimas(pasta, quantas):
            click.echo(linha if em_json else humano_de_json(linha, cores=bool(cores)))
    except KeyboardInterrupt:
        sair(Saida.FEITO)


def _dizer_o_que_houve(dados: Path) -> None:
    """Says on stderr what the service found wrong with its log. Without a database that can be read, nothing."""
    banco = None
    try:
        banco = leitura_do_banco.abrir_leitura(dados)
        for f in leitura_do_banco.falhas_abertas(banco) if banco is not None else ():
            if f["codigo"] == "SEP-LOG":
                click.echo(f"Atenção: {f['motivo']}", err=True)
    except sqlite3.Error:
        return
    finally:
        leitura_do_banco.fechar(banco)


def ultimas(pasta: Path, quantas: int) -> list[str]:
    """Returns the last lines, oldest first."""
    achadas: list[str] = []
    for arquivo in reversed(_em_ordem(pasta)):
        if len(achadas) >= quantas:
            break
        achadas = [*_final(arquivo, quantas - len(achadas)), *achadas]
    return achadas


def _em_ordem(pasta: Path) -> list[Path]:
    """Returns the files of the log, oldest first. The one under the usual name is the last, unless it gave way."""
    velhos, atual = antigos(pasta), pasta / NOME
    try:
        cedeu = bool(velhos) and atual.stat().st_mtime < velhos[-1].stat().st_mtime
        serve = e_nosso(atual)
    except OSError:
        return velhos
    if not serve:
        return velhos
    return [*velhos[:-1], atual, velhos[-1]] if cedeu else [*velhos, atual]


def _final(arquivo: Path, quantas: int) -> list[str]:
    try:
        with _abrir(arquivo) as aberto:
            return [linha.rstrip("\n") for linha in deque(aberto, quantas)]
    except FileNotFoundError:
        return []


def _abrir(arquivo: Path) -> TextIO:
    return arquivo.open(encoding="utf-8", errors="backslashreplace", newline="\n")


def ultimas_e_novas(pasta: Path, quantas: int) -> Iterator[str]:
    """Yields the last lines, then every new one for ever.

    It goes on across rotations of the file and yields none twice.
    """
    atual = pasta / NOME
    aberto = _abrir(atual) if atual.exists() else None
    try:
        yield from _iniciais(pasta, aberto, quantas)
        while True:
            if aberto is not None:
                yield from _linhas(aberto)
            if not _virou(aberto, atual):
                time.sleep(_PASSO_S)
                continue
            proximo = _abrir(_seguinte(pasta, aberto))
            if aberto is not None:
                yield from _linhas(aberto)  # lines written between the last look and the rotation
                aberto.close()
            aberto = proximo
    finally:
        if aberto is not None:
            aberto.close()


def _iniciais(pasta: Path, aberto: TextIO | None, quantas: int) -> list[str]:
    daqui = deque(_linhas(aberto), quantas) if aberto is not None else deque[str]()
    if len(daqui) >= quantas:
        return list(daqui)
    de_antes = [linha for a in antigos(pasta)[-quantas:] for linha in _final(a, quantas)]
    return list(deque([*de_antes, *daqui], quantas))


def _linhas(aberto: TextIO) -> Iterator[str]:
    """Yields whole lines only: half a line waits for its end."""
    while True:
        inicio = aberto.tell()
        linha = aberto.readline()
        if not linha.endswith("\n"):
            aberto.seek(inicio)
            return
        yield linha.rstrip("\n")


def _virou(aberto: TextIO | None, atual: Path) -> bool:
    try:
        visto = atual.stat()
    except FileNotFoundError:
        return False
    return aberto is None or not os.path.samestat(os.fstat(aberto.fileno()), visto)


def _seguinte(pasta: Path, aberto: TextIO | None) -> Path:
    """Returns the file that came right after the open one; the current one when that cannot be told."""
    todos = [*antigos(pasta), pasta / NOME]
    if aberto is None:
        return todos[-1]
    nosso = os.fstat(aberto.fileno())
    posicao = next((i for i, a in enumerate(todos[:-1]) if _e_o_mesmo(a, nosso)), len(todos) - 2)
    return todos[posicao + 1]


def _e_o_mesmo(arquivo: Path, nosso: os.stat_result) -> bool:
    try:
        return os.path.samestat(arquivo.stat(), nosso)
    except FileNotFoundError:  # just removed by age
        return False
