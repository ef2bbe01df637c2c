"""Writes the drop-in of `init --systemd`: the unit sees the disk read-only, except the folders named in it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Saida, sair
from separador.pedidos.ajuste import entre_aspas, linha, o_que_falta, pastas_do_servico

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

PASTA_DO_AJUSTE = Path("/etc/systemd/system/separador.service.d")
ARQUIVO = "pastas.conf"
_PESSOAIS = (Path("/home"), Path("/root"), Path("/run/user"))
_PROVISORIAS = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 -- named to warn about them


def escrever_ajuste(configuracao: "Configuracao", destino: Path | None) -> None:
    """Writes the drop-in and says what to do next. Exit 1 when it cannot be written."""
    from separador.configuracao.gravacao import gravar  # noqa: PLC0415
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415

    pasta = destino or PASTA_DO_AJUSTE
    pastas = pastas_do_servico(configuracao)
    try:
        pasta.mkdir(parents=True, exist_ok=True)
        gravar(pasta / ARQUIVO, texto_do_ajuste(configuracao, pastas).encode(), modo=0o644)
    except OSError as erro:
        sair(
            Saida.RECUSADO,
            f"Não consegui escrever em {pasta}: {razao(erro)}. Use sudo.",
        )
    click.echo(f"Ajuste do systemd escrito em {pasta / ARQUIVO}.")
    for caminho in pastas:
        if any(caminho.is_relative_to(p) for p in _PROVISORIAS):
            click.echo(f"Atenção: o serviço tem /tmp próprio e não verá {caminho}; use outra pasta.", err=True)
    click.echo("Agora: sudo systemctl daemon-reload && sudo systemctl enable --now separador")


def dizer_o_que_falta(configuracao: "Configuracao") -> None:
    """Says that the unit of this configuration does not let the service write to a folder that was just configured."""
    falta = o_que_falta(configuracao)
    if falta is not None:
        click.echo(falta)


def texto_do_ajuste(configuracao: "Configuracao", pastas: list[Path]) -> str:
    """Returns the drop-in.

    A leading `-` lets the service start when a folder is missing: that only pauses its routes.
    """
    linhas = [
        "# Escrito por: separador init --systemd. Repita o comando quando mudar as pastas das rotas.",
        "[Service]",
    ]
    linhas += ["ExecStart=", f"ExecStart={_comando(configuracao.arquivo)}"]
    linhas += [linha(p) for p in pastas]
    if any(p.is_relative_to(q) for p in (*pastas, configuracao.arquivo) for q in _PESSOAIS):
        linhas += [
            "# Há pasta em /home: o resto de lá fica visível, mas só para leitura.",
            "ProtectHome=read-only",
        ]
    return "\n".join(linhas) + "\n"


def _comando(configuracao: Path) -> str:
    return f"{entre_aspas(sys.executable)} -m separador --config {entre_aspas(configuracao)} executar"
